/**
 * What a TIFF says about itself: how its pages form a stack, and how large a pixel is.
 *
 * Three dialects are understood, tried in this order: OME-XML, ImageJ, and the JSON that tifffile writes. Without any,
 * pages are taken for focal planes and a note says so. A plain resolution tag is believed only when it could come
 * from a microscope: most programs write the 72, 96 or 300 dots per inch of a printer.
 */
import type { Mpp } from "../../read-image-types.ts";
import { type TiffFile, tagNumbers, tagText, unsupported } from "./directory.ts";
import { omeMetadata } from "./ome-metadata.ts";
import { micrometres, seconds } from "./ome-units.ts";
import type { OmeDocument, OmeImage } from "./ome-xml.ts";

/** Stack axes without yx, slowest first, with their sizes; e.g. [["t", 3], ["c", 2]]. */
export type StackAxes = readonly (readonly [axis: string, size: number])[];

export interface TiffDescription {
  readonly flavour: "ome" | "imagej" | "tifffile" | "plain";
  /** How consecutive pages are ordered, slowest axis first; `null` when the file does not say. */
  readonly axes: StackAxes | null;
  /** The image that is read, of those that OME-XML describes. */
  readonly ome: OmeImage | null;
  readonly channelNames: readonly string[];
  readonly mpp: Mpp | null;
  readonly mppSource: "ome" | "imagej" | "resolution" | null;
  /** Raw words by metadata field, where the dialect has them. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

// Objectives from 200x (0.03) to a macro lens; outside this a plain resolution tag speaks of paper.
const MICROSCOPE_MPP_MIN = 0.005;
const MICROSCOPE_MPP_MAX = 20;

/** Description by the file's own words, when they are not OME-XML. */
export function describeTiff(file: TiffFile): TiffDescription {
  const text = tagText(file, file.directories[0]!, 270) ?? "";
  if (text.startsWith("ImageJ=")) return describeImageJ(file, text);
  const shaped = parseShapedJson(text, file);
  const resolution = plainResolution(file);
  return {
    flavour: shaped === null ? "plain" : "tifffile",
    axes: shaped,
    ome: null,
    channelNames: [],
    mpp: resolution.mpp,
    mppSource: resolution.mpp === null ? null : "resolution",
    metadata: {},
    notes: resolution.notes,
  };
}

/** Description of one image of an OME document. */
export function describeOme(document: OmeDocument, index: number): TiffDescription {
  const ome = document.images[index]!;
  const sizes: Readonly<Record<string, number>> = { C: ome.sizeC, Z: ome.sizeZ, T: ome.sizeT };
  const order = /^XY(CZT|CTZ|ZCT|ZTC|TCZ|TZC)$/.test(ome.order) ? ome.order.slice(2) : "CZT";
  const axes = [...order].reverse().map((axis) => [axis.toLowerCase(), sizes[axis]!] as const);
  const mpp = ome.mppX === null || ome.mppY === null ? null : { y: ome.mppY, x: ome.mppX };
  return {
    flavour: "ome",
    axes,
    ome,
    channelNames: ome.channels.map(({ name }) => name),
    mpp,
    mppSource: mpp === null ? null : "ome",
    metadata: omeMetadata(document, ome),
    notes: [],
  };
}

function describeImageJ(file: TiffFile, text: string): TiffDescription {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/, 1000)) {
    const equals = line.indexOf("=");
    if (equals > 0) fields.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
  }
  const count = (key: string): number => {
    const value = Number(fields.get(key) ?? 1);
    return Number.isInteger(value) && value >= 1 ? value : 1;
  };
  const axes: [string, number][] = [
    ["t", count("frames")],
    ["z", count("slices")],
    ["c", count("channels")],
  ];
  const images = count("images");
  // A stack without named axes: ImageJ calls its pages slices.
  if (axes.every(([, size]) => size === 1) && images > 1) axes[1] = ["z", images];
  const [x, y] = resolutionPair(file);
  // ImageJ writes the Greek letter as an escape of six characters.
  const unit = (fields.get("unit") ?? "").replace(/\\u00[bB]5/, "µ");
  const mppX = x === null ? null : micrometres(1 / x, unit);
  const mppY = y === null ? null : micrometres(1 / y, unit);
  const mpp = mppX === null || mppY === null ? null : { y: mppY, x: mppX };
  return {
    flavour: "imagej",
    axes,
    ome: null,
    channelNames: [],
    mpp,
    mppSource: mpp === null ? null : "imagej",
    metadata: imageJMetadata(fields, unit),
    notes: [],
  };
}

