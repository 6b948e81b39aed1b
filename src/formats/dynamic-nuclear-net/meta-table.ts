/**
 * The tables of metadata in DeepCell's archives: two-dimensional arrays of text (or of Python objects) whose header row
 * is one of the rows, sometimes several times over.
 *
 * In the test part of TissueNet 1.1 the header stands four times, so that "all rows but the first" is shifted by three
 * against the images. Every copy of the header is therefore taken out wherever it stands, and a table whose remaining
 * rows do not match the images one to one is not used at all: metadata on the wrong image is worse than none.
 */
import type { NpyArray } from "../npy/read-npy.ts";
import type { PickleValue } from "../pickle/pickle-value.ts";

export interface MetaTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Copies of the header among the rows; 1 is the rule. */
  readonly headerRows: number;
}

/** Column names of tables that come without a header row, by number of columns. */
export const dataSourceColumns = [
  "filename",
  "experiment",
  "pixel_size",
  "screening_passed",
  "time_step",
  "specimen",
] as const;

/**
 * @param defaults  names of the columns when there is no header row; they are used when their number fits.
 * @returns `null` when the array is no table of at least one column.
 */
export function readMetaTable(
  array: NpyArray,
  defaults: readonly string[] = dataSourceColumns,
): MetaTable | null {
  const rows = textRows(array);
  if (rows === null || rows.length === 0) return null;
  const header = rows.find(isHeader);
  if (header === undefined) {
    const columns = rows[0]!.map((_, i) =>
      rows[0]!.length === defaults.length ? defaults[i]! : `column${i}`,
    );
    return { columns, rows, headerRows: 0 };
  }
  const same = (row: readonly string[]) => row.every((cell, i) => cell === header[i]);
  const kept = rows.filter((row) => !same(row));
  return { columns: header.map(normalise), rows: kept, headerRows: rows.length - kept.length };
}

/** Value of a named column; "" for an absent column, and for the words that stand for nothing. */
export function cell(table: MetaTable, row: number, column: string): string {
  const at = table.columns.indexOf(column);
  const value = at < 0 ? "" : (table.rows[row]?.[at] ?? "").trim();
  return /^(none|nan|null|n\/a)$/i.test(value) ? "" : value;
}

/** Micrometres per pixel of a row, when the column holds a positive number. */
export function cellMpp(table: MetaTable, row: number): { readonly y: number; readonly x: number } | null {
  const value = Number(cell(table, row, "pixel_size"));
  return Number.isFinite(value) && value > 0 ? { y: value, x: value } : null;
}

function isHeader(row: readonly string[]): boolean {
  const names = row.map(normalise);
  return names.includes("filename") || names.includes("pixel_size") || names.includes("experiment");
}

function normalise(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, "_");
}

function textRows(array: NpyArray): string[][] | null {
  if (array.dtype === "object" && array.shape.length === 1) {
    // Rows of unequal length make an array of lists.
    return array.data.map((row) => (Array.isArray(row) ? row.map(asText) : [asText(row)]));
  }
  const [count, width] = array.shape;
  if (array.shape.length !== 2 || count === undefined || width === undefined || width === 0) return null;
  const data: readonly PickleValue[] =
    array.dtype === "text" || array.dtype === "object" ? array.data : Array.from(array.data);
  return Array.from({ length: count }, (_, i) => data.slice(i * width, (i + 1) * width).map(asText));
}

function asText(value: PickleValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "object" ? "" : String(value);
}
