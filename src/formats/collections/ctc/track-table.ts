/**
 * `man_track.txt` and `res_track.txt`: one track per line, "label first last parent", parent 0 for none.
 */
import { type Track, withDaughters } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";

// The largest public movie has some 10,000 tracks.
const ROWS_MAX = 1_000_000;
const REMEDY =
  "Each line holds four whole numbers: label, first frame, last frame, label of the parent or 0.";

/** @throws FoundryError `format.ctc` naming the line; `limit.objects`. Laws between the lines are not checked here. */
export function parseTrackTable(text: string, file: string): Track[] {
  const rows: Omit<Track, "daughters">[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.replace(/^\ufeff/, "").trim();
    if (trimmed === "") continue;
    const cells = trimmed.split(/[\s,]+/);
    const numbers = cells.map((cell) => (/^\d{1,10}$/.test(cell) ? Number(cell) : Number.NaN));
    if (cells.length !== 4 || numbers.some((value) => !(value < 2 ** 31))) {
      throw fault("format.ctc", {
        file,
        place: `line ${index + 1}`,
        reason: `"${trimmed.slice(0, 40)}" is not a track`,
        remedy: REMEDY,
      });
    }
    const [label, first, last, parent] = numbers as [number, number, number, number];
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

/** The lines sorted by label, each ended by a line feed. */
export function writeTrackTable(tracks: readonly Track[]): string {
  return tracks
    .toSorted((a, b) => a.label - b.label)
    .map(({ label, first, last, parent }) => `${label} ${first} ${last} ${parent ?? 0}\n`)
    .join("");
}