function imageJMetadata(fields: ReadonlyMap<string, string>, unit: string): Record<string, string> {
  const zStepUm = micrometres(fields.get("spacing"), unit);
  const frameIntervalS = seconds(fields.get("finterval"), fields.get("tunit") ?? "sec");
  return {
    ...(zStepUm === null ? {} : { zStepUm: String(Number(zStepUm.toPrecision(12))) }),
    ...(frameIntervalS === null ? {} : { frameIntervalS: String(Number(frameIntervalS.toPrecision(12))) }),
  };
}

/** `{"shape": [3, 64, 64], "axes": "TYX"}` as tifffile writes it; axes it does not name are left to a guess. */
function parseShapedJson(text: string, file: TiffFile): StackAxes | null {
  if (!text.startsWith("{") || text.length > 100_000) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || !("shape" in parsed) || !Array.isArray(parsed.shape))
    return null;
  const shape: unknown[] = parsed.shape;
  if (!shape.every((size): size is number => Number.isInteger(size) && Number(size) >= 1)) return null;
  const named = "axes" in parsed && typeof parsed.axes === "string" ? parsed.axes.toLowerCase() : "";
  if (named === "" || named.length !== shape.length) return null;
  // A last axis of samples (colours) lies inside the page; any other order would need the whole file turned.
  const samples = tagNumbers(file, file.directories[0]!, 277)?.[0] ?? 1;
  const inPage = /^[^yx]*yx[sc]$/.test(named) && shape.at(-1) === samples;
  if (!inPage && !/^[^yx]*yx$/.test(named)) {
    throw unsupported(
      file.name,
      "description",
      `its axes are ${named.toUpperCase()}`,
      "Save it with y and x as the last axes.",
    );
  }
  const leading = named.slice(0, named.indexOf("yx"));
  if (new Set(leading).size !== leading.length || !/^[tcz]*$/.test(leading)) return null;
  return [...leading].map((axis, i) => [axis, shape[i]!] as const);
}

function resolutionPair(file: TiffFile): [x: number | null, y: number | null] {
  const read = (id: number): number | null => {
    const value = tagNumbers(file, file.directories[0]!, id)?.[0];
    return value !== undefined && Number.isFinite(value) && value > 0 ? value : null;
  };
  return [read(282), read(283)];
}

function plainResolution(file: TiffFile): { mpp: Mpp | null; notes: string[] } {
  const [x, y] = resolutionPair(file);
  const unit = tagNumbers(file, file.directories[0]!, 296)?.[0] ?? 2;
  const unitUm = unit === 2 ? 25_400 : unit === 3 ? 10_000 : null;
  if (x === null || y === null || unitUm === null) return { mpp: null, notes: [] };
  const mpp = { y: unitUm / y, x: unitUm / x };
  const believable = [mpp.y, mpp.x].every(
    (value) => value >= MICROSCOPE_MPP_MIN && value <= MICROSCOPE_MPP_MAX,
  );
  if (believable) return { mpp, notes: [] };
  return {
    mpp: null,
    notes: [
      `The resolution tag (${mpp.x.toFixed(1)} µm per pixel) is not one of a microscope; it was ignored.`,
    ],
  };
}
