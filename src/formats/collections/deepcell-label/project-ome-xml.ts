/**
 * OME-XML of a project's arrays: axes C, Z, Y, X, as tifffile writes them for DeepCell Label. Pure ASCII.
 */
import type { Dtype } from "#core/array/index.ts";
import { escapeXml } from "../../pixels/tiff/label-ome-xml.ts";

export interface ProjectArray {
  readonly dtype: Dtype;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly channelNames: readonly string[];
}

const OME_TYPES: Readonly<Record<Dtype, string>> = {
  uint8: "uint8",
  int8: "int8",
  uint16: "uint16",
  int16: "int16",
  uint32: "uint32",
  int32: "int32",
  float32: "float",
  float64: "double",
};

export function projectOmeXml({ dtype, frames, height, width, channelNames }: ProjectArray): string {
  const channels = channelNames
    .map((name, c) => `<Channel ID="Channel:0:${c}" Name="${escapeXml(name)}" SamplesPerPixel="1"/>`)
    .join("");
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">' +
    `<Image ID="Image:0" Name="Image0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="${OME_TYPES[dtype]}" ` +
    `SizeX="${width}" SizeY="${height}" SizeZ="${frames}" SizeC="${channelNames.length}" SizeT="1">` +
    `${channels}<TiffData IFD="0" PlaneCount="${frames * channelNames.length}"/></Pixels></Image></OME>`
  );
}
