/**
 * `lineage.json` (one movie) and `lineages.json` (a list): each cell with its frames, daughters and parent.
 *
 * Three spellings are in use: an object by label (.trk), a list of such objects (.trks), and either with
 * `divisionFrame` in place of `frame_div` (DeepCell Label). `frame_div` is the first frame after the division; `capped`
 * says that a track is known to end. Missing fields are taken as "none".
 */
import { checkLineage, type LineageFinding, type Presence, type Track } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";

interface CellRecord {
  readonly label: number;
  /** Frames in which the table says the cell is seen; ascending. */
  readonly frames: readonly number[];
  readonly daughters: readonly number[];
  readonly capped: boolean;
  /** First frame after the division. */
  readonly frameDiv: number | null;
  readonly parent: number | null;
}

export type MovieLineage = readonly CellRecord[];

// A list of frames per cell: the largest published movie set has 50,000 cells of 71 frames.
const CELLS_MAX = 1_000_000;
const FRAMES_MAX = 1_000_000;

/** @throws FoundryError `format.json` when it is no JSON; `format.trk…` as `format.dataset` naming movie, cell and field. */
export function parseLineages(text: string, file: string): MovieLineage[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fault("format.json", { file, reason: "it is not JSON", remedy: "Write the archive again.", cause });
  }
  const movies = Array.isArray(value) ? value : [value];
  return movies.map((movie, index) => parseMovie(movie, file, `movie ${index}`));
}

function parseMovie(value: unknown, file: string, place: string): MovieLineage {
  if (!isRecord(value)) throw refuse(file, place, "its lineage is not an object by label");
  const entries = Object.entries(value);
  if (entries.length > CELLS_MAX)
    throw refuse(file, place, `it has ${entries.length} cells, the limit is ${CELLS_MAX}`);
  return entries
    .map(([key, record]) => parseCell(key, record, file, `${place}, cell ${key.slice(0, 20)}`))
    .toSorted((a, b) => a.label - b.label);
}

function parseCell(key: string, value: unknown, file: string, place: string): CellRecord {
  if (!isRecord(value)) throw refuse(file, place, "it is not an object");
  const label = wholeOrNull(value["label"] ?? Number(key), file, place, "label");
  const frames = wholeList(value["frames"], file, place, "frames");
  if (label === null || label < 1) throw refuse(file, place, "its label is not a whole number above 0");
  const frameDiv = value["frame_div"] ?? value["divisionFrame"];
  return {
    label,
    frames: [...new Set(frames)].sort((a, b) => a - b),
    daughters: wholeList(value["daughters"] ?? [], file, place, "daughters").toSorted((a, b) => a - b),
    capped: value["capped"] === true,
    frameDiv: wholeOrNull(frameDiv, file, place, "frame_div"),
    parent: wholeOrNull(value["parent"], file, place, "parent"),
  };
}

function wholeOrNull(value: unknown, file: string, place: string, field: string): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw refuse(file, place, `its ${field} is not a whole number`);
}

function wholeList(value: unknown, file: string, place: string, field: string): number[] {
  if (!Array.isArray(value) || value.length > FRAMES_MAX)
    throw refuse(file, place, `its ${field} is not a list`);
  return value.map((item) => {
    const whole = wholeOrNull(item, file, place, field);
    if (whole === null) throw refuse(file, place, `its ${field} hold something that is not a whole number`);
    return whole;
  });
}

function refuse(file: string, place: string, reason: string) {
  return fault("format.dataset", {
    file,
    place,
    reason,
    remedy: "Write the archive again with deepcell_tracking's save_trk or save_trks.",
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tracks of a movie; a cell without frames has none. */
export function tracksOfLineage(cells: MovieLineage): Track[] {
  return cells
    .filter(({ frames }) => frames.length > 0)
    .map(({ label, frames, daughters, parent }) => ({
      label,
      first: frames[0]!,
      last: frames.at(-1)!,
      parent,
      daughters,
    }));
}

/**
 * The laws of lineages, and what only this format says: the frames a cell is seen in (so that a gap that is stated is
 * no error), and the frame of its division.
 */
export function checkMovieLineage(
  cells: MovieLineage,
  presence: Presence,
  frameCount: number,
): { findings: LineageFinding[]; notes: string[] } {
  const stated = new Map(cells.map(({ label, frames }) => [label, new Set(frames)]));
  const findings: LineageFinding[] = [];
  for (const finding of checkLineage(tracksOfLineage(cells), presence, { frameCount })) {
    const frames = finding.label === null ? undefined : stated.get(finding.label);
    const isStatedGap =
      finding.rule === "frameMissing" &&
      finding.frame !== null &&
      !range(finding.frame, finding.lastFrame ?? finding.frame).some((frame) => frames?.has(frame));
    if (!isStatedGap) findings.push(finding);
  }
  const unstated: string[] = [];
  for (const [label, frames] of stated) {
    const [first, last] = [Math.min(...frames), Math.max(...frames)];
    const found = (presence.get(label) ?? []).filter((t) => t > first && t < last && !frames.has(t));
    if (found.length > 0)
      unstated.push(`cell ${label} has pixels in frame ${found[0]}, which its record leaves out`);
  }
  const late = cells.filter(
    ({ frameDiv, frames, daughters }) =>
      frameDiv !== null && daughters.length > 0 && frames.length > 0 && frameDiv !== frames.at(-1)! + 1,
  );
  const empty = cells.filter(({ frames }) => frames.length === 0);
  return {
    findings,
    notes: [
      ...some(unstated),
      ...some(
        late.map(
          ({ label, frameDiv, frames }) =>
            `cell ${label} divides in frame ${frameDiv} by its record, but is last seen in frame ${frames.at(-1)}`,
        ),
      ),
      ...some(empty.map(({ label }) => `cell ${label} is listed without frames`)),
    ],
  };
}

/** One sentence for a list of like findings, with its first examples. */
function some(messages: readonly string[]): string[] {
  if (messages.length === 0) return [];
  const more = messages.length > 3 ? `; and ${messages.length - 3} more like these` : "";
  return [`Lineage error: ${messages.slice(0, 3).join("; ")}${more}.`];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** The object by label that `lineage.json` holds; `lineages.json` holds a list of them. */
export function lineageRecord(cells: MovieLineage): Record<string, unknown> {
  return Object.fromEntries(
    cells.map(({ label, frames, daughters, capped, frameDiv, parent }) => [
      String(label),
      { label, frames, daughters, capped, frame_div: frameDiv, parent },
    ]),
  );
}
