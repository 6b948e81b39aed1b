/**
 * One DeepCell Label project as image and layers: one layer per feature.
 *
 * Label stores four axes, C, Z, Y, X, and uses Z for whatever comes in frames: a movie looks like a stack. Divisions
 * prove a movie; without them the person's answer counts, and failing that frames are taken as time, which is Label's
 * own word for them (`t` in cells.json), with a note.
 */
import {
  axisLength,
  channelPlane,
  dtypeOf,
  type ImageArray,
  imageArray,
  typedArray,
} from "#core/array/index.ts";
import {
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  resolveOverlaps,
} from "#core/labels/index.ts";
import {
  checkLineage,
  describeFindings,
  linksFromTracks,
  presenceOf,
  withDaughters,
} from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import type { LayerCompartment, ReadItem, ReadLayer, ReadLink, ReadObject } from "../../import/layout.ts";
import { readImage } from "../../read-image.ts";
import type { ReadImage } from "../../read-image-types.ts";
import {
  type CellRow,
  type CellTypeRow,
  type DivisionRow,
  parseCells,
  parseCellTypes,
  parseDivisions,
} from "./project-tables.ts";

/** Members of a project by name, bytes on demand; `null` for one that is not there. */
export interface ProjectFiles {
  readonly name: string;
  read(member: string): Promise<Uint8Array | null>;
}

const LABEL_MAX = 2 ** 31 - 1;

export interface ReadProjectOptions {
  /** The person's answer to what frames are; only "t" and "z" matter. */
  readonly framesAre?: "t" | "z";
}

/** @throws FoundryError `format.dataset` for parts that do not fit together; `format.*`, `limit.*`. */
export async function readProject(files: ProjectFiles, options: ReadProjectOptions = {}): Promise<ReadItem> {
  const image = await readPart(files, "X.ome.tiff");
  if (image === null) throw refuse(files, "it holds no X.ome.tiff");
  const labels = await readPart(files, "y.ome.tiff");
  const tables = await readTables(files);
  const notes = [...tables.notes];
  const frames = axisLength(image.image, "z") * axisLength(image.image, "t");
  const time = framesAreTime(image.image, tables, options.framesAre, notes);
  const layers =
    labels === null
      ? []
      : readLayers(files, labels.image, { image: image.image, frames, time, tables, notes });
  if (labels === null) notes.push("The project holds no y.ome.tiff: the image has no labels.");
  return { image: { ...image, image: time ? asMovie(image.image) : image.image }, layers, notes };
}

interface Tables {
  readonly cells: readonly CellRow[] | null;
  readonly divisions: readonly DivisionRow[];
  readonly cellTypes: readonly CellTypeRow[];
  readonly notes: readonly string[];
}

