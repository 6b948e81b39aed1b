/**
 * OME-XML: the images it describes, where their planes lie, how large a pixel is, what the channels are.
 *
 * Read from the first page of a TIFF or from a companion file. Unknown elements are passed over. Schema: OME 2016-06.
 */
import { micrometres, seconds } from "./ome-units.ts";
import { scanElements, type XmlElement } from "./scan-xml.ts";

/** Placement of pages in the stack as one TiffData element gives it. */
export interface TiffData {
  readonly ifd: number | null;
  readonly firstC: number;
  readonly firstZ: number;
  readonly firstT: number;
  readonly planeCount: number | null;
  /** File that holds the planes and its identity; `null` when they lie in the file that holds the XML. */
  readonly fileName: string | null;
  readonly uuid: string | null;
}

export interface OmeChannel {
  readonly name: string;
  readonly fluor: string | null;
  readonly excitationNm: number | null;
  readonly emissionNm: number | null;
  readonly acquisitionMode: string | null;
  readonly contrastMethod: string | null;
}

export interface OmeImage {
  readonly name: string;
  /** XYCZT and the like: the axis after XY varies fastest from page to page. */
  readonly order: string;
  readonly sizeC: number;
  readonly sizeZ: number;
  readonly sizeT: number;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly channels: readonly OmeChannel[];
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly zStepUm: number | null;
  readonly frameIntervalS: number | null;
  readonly acquired: string | null;
  readonly objectiveId: string | null;
  readonly tiffData: readonly TiffData[];
}

interface OmeObjective {
  readonly magnification: string | null;
  readonly numericalAperture: string | null;
}

export interface OmeDocument {
  /** Identity of the file that holds the XML. */
  readonly uuid: string | null;
  /** Companion file that holds the description instead. */
  readonly metadataFile: string | null;
  readonly images: readonly OmeImage[];
  readonly objectives: ReadonlyMap<string, OmeObjective>;
}

// A plate of 384 wells with 9 fields each.
const IMAGES_MAX = 4_096;
// TiffData of all images: one per plane.
const TIFF_DATA_MAX = 200_000;

/** @returns `null` when the text is not OME-XML. Descriptions without an image or a companion are not OME-XML either. */
export function parseOmeXml(text: string): OmeDocument | null {
  if (!text.includes("<OME") && !text.includes(":OME")) return null;
  let uuid: string | null = null;
  let metadataFile: string | null = null;
  const objectives = new Map<string, OmeObjective>();
  const images: OmeElements[] = [];
  let tiffData = 0;
  for (const element of scanElements(text)) {
    const { name, attributes } = element;
    if (name === "OME") uuid ??= attributes["UUID"] ?? null;
    else if (name === "BinaryOnly") metadataFile = attributes["MetadataFile"] ?? null;
    else if (name === "Objective" && attributes["ID"] !== undefined)
      objectives.set(attributes["ID"], {
        magnification: attributes["NominalMagnification"] ?? attributes["CalibratedMagnification"] ?? null,
        numericalAperture: attributes["LensNA"] ?? null,
      });
    else if (name === "Image" && element.parents.at(-1) === "OME") {
      if (images.length === IMAGES_MAX) break;
      images.push({
        image: element,
        pixels: null,
        channels: [],
        tiffData: [],
        acquired: null,
        objectiveId: null,
      });
    } else if (images.length > 0 && element.parents.includes("Image")) {
      if (name === "TiffData" && ++tiffData > TIFF_DATA_MAX) break;
      addTo(images.at(-1)!, element);
    }
  }
  const described = images.flatMap((image) => (image.pixels === null ? [] : [imageOf(image, image.pixels)]));
  return described.length === 0 && metadataFile === null
    ? null
    : { uuid, metadataFile, images: described, objectives };
}

/** Elements of one image while the text is read. */
interface OmeElements {
  readonly image: XmlElement;
  pixels: XmlElement | null;
  readonly channels: XmlElement[];
  readonly tiffData: { readonly element: XmlElement; fileName: string | null; uuid: string | null }[];
  acquired: string | null;
  objectiveId: string | null;
}

function addTo(image: OmeElements, element: XmlElement): void {
  const { name, attributes } = element;
  if (name === "Pixels") image.pixels ??= element;
  else if (name === "Channel") image.channels.push(element);
  else if (name === "TiffData") image.tiffData.push({ element, fileName: null, uuid: null });
  else if (name === "UUID") {
    const data = image.tiffData.at(-1);
    if (data === undefined) return;
    data.fileName = attributes["FileName"] ?? null;
    data.uuid = attributes["#text"] ?? null;
  } else if (name === "AcquisitionDate" || name === "AcquiredDate")
    image.acquired ??= attributes["#text"] ?? null;
  else if (name === "ObjectiveSettings") image.objectiveId ??= attributes["ID"] ?? null;
}

function imageOf(parts: OmeElements, { attributes }: XmlElement): OmeImage {
  const um = (key: string): number | null => micrometres(attributes[key], attributes[`${key}Unit`] ?? "µm");
  return {
    name: parts.image.attributes["Name"] ?? "",
    order: attributes["DimensionOrder"] ?? "XYCZT",
    sizeC: whole(attributes["SizeC"], 1),
    sizeZ: whole(attributes["SizeZ"], 1),
    sizeT: whole(attributes["SizeT"], 1),
    sizeX: whole(attributes["SizeX"], 0),
    sizeY: whole(attributes["SizeY"], 0),
    channels: parts.channels.map(channelOf),
    mppX: um("PhysicalSizeX"),
    mppY: um("PhysicalSizeY"),
    zStepUm: um("PhysicalSizeZ"),
    frameIntervalS: seconds(attributes["TimeIncrement"], attributes["TimeIncrementUnit"] ?? "s"),
    acquired: parts.acquired,
    objectiveId: parts.objectiveId,
    tiffData: parts.tiffData.map(({ element, fileName, uuid }) => tiffDataOf(element, fileName, uuid)),
  };
}

function channelOf({ attributes }: XmlElement): OmeChannel {
  const nanometres = (key: string): number | null => {
    const um = micrometres(attributes[key], attributes[`${key}Unit`] ?? "nm");
    return um === null ? null : Math.round(um * 1e6) / 1e3;
  };
  return {
    name: attributes["Name"] ?? "",
    fluor: attributes["Fluor"] ?? null,
    excitationNm: nanometres("ExcitationWavelength"),
    emissionNm: nanometres("EmissionWavelength"),
    acquisitionMode: attributes["AcquisitionMode"] ?? null,
    contrastMethod: attributes["ContrastMethod"] ?? null,
  };
}

function tiffDataOf({ attributes }: XmlElement, fileName: string | null, uuid: string | null): TiffData {
  const optional = (value: string | undefined): number | null =>
    value === undefined ? null : whole(value, 0);
  return {
    ifd: optional(attributes["IFD"]),
    firstC: whole(attributes["FirstC"], 0),
    firstZ: whole(attributes["FirstZ"], 0),
    firstT: whole(attributes["FirstT"], 0),
    planeCount: optional(attributes["PlaneCount"]),
    fileName,
    uuid,
  };
}

function whole(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= 0 && value <= 2 ** 31 ? value : otherwise;
}
