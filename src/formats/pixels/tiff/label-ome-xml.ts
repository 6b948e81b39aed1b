/**
 * OME-XML for a written label image: size, pixel size and who made it.
 *
 * Pure ASCII (other letters become number entities), because the TIFF tag that carries it is ASCII. No date: the same
 * labels give the same bytes.
 */
import type { Mpp } from "../../read-image-types.ts";
import { scanElements } from "./scan-xml.ts";

export interface LabelTiffFacts {
  readonly height: number;
  readonly width: number;
  readonly type: "uint16" | "uint32";
  readonly mpp?: Mpp | null;
  /** Shown as key and value pairs, e.g. the model version that made the labels. */
  readonly description?: Readonly<Record<string, string>>;
}

const NAMESPACE = "cellfoundry/label-image";

export function labelOmeXml({ height, width, type, mpp, description }: LabelTiffFacts): string {
  const sizes =
    mpp === undefined || mpp === null
      ? ""
      : ` PhysicalSizeX="${mpp.x}" PhysicalSizeXUnit="&#181;m" PhysicalSizeY="${mpp.y}" PhysicalSizeYUnit="&#181;m"`;
  const pairs = Object.entries(description ?? {}).map(
    ([key, value]) => `<M K="${escapeXml(key)}">${escapeXml(value)}</M>`,
  );
  const annotations =
    pairs.length === 0
      ? ""
      : `<StructuredAnnotations><MapAnnotation ID="Annotation:0" Namespace="${NAMESPACE}"><Value>${pairs.join("")}</Value></MapAnnotation></StructuredAnnotations>`;
  const reference = pairs.length === 0 ? "" : '<AnnotationRef ID="Annotation:0"/>';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    'xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd">' +
    `<Image ID="Image:0" Name="labels"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="${type}" ` +
    `SizeX="${width}" SizeY="${height}" SizeC="1" SizeZ="1" SizeT="1"${sizes}>` +
    '<Channel ID="Channel:0:0" Name="labels" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="1"/></Pixels>' +
    `${reference}</Image>${annotations}</OME>`
  );
}

/** The key and value pairs that `labelOmeXml` put into the text; empty for any other text. */
export function labelDescription(xml: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  let inside = false;
  for (const { name, attributes } of scanElements(xml)) {
    if (name === "MapAnnotation") inside = attributes["Namespace"] === NAMESPACE;
    if (inside && name === "M" && attributes["K"] !== undefined)
      pairs[attributes["K"]] = attributes["#text"] ?? "";
  }
  return pairs;
}

/** Text as ASCII XML: other letters become number entities. */
export function escapeXml(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0)!;
      if (code < 32 && code !== 9 && code !== 10) return " ";
      return code > 126 || "<>&\"'".includes(char) || code < 32 ? `&#${code};` : char;
    })
    .join("");
}
