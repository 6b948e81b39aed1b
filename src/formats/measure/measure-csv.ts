/**
 * A table of measurements as CSV (RFC 4180): a heading, then one line per cell.
 *
 * Numbers are written in full (the shortest text that reads back as the same number); what is not known is an empty
 * field. Lines leave in pieces, so a table of a million cells is never one string. Words that a spreadsheet would take
 * for a formula get an apostrophe before them.
 */

import type { MeasureTable } from "#core/measure/index.ts";
import { type TableText, textColumns } from "./table-text.ts";

/** Lines per piece: some 100 kB. */
const linesPerPiece = 512;

/**
 * @param idKey  heading of the column of ids, such as `uid` or `label`.
 * @param texts  columns of words that stand first.
 */
export function* measureCsv(
  table: MeasureTable,
  idKey: string,
  texts: readonly TableText[] = [],
): Generator<string> {
  const words = textColumns(table, idKey, texts);
  const columns = table.columns.map(({ values }) => values);
  yield `${[...words, ...table.columns].map(({ key }) => field(key)).join(",")}\n`;
  for (let from = 0; from < table.ids.length; from += linesPerPiece) {
    let piece = "";
    for (let row = from; row < Math.min(from + linesPerPiece, table.ids.length); row++) {
      const line = words.map(({ values }) => field(values[row] as string));
      for (const values of columns) line.push(numberText(values[row] as number));
      piece += `${line.join(",")}\n`;
    }
    yield piece;
  }
}

const numberText = (value: number): string => (Number.isFinite(value) ? String(value) : "");

function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
