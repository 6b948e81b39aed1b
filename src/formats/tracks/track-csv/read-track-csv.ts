/**
 * Tables of tracks (CSV, TSV): a row per cell and frame, with the number of its track and, where tracks divide, of its
 * parent.
 *
 * Places are pixels and frames whole numbers. A parent stands in a column of its own (the same in all rows of a track,
 * empty, 0 or -1 for none) or, as napari keeps it, in a graph beside the table (`{"2": [1]}`: track 2 came from 1).
 */
import {
  checkLineage,
  type LineageFinding,
  linksFromTracks,
  type PlacedDetection,
  type PlacedLineage,
  type Track,
  withDaughters,
} from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import { type CsvRow, parseCsv } from "../../sheet/csv.ts";
import { type LineageFaultPlace, lineageError, lineageErrors, lineageFault } from "../lineage-fault.ts";
import { type TrackColumns, trackColumns } from "./track-columns.ts";

export interface ReadTrackCsv extends PlacedLineage {
  /** Whether `label` of each detection is its pixel value (a column says); else it is the number of its track. */
  readonly labelled: boolean;
  readonly tracks: readonly Track[];
  readonly notes: readonly string[];
}

const REMEDY =
  "Each row holds a track's number, a frame (whole numbers) and y and x in pixels; a track has one row per frame and one parent.";
const LABEL_MAX = 2 ** 31 - 1;
const PLACE_MAX = 2 ** 24;

/**
 * @param graph  parents by track (see `readTrackGraph`), for tables without such a column.
 * @throws FoundryError `format.tracks` with rule, track and frame; `format.sheet` for text that is no table; `limit.*`.
 * Cost: O(n log n).
 */
export function readTrackCsv(
  text: string,
  file: string,
  graph: ReadonlyMap<number, number> | null = null,
): ReadTrackCsv {
  const [header, ...rows] = parseCsv(text, file);
  const columns = header === undefined ? null : trackColumns(header.fields.map((name) => name.trim()));
  if (columns === null)
    throw fault("format.tracks", {
      file,
      reason: "it has no columns for track, frame, y and x",
      remedy: "Name the columns track_id, frame, y and x in the first row.",
    });
  const parsed = rows.map((row) => parseRow(row, columns, file));
  const fromZero = parsed.some(({ track }) => track === 0);
  const moved = "Tracks are counted from 0 in the table and from 1 here.";
  const at = { code: "format.tracks", file, remedy: fromZero ? `${REMEDY} ${moved}` : REMEDY } as const;
  const table = parsed.map((row) => numbered(row, fromZero, graph));
  const tracks = tracksOfRows(table, at);
  const errors = lineageErrors(checkLineage(tracks, null));
  if (errors.length > 0) throw lineageFault(at, errors);
  const byTrack = table.map(({ t, track }) => ({ t, label: track }));
  const labelled = columns.at.label !== undefined;
  return {
    detections: table.map(({ track, parent: _, label, ...place }) => ({
      ...place,
      label: labelled ? label! : track,
    })),
    links: linksFromTracks(tracks, byTrack),
    tracks,
    labelled,
    notes: [
      ...(fromZero ? [moved] : []),
      ...(columns.others.length > 0
        ? [`Columns left aside: ${columns.others.slice(0, 10).join(", ").slice(0, 200)}.`]
        : []),
    ],
  };
}

interface TableRow extends Omit<PlacedDetection, "label"> {
  readonly track: number;
  readonly parent: number | null;
  readonly label: number | null;
}

