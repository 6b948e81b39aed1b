/**
 * Images as TIFF that every tool of the field opens: OME-TIFF for Bio-Formats, QuPath, napari and Python, or ImageJ's
 * own dialect for plain ImageJ.
 *
 * One page per plane, channels fastest (the order ImageJ insists on), Deflate, little-endian, values as they are. No
 * date: the same image gives the same bytes. Files that would pass 4 GiB are refused; OME-Zarr has no such bound.
 */
import type { Dtype, ImageArray, TypedArrays } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { fault } from "../../fault.ts";
import type { Mpp, ReadChannel } from "../../read-image-types.ts";
import { escapeXml } from "./label-ome-xml.ts";
import { writeTiffStack } from "./write-tiff-stack.ts";

export interface ImageTiffOptions {
  readonly name?: string;
  readonly channels?: readonly ReadChannel[];
  readonly mpp?: Mpp | null;
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
  /** `imagej` has no 32-bit integers and no 64-bit floats. Default `ome`. */
  readonly flavour?: "ome" | "imagej";
}

// The names of OME's pixel types, and those that ImageJ has.
const OME_TYPES: Readonly<Record<Dtype, string>> = {
  int8: "int8",
  uint8: "uint8",
  int16: "int16",
  uint16: "uint16",
  int32: "int32",
  uint32: "uint32",
  float32: "float",
  float64: "double",
};
const IMAGEJ_TYPES: readonly Dtype[] = ["uint8", "uint16", "float32"];

interface Sizes {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  readonly height: number;
  readonly width: number;
}

/**
 * @param image  axes a subset of tczyx in this order, ending in yx.
 * @throws FoundryError `format.tiff` when ImageJ has no such pixel type; `limit.bytes` above 4 GiB.
 * Cost: linear; memory of the compressed file twice.
 */
export function writeImageTiff(image: ImageArray, options: ImageTiffOptions = {}): Uint8Array {
  const sizes = sizesOf(image);
  const imageJ = options.flavour === "imagej";
  if (imageJ && !IMAGEJ_TYPES.includes(image.dtype)) {
    throw fault("format.tiff", {
      file: options.name ?? "image",
      reason: `ImageJ has no pixels of type ${image.dtype}`,
      remedy: "Export as OME-TIFF, which Fiji opens with Bio-Formats.",
    });
  }
  return writeTiffStack(image.dtype, sizes.height, sizes.width, pagesOf(image, sizes), {
    description: imageJ
      ? imageJDescription(image, sizes, options)
      : omeDescription(image.dtype, sizes, options),
    mpp: imageJ ? null : (options.mpp ?? null),
    ...(imageJ && options.mpp !== undefined && options.mpp !== null ? { perUnit: options.mpp } : {}),
  });
}

function sizesOf({ axes, shape, data }: ImageArray): Sizes {
  assert(/^t?c?z?yx$/.test(axes) && shape.length === axes.length, "axes are a subset of tczyx in this order");
  const size = (axis: string): number => shape[axes.indexOf(axis)] ?? 1;
  const sizes = { t: size("t"), c: size("c"), z: size("z"), height: size("y"), width: size("x") };
  assert(data.length === shape.reduce((product, length) => product * length, 1), "data fill the shape");
  return sizes;
}

/** Planes in the order of the file, channels fastest, then z, then t. */
function pagesOf({ data }: ImageArray, { t, c, z, height, width }: Sizes): TypedArrays[Dtype][] {
  const plane = height * width;
  const pages: TypedArrays[Dtype][] = [];
  for (let ti = 0; ti < t; ti++) {
    for (let zi = 0; zi < z; zi++) {
      for (let ci = 0; ci < c; ci++) {
        const at = ((ti * c + ci) * z + zi) * plane;
        pages.push(data.subarray(at, at + plane));
      }
    }
  }
  return pages;
}

function omeDescription(dtype: Dtype, { t, c, z, height, width }: Sizes, options: ImageTiffOptions): string {
  const { name = "image", channels = [], mpp, zStepUm, frameIntervalS } = options;
  const um = (axis: string, size: number): string =>
    ` PhysicalSize${axis}="${size}" PhysicalSize${axis}Unit="&#181;m"`;
  const physical =
    (mpp === undefined || mpp === null ? "" : um("X", mpp.x) + um("Y", mpp.y)) +
    (zStepUm === undefined || zStepUm === null ? "" : um("Z", zStepUm)) +
    (frameIntervalS === undefined || frameIntervalS === null
      ? ""
      : ` TimeIncrement="${frameIntervalS}" TimeIncrementUnit="s"`);
  const elements = Array.from({ length: c }, (_, i) => channelElement(channels[i], i));
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    'xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd">' +
    `<Image ID="Image:0" Name="${escapeXml(name)}"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="${OME_TYPES[dtype]}" ` +
    `SizeX="${width}" SizeY="${height}" SizeC="${c}" SizeZ="${z}" SizeT="${t}"${physical}>` +
    `${elements.join("")}<TiffData IFD="0" PlaneCount="${t * c * z}"/></Pixels></Image></OME>`
  );
}

function channelElement(channel: ReadChannel | undefined, index: number): string {
  const attributes: Readonly<Record<string, string | number | undefined>> = {
    Name: channel?.name === "" ? undefined : channel?.name,
    Fluor: channel?.fluor,
    ExcitationWavelength: channel?.excitationNm,
    EmissionWavelength: channel?.emissionNm,
  };
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? "" : ` ${key}="${escapeXml(String(value))}"`,
  );
  return `<Channel ID="Channel:0:${index}" SamplesPerPixel="1"${written.join("")}/>`;
}

/** The description of ImageJ 1.11 and later; its resolution tags count pixels per unit. */
function imageJDescription({ data }: ImageArray, { t, c, z }: Sizes, options: ImageTiffOptions): string {
  const { mpp, zStepUm, frameIntervalS } = options;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < min) min = data[i]!;
    if (data[i]! > max) max = data[i]!;
  }
  const lines = ["ImageJ=1.53t", `images=${t * c * z}`];
  if (c > 1) lines.push(`channels=${c}`);
  if (z > 1) lines.push(`slices=${z}`);
  if (t > 1) lines.push(`frames=${t}`);
  if ([t, c, z].filter((size) => size > 1).length > 1) lines.push("hyperstack=true");
  if (c > 1) lines.push("mode=grayscale");
  if (mpp !== undefined && mpp !== null) lines.push("unit=micron");
  if (zStepUm !== undefined && zStepUm !== null) lines.push(`spacing=${zStepUm}`);
  if (frameIntervalS !== undefined && frameIntervalS !== null) lines.push(`finterval=${frameIntervalS}`);
  lines.push("loop=false");
  if (Number.isFinite(min) && Number.isFinite(max)) lines.push(`min=${min}`, `max=${max}`);
  return `${lines.join("\n")}\n`;
}
