/**
 * Spots from a table of text: one line per spot, columns by the names that other programs give them.
 *
 * Known are our own export and the usual headings of FISH and in-situ sequencing tables (y, x, gene, target, feature_name,
 * z, t, score, qv …). Places are in pixels with centres at whole numbers; a heading in µm is taken only when the size of a
 * pixel is known. A line that holds no spot is told, not guessed.
 */

import type { Spot } from "#core/spots/index.ts";
import { roundedSpot, spotKindLengthMax, spotsPerLayerMax } from "#core/spots/index.ts";
import { fault } from "../fault.ts";
import { parseCsv } from "../sheet/csv.ts";

export interface SpotImage {
  readonly height: number;
  readonly width: number;
  readonly frames: number;
  readonly slices: number;
  /** Of a table that says which image each line is of, only lines of this one are taken; default: all lines. */
  readonly name?: string;
  /** µm per pixel; null when nobody has said. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
}

export interface ReadSpots {
  readonly spots: readonly Spot[];
  /** Lines left out, with the reason; the first few. */
  readonly notes: readonly string[];
  readonly leftOut: number;
  /** Lines of other images. */
  readonly ofOthers: number;
}

const names = {
  y: ["y_px", "y", "row", "axis-0", "global_y", "y_location_px"],
  x: ["x_px", "x", "column", "col", "axis-1", "global_x", "x_location_px"],
  yUm: ["y_um", "y_location", "y_micron", "y_microns"],
  xUm: ["x_um", "x_location", "x_micron", "x_microns"],
  kind: ["kind", "gene", "target", "feature_name", "genename", "gene_name", "name", "probe", "target_name"],
  t: ["t", "frame"],
  z: ["z", "slice", "plane"],
  score: ["score", "qv", "intensity", "response", "quality"],
  cell: ["assigned_uid"],
  image: ["image", "image_name"],
} as const;

type Field = keyof typeof names;

const notesMax = 20;

/**
 * @param text  CSV with a heading, any usual delimiter. @param kind  for tables without a column of kinds.
 * @throws FoundryError `format.sheet` when no columns of places are found, or no kind is known; `limit.objects` beyond
 *         500,000 spots. Cost: O(characters).
 */
export function readSpotsCsv(text: string, file: string, image: SpotImage, kind = ""): ReadSpots {
  const [heading, ...lines] = parseCsv(text, file);
  const at = columnsOf(heading?.fields ?? []);
  const inPixels = at.y !== undefined && at.x !== undefined;
  const inUm = at.yUm !== undefined && at.xUm !== undefined && image.mpp !== null;
  if (!inPixels && !inUm) throw noPlaces(file, at);
  if (at.kind === undefined && kind === "") {
    throw fault("format.sheet", {
      file,
      reason: "no column says which kind of spot each line is",
      remedy: "Name the spots first, or add a column called gene.",
    });
  }
  const [of, own] = [at.image, image.name];
  const rows =
    of === undefined || own === undefined ? lines : lines.filter(({ fields }) => fields[of]?.trim() === own);
  if (rows.length > spotsPerLayerMax) {
    throw fault("limit.objects", {
      file,
      reason: `it has ${rows.length} spots, the limit is ${spotsPerLayerMax}`,
      remedy: "Split the table by image, or keep the spots above a quality.",
    });
  }
  const spots: Spot[] = [];
  const notes: string[] = [];
  let leftOut = 0;
  for (const { line, fields } of rows) {
    const read = readSpot(fields, at, image, inPixels, kind);
    if (typeof read !== "string") spots.push(roundedSpot(read));
    else {
      leftOut++;
      if (notes.length < notesMax) notes.push(`Line ${line}: ${read}.`);
    }
  }
  return { spots, notes, leftOut, ofOthers: lines.length - rows.length };
}

function columnsOf(heading: readonly string[]): Partial<Record<Field, number>> {
  const found: Partial<Record<Field, number>> = {};
  const words = heading.map((word) => word.trim().toLowerCase());
  for (const [field, known] of Object.entries(names) as [Field, readonly string[]][]) {
    const name = known.find((one) => words.includes(one));
    if (name !== undefined) found[field] = words.indexOf(name);
  }
  return found;
}

function noPlaces(file: string, at: Partial<Record<Field, number>>): Error {
  const um = at.yUm !== undefined && at.xUm !== undefined;
  return fault("format.sheet", {
    file,
    reason: um ? "its places are in µm, and the size of a pixel is not known" : "it has no columns y and x",
    remedy: um
      ? "Say the pixel size of the image first."
      : "Call the columns of the places y and x, in pixels.",
  });
}

function readSpot(
  fields: readonly string[],
  at: Partial<Record<Field, number>>,
  { height, width, frames, slices, mpp }: SpotImage,
  inPixels: boolean,
  kind: string,
): Spot | string {
  const text = (field: Field): string =>
    at[field] === undefined ? "" : (fields[at[field] as number] ?? "").trim();
  const number = (field: Field): number => (text(field) === "" ? Number.NaN : Number(text(field)));
  const y = inPixels ? number("y") : number("yUm") / (mpp?.y ?? Number.NaN) - 0.5;
  const x = inPixels ? number("x") : number("xUm") / (mpp?.x ?? Number.NaN) - 0.5;
  if (!Number.isFinite(y) || !Number.isFinite(x)) return "its place is no number";
  if (y < -0.5 || x < -0.5 || y > height - 0.5 || x > width - 0.5) return "it lies outside the image";
  const [t, z] = [wholeOr(number("t"), 0), wholeOr(number("z"), 0)];
  if (t < 0 || t >= frames || z < 0 || z >= slices) return "the image does not have its frame or slice";
  const name = text("kind") || kind;
  if (name === "" || name.length > spotKindLengthMax) return "its kind is missing or too long";
  const score = number("score");
  const cell = text("cell");
  return {
    ...{ t, z, y, x, kind: name },
    score: Number.isFinite(score) ? score : null,
    cell: cell === "" ? null : cell === "none" ? "" : cell,
  };
}

/** Slices are whole; a table of a flat image often holds a depth in µm, which is none. */
const wholeOr = (value: number, otherwise: number): number => (Number.isInteger(value) ? value : otherwise);