function parseRow({ fields, row }: CsvRow, { at }: TrackColumns, file: string): TableRow {
  const cell = (place: number | undefined) => (place === undefined ? "" : (fields[place] ?? "").trim());
  const number = (text: string) => (text === "" ? Number.NaN : Number(text));
  const known = { label: whole(number(cell(at.track))), frame: whole(number(cell(at.frame))) };
  const refuse = (name: string, text: string, wanted: string) => {
    const message = `row ${row} has ${name} "${text.slice(0, 20)}", which is not ${wanted}`;
    return lineageFault({ code: "format.tracks", file, remedy: REMEDY }, [
      lineageError("numberInvalid", known, message),
    ]);
  };
  const wholeAt = (name: string, place: number, least: number): number => {
    const value = number(cell(place));
    if (Number.isInteger(value) && value >= least && value <= LABEL_MAX) return value;
    throw refuse(name, cell(place), `a whole number from ${least}`);
  };
  const realAt = (name: string, place: number | undefined): number | null => {
    if (place === undefined || cell(place) === "") return null;
    const value = number(cell(place));
    if (Number.isFinite(value) && Math.abs(value) < PLACE_MAX) return value;
    throw refuse(name, cell(place), "a number");
  };
  const [y, x] = [realAt("y", at.y), realAt("x", at.x)];
  if (y === null || x === null) throw refuse(y === null ? "y" : "x", "", "a number");
  const parent = at.parent === undefined || cell(at.parent) === "" ? null : number(cell(at.parent));
  if (parent !== null && !(Number.isInteger(parent) && parent >= -1 && parent <= LABEL_MAX))
    throw refuse("parent", cell(at.parent), "a whole number");
  const radius = realAt("radius", at.radius);
  return {
    // Counting from 0 is common; a lineage counts from 1, so numbers move when there is a track 0 (`numbered`).
    track: wholeAt("track", at.track!, 0),
    t: wholeAt("frame", at.frame!, 0),
    parent: parent === null || parent < 0 ? null : parent,
    label: at.label === undefined ? null : wholeAt("label", at.label, 0),
    z: realAt("z", at.z) ?? 0,
    y,
    x,
    areaPx: realAt("area", at.area) ?? (radius === null ? null : Math.PI * radius * radius),
  };
}

function whole(value: number): number | null {
  return Number.isInteger(value) ? value : null;
}

/** Rows with numbers from 1, and the parent that column or graph give. */
function numbered(row: TableRow, fromZero: boolean, graph: ReadonlyMap<number, number> | null): TableRow {
  // Where tracks count from 1, parent 0 is none.
  const own = row.parent === 0 && !fromZero ? null : row.parent;
  const parent = graph === null ? own : (graph.get(row.track) ?? null);
  const shift = fromZero ? 1 : 0;
  return { ...row, track: row.track + shift, parent: parent === null ? null : parent + shift };
}

function tracksOfRows(rows: readonly TableRow[], at: LineageFaultPlace): Track[] {
  const findings: LineageFinding[] = [];
  const found = new Map<
    number,
    { first: number; last: number; parent: number | null; frames: Set<number> }
  >();
  for (const { track, t, parent } of rows) {
    const known = found.get(track);
    if (known === undefined) {
      found.set(track, { first: t, last: t, parent, frames: new Set([t]) });
      continue;
    }
    const where = { label: track, frame: t };
    if (known.frames.has(t))
      findings.push(lineageError("labelRepeated", where, `track ${track} has two rows in frame ${t}`));
    if (known.parent !== parent) {
      const message = `track ${track} names parent ${parent ?? "none"} in frame ${t} and another before`;
      findings.push(lineageError("daughtersDisagree", where, message));
    }
    known.frames.add(t);
    known.first = Math.min(known.first, t);
    known.last = Math.max(known.last, t);
  }
  if (findings.length > 0) throw lineageFault(at, findings);
  return withDaughters(
    [...found].map(([label, { first, last, parent }]) => ({ label, first, last, parent })),
  );
}

// A graph of a million tracks has some 20 MB.
const GRAPH_CHARACTERS_MAX = 64 * 1024 * 1024;

/**
 * Parents by track from napari's graph: `{"2": [1]}` or `{"2": 1}`.
 *
 * @throws FoundryError `format.tracks` for what is no graph and for a track with several parents (a merge).
 */
export function readTrackGraph(text: string, file: string): Map<number, number> {
  const refuse = (reason: string) =>
    fault("format.tracks", {
      file,
      reason,
      remedy: 'Write the graph as JSON: each track that came from another, with its one parent: {"2": [1]}.',
    });
  if (text.length > GRAPH_CHARACTERS_MAX) throw refuse(`it has ${text.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refuse("it is not an object");
  const parents = new Map<number, number>();
  for (const [key, item] of Object.entries(value)) {
    const list: readonly unknown[] = Array.isArray(item) ? item : [item];
    const [parent] = list;
    const valid =
      /^\d{1,10}$/.test(key) && typeof parent === "number" && Number.isInteger(parent) && parent >= 0;
    if (!valid) throw refuse(`track "${key.slice(0, 20)}" has no parent that is a whole number`);
    if (list.length > 1) throw refuse(`track ${key} has ${list.length} parents; a lineage holds no merges`);
    parents.set(Number(key), parent);
  }
  return parents;
}