async function readTables(files: ProjectFiles): Promise<Tables> {
  const text = async (member: string) => {
    const bytes = await files.read(member);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  const named = (member: string) => `${files.name}, ${member}`;
  const [cells, divisions, cellTypes] = [
    await text("cells.json"),
    await text("divisions.json"),
    await text("cellTypes.json"),
  ];
  const notes: string[] = [];
  for (const [member, what] of [
    ["spots.csv", "spots"],
    ["embeddings.json", "embeddings of cells"],
  ] as const)
    if ((await files.read(member)) !== null) notes.push(`${member} was left out: ${what} are not read.`);
  return {
    cells: cells === null ? null : parseCells(cells, named("cells.json")),
    divisions: divisions === null ? [] : parseDivisions(divisions, named("divisions.json")),
    cellTypes: cellTypes === null ? [] : parseCellTypes(cellTypes, named("cellTypes.json")),
    notes,
  };
}

async function readPart(files: ProjectFiles, member: string): Promise<ReadImage | null> {
  const bytes = await files.read(member);
  return bytes === null ? null : readImage(bytes, { name: `${files.name}, ${member}` });
}

function framesAreTime(
  image: ImageArray,
  { divisions }: Tables,
  answer: "t" | "z" | undefined,
  notes: string[],
): boolean {
  if (axisLength(image, "t") > 1) return true;
  if (axisLength(image, "z") === 1) return false;
  if (divisions.length > 0) return true;
  if (answer !== undefined) return answer === "t";
  notes.push(
    "DeepCell Label does not tell frames of a movie from focal planes; they were taken as frames. Import with pages as z when it is a stack.",
  );
  return true;
}

/** (c, z, y, x) to (t, c, y, x); an image with an axis t is kept. */
function asMovie(image: ImageArray): ImageArray {
  const [channels, frames] = [axisLength(image, "c"), axisLength(image, "z")];
  if (frames === 1) return image;
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  if (channels === 1) return { ...image, axes: image.axes.replace("z", "t").replace("ct", "tc") };
  const pixels = height * width;
  const data = typedArray(image.dtype, image.data.length);
  for (let t = 0; t < frames; t++)
    for (let c = 0; c < channels; c++)
      data.set(channelPlane(image, { c, z: t }).data, (t * channels + c) * pixels);
  return imageArray(dtypeOf(data)!, "tcyx", [frames, channels, height, width], data);
}

interface Project {
  readonly image: ImageArray;
  readonly frames: number;
  readonly time: boolean;
  readonly tables: Tables;
  readonly notes: string[];
}

function readLayers(files: ProjectFiles, labels: ImageArray, project: Project): ReadLayer[] {
  const { image, frames, tables } = project;
  const same = ["y", "x"].every((axis) => axisLength(labels, axis) === axisLength(image, axis));
  if (!same || axisLength(labels, "z") * axisLength(labels, "t") !== frames)
    throw refuse(
      files,
      `y.ome.tiff is ${labels.shape.join(" x ")} (${labels.axes}), X.ome.tiff ${image.shape.join(" x ")} (${image.axes})`,
    );
  const features = axisLength(labels, "c");
  const compartments = featureCompartments(features);
  project.notes.push(
    features === 1
      ? "The project does not name what its labels outline; whole cells are assumed."
      : "The project does not name its features; as in DeepCell's data sets, 0 is taken as whole cells and 1 as nuclei.",
  );
  const known = new Set((tables.cells ?? []).map(({ c }) => c));
  for (const c of known)
    if (c >= features) project.notes.push(`cells.json lists feature ${c}, which y.ome.tiff does not have.`);
  return Array.from({ length: features }, (_, c) => readFeature(files, labels, c, compartments[c]!, project));
}

function featureCompartments(features: number): { compartment: LayerCompartment; name: string }[] {
  return Array.from({ length: features }, (_, c) => ({
    compartment: c === 1 ? "nuclear" : "wholeCell",
    name: c < 2 ? "" : `feature ${c}`,
  }));
}

function readFeature(
  files: ProjectFiles,
  labels: ImageArray,
  c: number,
  { compartment, name }: { compartment: LayerCompartment; name: string },
  project: Project,
): ReadLayer {
  const { frames, time, tables, notes } = project;
  const objects: ReadObject[] = [];
  let unlisted = 0;
  for (let frame = 0; frame < frames; frame++) {
    const index = axisLength(labels, "t") > 1 ? { c, t: frame } : { c, z: frame };
    const plane = wholeNumbers(files, channelPlane(labels, index), c, frame);
    const position = time ? { t: frame, z: 0 } : { t: 0, z: frame };
    const byValue = objectShapesFromLabels(plane, position);
    const rows = tables.cells?.filter((row) => row.c === c && row.t === frame) ?? null;
    const cells =
      rows === null
        ? new Map([...byValue].map(([value, shape]) => [value, [shape]]))
        : cellPieces(byValue, rows);
    if (rows !== null)
      unlisted += [...byValue.keys()].filter((value) => !rows.some((row) => row.value === value)).length;
    for (const [cell, pieces] of [...cells].sort((a, b) => a[0] - b[0])) {
      const shape = unite(pieces);
      objects.push({ label: cell, shape, ...typeOf(tables.cellTypes, cell, c) });
    }
  }
  if (unlisted > 0)
    notes.push(`${unlisted} pixel values of feature ${c} belong to no cell of cells.json and were left out.`);
  const resolved = resolveOverlaps(objects.map(({ shape }) => shape));
  if (resolved.pairs > 0)
    notes.push(
      `${resolved.pairs} pairs of cells of feature ${c} overlap; ${resolved.movedPixels} shared pixels were given to the cell with the lower number.`,
    );
  const kept = objects.flatMap((object, i) => {
    const shape = resolved.shapes[i];
    return shape === null || shape === undefined ? [] : [{ ...object, shape }];
  });
  if (kept.length < objects.length)
    notes.push(
      `${objects.length - kept.length} cells of feature ${c} lay wholly in others and were left out.`,
    );
  const links = time ? featureLinks(kept, tables.divisions, notes, c) : [];
  return { compartment, name, truth: "gold", coverage: "exhaustive", objects: kept, links };
}

/** Pieces of each cell: the shapes of all values that stand for it. */
function cellPieces(
  byValue: ReadonlyMap<number, ObjectShape>,
  rows: readonly CellRow[],
): Map<number, ObjectShape[]> {
  const cells = new Map<number, ObjectShape[]>();
  for (const { value, cell } of rows) {
    const shape = byValue.get(value);
    if (shape === undefined || cell === 0) continue;
    const pieces = cells.get(cell) ?? [];
    if (!pieces.includes(shape)) cells.set(cell, [...pieces, shape]);
  }
  return cells;
}

function unite(pieces: readonly ObjectShape[]): ObjectShape {
  if (pieces.length === 1) return pieces[0]!;
  const y0 = Math.min(...pieces.map(({ bbox }) => bbox[0]));
  const x0 = Math.min(...pieces.map(({ bbox }) => bbox[1]));
  const height = Math.max(...pieces.map(({ bbox }) => bbox[2])) - y0;
  const width = Math.max(...pieces.map(({ bbox }) => bbox[3])) - x0;
  const mask = { dtype: "uint8", height, width, data: new Uint8Array(height * width) } as const;
  for (const piece of pieces)
    forEachRun(piece, (y, from, to) =>
      mask.data.fill(1, (y - y0) * width + from - x0, (y - y0) * width + to - x0),
    );
  const { t, z } = pieces[0]!;
  return objectShapeFromMask(mask, { t, z, y: y0, x: x0 })!;
}

function typeOf(types: readonly CellTypeRow[], cell: number, feature: number): { cellType?: string } {
  const type = types.find((one) => one.feature === feature && one.cells.includes(cell));
  return type === undefined ? {} : { cellType: type.name };
}

/** Same cell, same track; divisions as the project states them, also with one daughter. */
function featureLinks(
  objects: readonly ReadObject[],
  divisions: readonly DivisionRow[],
  notes: string[],
  c: number,
): ReadLink[] {
  const detections = objects.map(({ label, shape }) => ({ label, t: shape.t }));
  const presence = presenceOf(detections);
  const parentOf = new Map<number, number>();
  for (const { parent, daughters } of divisions)
    for (const daughter of daughters) parentOf.set(daughter, parent);
  const tracks = withDaughters(
    [...presence].map(([label, seen]) => {
      const parent = parentOf.get(label);
      return {
        label,
        first: seen[0]!,
        last: seen.at(-1)!,
        parent: parent !== undefined && presence.has(parent) ? parent : null,
      };
    }),
  );
  const findings = checkLineage(tracks, null).filter(({ rule }) => rule !== "frameMissing");
  notes.push(...describeFindings(findings).map((note) => `Feature ${c}: ${note}`));
  return linksFromTracks(tracks, detections).map((link) =>
    detections[link.from]!.label === detections[link.to]!.label ? link : { ...link, kind: "division" },
  );
}

function wholeNumbers(files: ProjectFiles, plane: ReturnType<typeof channelPlane>, c: number, frame: number) {
  const { height, width } = plane;
  const data = new Int32Array(plane.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = plane.data[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX))
      throw refuse(
        files,
        `y.ome.tiff has the value ${value} in feature ${c}, frame ${frame}; labels are whole numbers from 0`,
      );
    data[i] = value;
  }
  return { dtype: "int32", height, width, data } as const;
}

function refuse(files: ProjectFiles, reason: string) {
  return fault("format.dataset", {
    file: files.name,
    reason,
    remedy: "Export the project from DeepCell Label again.",
  });
}
