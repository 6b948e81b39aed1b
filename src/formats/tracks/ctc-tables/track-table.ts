/**
 * `man_track.txt` and `res_track.txt` of the Cell Tracking Challenge: one track per line, "label first last parent",
 * parent 0 for none.
 *
 * Strict, because a table that breaks a law scores as something else than it shows: four whole numbers per line, a label
 * once, an end after its beginning, a parent that is listed and has ended before. Source: "Naming and file content
 * conventions" of the challenge; frames count from 0.
 */
import { checkLineage, type Track, withDaughters } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import { lineageErrors, lineageFault } from "../lineage-fault.ts";

// The largest public movie has some 10,000 tracks.
const ROWS_MAX = 1_000_000;
// A million lines of four numbers of ten digits.
const CHARACTERS_MAX = 48 * 1024 * 1024;
const REMEDY =
  "Each line holds four whole numbers: label, first frame, last frame, label of the parent or 0.";
const LAWS_REMEDY =
  "Mend the table: every label once, its last frame not before its first, its parent listed and ended before it begins.";
const fields = ["label", "first frame", "last frame", "parent"] as const;

/**
 * @returns tracks in the order of the lines, frames as the file numbers them.
 * @throws FoundryError `format.ctc` naming line, label, frame and rule for a line that is no track and for the first broken law (all
 *         of them in the details); `limit.objects`, `limit.bytes`. Cost: linear.
 */
export function readTrackTable(text: string, file: string): Track[] {
  const tracks = parseTrackTable(text, file);
  const errors = lineageErrors(checkLineage(tracks, null));
  if (errors.length > 0) throw lineageFault({ code: "format.ctc", file, remedy: LAWS_REMEDY }, errors);
  return tracks;
}

/** The lines alone; laws between them are not checked. Throws as `readTrackTable`. */
function parseTrackTable(text: string, file: string): Track[] {
  if (text.length > CHARACTERS_MAX) {
    throw fault("limit.bytes", {
      file,
      reason: `it has ${text.length} characters, the limit is ${CHARACTERS_MAX}`,
      remedy: "Cut the movie into parts.",
    });
  }
  const rows: Omit<Track, "daughters">[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.replace(/^\ufeff/, "").trim();
    if (trimmed === "") continue;
    const [label, first, last, parent] = parseLine(trimmed, file, index + 1);
    rows.push({ label, first, last, parent: parent === 0 ? null : parent });
    if (rows.length > ROWS_MAX) {
      throw fault("limit.objects", {
        file,
        reason: `it lists more than ${ROWS_MAX} tracks`,
        remedy: "Cut the movie into parts.",
      });
    }
  }
  return withDaughters(rows);
}

function parseLine(line: string, file: string, number: number): [number, number, number, number] {
  const cells = line.split(/[\s,]+/);
  const numbers = cells.map((cell) => (/^\d{1,10}$/.test(cell) ? Number(cell) : Number.NaN));
  const bad = numbers.findIndex((value) => !(value < 2 ** 31));
  if (cells.length === fields.length && bad < 0) return numbers as [number, number, number, number];
  const known = (at: number): number | null => (numbers[at]! < 2 ** 31 ? numbers[at]! : null);
  const what =
    cells.length === fields.length
      ? `its ${fields[bad]} "${cells[bad]!.slice(0, 20)}" is not a whole number`
      : `it holds ${cells.length} values`;
  throw fault("format.ctc", {
    file,
    place: `line ${number}`,
    reason: `"${line.slice(0, 40)}" is not a track: ${what} (rule numberInvalid)`,
    remedy: REMEDY,
    details: { rule: "numberInvalid", label: known(0), frame: known(1), line: number },
  });
}

/** The lines sorted by label, each ended by a line feed. */
export function writeTrackTable(tracks: readonly Omit<Track, "daughters">[]): string {
  return tracks
    .toSorted((a, b) => a.label - b.label)
    .map(({ label, first, last, parent }) => `${label} ${first} ${last} ${parent ?? 0}\n`)
    .join("");
}
