/**
 * The tables of metadata in DeepCell's archives: two-dimensional arrays of text (or of Python objects) whose header row
 * is one of the rows, sometimes several times over.
 *
 * In the test part of TissueNet 1.1 the header stands four times, so that "all rows but the first" is shifted by three
 * against the images. Every copy of the header is therefore taken out wherever it stands, and a table whose remaining
 * rows do not match the images one to one is not used at all: metadata on the wrong image is worse than none.
 */
import type { NpyArray } from "../../containers/npy/read-npy.ts";
import type { PickleValue } from "../../containers/pickle/pickle-value.ts";

export interface MetaTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Place of each row in the stored array, header rows counted. */
  readonly places: readonly number[];
  /** Copies of the header among the rows; 1 is the rule. */
  readonly headerRows: number;
}

/** Column names of tables that come without a header row, by number of columns. */
const dataSourceColumns = [
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
    return { columns, rows, places: rows.map((_, i) => i), headerRows: 0 };
  }
  const same = (row: readonly string[]) => row.every((cell, i) => cell === header[i]);
  const places = rows.flatMap((row, i) => (same(row) ? [] : [i]));
  const kept = places.map((place) => rows[place]!);
  return { columns: header.map(normalise), rows: kept, places, headerRows: rows.length - kept.length };
}

/**
 * Which row belongs to each of `count` images.
 *
 * Without copies of the header there is one row per image. Where copies took the place of rows (one header row and
 * `count` others are stored), the images of those places have none.
 *
 * @returns `null` when the table fits neither way.
 */
export function rowsOfImages(table: MetaTable, count: number): readonly (number | null)[] | null {
  if (table.rows.length === count) return table.rows.map((_, i) => i);
  if (table.headerRows > 1 && table.rows.length + table.headerRows === count + 1) {
    const rowAt = new Map(table.places.map((place, row) => [place, row]));
    return Array.from({ length: count }, (_, i) => rowAt.get(i + 1) ?? null);
  }
  return null;
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
