/**
 * Rows of a run-length table by image, and their pairs as counts.
 */
import { fault } from "../../fault.ts";
import { parseCsv } from "../../sheet/csv.ts";

interface RleEntry {
  readonly rows: readonly { readonly text: string; readonly line: number }[];
  readonly size: { readonly height: number; readonly width: number } | null;
  readonly usage: string;
}

export type RleTable = ReadonlyMap<string, RleEntry>;

/** @throws FoundryError `format.sheet` for a table without ImageId and EncodedPixels; `limit.*` as `parseCsv`. */
export function parseRleTable(text: string, name: string): RleTable {
  const [header, ...rows] = parseCsv(text, name);
  const at = (column: string) =>
    header?.fields.findIndex((field) => field.trim().toLowerCase() === column) ?? -1;
  const [id, pixels, height, width, usage] = ["imageid", "encodedpixels", "height", "width", "usage"].map(
    at,
  ) as [number, number, number, number, number];
  if (id < 0 || pixels < 0) {
    throw fault("format.sheet", {
      file: name,
      reason: "it has no columns ImageId and EncodedPixels",
      remedy: "Use the table as Kaggle publishes it.",
    });
  }
  const table = new Map<
    string,
    { rows: { text: string; line: number }[]; size: RleEntry["size"]; usage: string }
  >();
  for (const { fields, line } of rows) {
    const image = (fields[id] ?? "").trim();
    if (image === "") continue;
    const [h, w] = [Number(fields[height]), Number(fields[width])];
    const entry = table.get(image) ?? {
      rows: [],
      size: h > 0 && w > 0 ? { height: h, width: w } : null,
      usage: (fields[usage] ?? "").trim(),
    };
    table.set(image, entry);
    entry.rows.push({ text: fields[pixels] ?? "", line });
  }
  return table;
}

/** "start length start length …", from 1, as counts outside, inside, outside … from 0. @throws FoundryError `format.sheet`. */
export function countsOfPairs(text: string, name: string, line: number): number[] {
  const numbers = text.trim() === "" ? [] : text.trim().split(/\s+/);
  const counts: number[] = [];
  let at = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const [start, length] = [numbers[i], numbers[i + 1]];
    const from = Number(start) - 1;
    if (!/^\d{1,12}$/.test(start ?? "") || !/^\d{1,12}$/.test(length ?? "") || from < at) {
      throw fault("format.sheet", {
        file: name,
        place: `line ${line}`,
        reason: "EncodedPixels are not ascending pairs of start and length",
        remedy: "Use the table as Kaggle publishes it.",
      });
    }
    counts.push(from - at, Number(length));
    at = from + Number(length);
  }
  return counts;
}
