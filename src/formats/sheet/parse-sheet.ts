/**
 * A metadata sheet: one row per image, keyed by file name.
 *
 * Strict about what has a meaning (pixel sizes, splits, repeated names), open about everything else. Every error
 * names the line and the column as a spreadsheet shows them.
 */
import { fault } from "../fault.ts";
import { canonicalColumn, columnKey, keyColumns, suggestColumn } from "./columns.ts";
import { type CsvRow, parseCsv } from "./csv.ts";

export interface SheetRow {
  /** Image name as written in the key column. */
  readonly name: string;
  readonly line: number;
  /** Canonical column to text; empty cells are left out. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Sheet {
  readonly keyColumn: string;
  /** Canonical names in the order of the file, without the key column. */
  readonly columns: readonly string[];
  readonly rows: readonly SheetRow[];
  /** Probable slips that are not errors. */
  readonly notes: readonly string[];
}

const CELL_MAX = 2_000; // a value is a term or a short remark
const MPP_MAX = 1_000; // a pixel of a millimetre is not a microscope's

/** @throws FoundryError `format.sheet` naming line and column; `limit.bytes`, `limit.files`. */
export function parseSheet(text: string, options: { readonly name: string }): Sheet {
  const { name } = options;
  const table = parseCsv(text, name);
  const header = table[0];
  if (header === undefined || table.length < 2) {
    throw fault("format.sheet", {
      file: name,
      reason: "it has no rows below a header",
      remedy: "The first line names the columns; each further line is one image.",
    });
  }
  const keyIndex = findKeyColumn(header, name);
  const columns = readHeader(header, keyIndex, name);
  const rows = table.slice(1).map((row) => readRow(row, columns, keyIndex, name));
  refuseRepeats(rows, header.fields[keyIndex]!, name);
  return {
    keyColumn: header.fields[keyIndex]!.trim(),
    columns: columns.filter((_, i) => i !== keyIndex),
    rows,
    notes: slips(header, keyIndex),
  };
}

function findKeyColumn(header: CsvRow, name: string): number {
  const keys = header.fields.map(columnKey);
  for (const wanted of keyColumns) {
    const index = keys.indexOf(wanted);
    if (index >= 0) return index;
  }
  const near = header.fields.find((field) => keyColumns.some((key) => key === suggestColumn(field)));
  throw fault("format.sheet", {
    file: name,
    place: "header",
    reason: `no column names the image${near === undefined ? "" : `; "${near}" looks like "${suggestColumn(near)}"`}`,
    remedy: "Name one column `name` and write the file names of the images into it.",
  });
}

function readHeader(header: CsvRow, keyIndex: number, name: string): string[] {
  const seen = new Map<string, string>();
  return header.fields.map((field, i) => {
    if (field.trim() === "") return "";
    // A synonym gives way to the column it stands for when both are there.
    const exact = header.fields.some((other, j) => j !== i && columnKey(other) === canonicalColumn(field));
    const column = exact ? columnKey(field) : canonicalColumn(field);
    const twin = seen.get(column);
    if (twin !== undefined && i !== keyIndex) {
      throw fault("format.sheet", {
        file: name,
        place: `header, column "${field}"`,
        reason: `it means the same as column "${twin}"`,
        remedy: "Keep one of the two.",
      });
    }
    seen.set(column, field);
    return column;
  });
}

function readRow(row: CsvRow, columns: readonly string[], keyIndex: number, name: string): SheetRow {
  const place = `line ${row.line}`;
  if (row.fields.length > columns.length) {
    throw fault("format.sheet", {
      file: name,
      place,
      reason: `it has ${row.fields.length} cells, the header has ${columns.length}`,
      remedy: "Put cells that hold the separator into quotes.",
    });
  }
  const key = row.fields[keyIndex]?.trim() ?? "";
  if (key === "")
    throw fault("format.sheet", {
      file: name,
      place,
      reason: "the name of the image is missing",
      remedy: "Fill the cell or delete the line.",
    });
  const values: Record<string, string> = {};
  row.fields.forEach((field, i) => {
    const value = field.trim();
    const column = columns[i]!;
    if (i === keyIndex || value === "" || column === "") return;
    const reason = cellFault(column, value);
    if (reason !== null) {
      throw fault("format.sheet", {
        file: name,
        place: `${place}, column ${column}`,
        reason: `"${value.slice(0, 60)}" ${reason[0]}`,
        remedy: reason[1],
      });
    }
    values[column] = column.startsWith("mpp") ? String(Number(value.replace(",", "."))) : value;
  });
  return { name: key, line: row.line, values };
}

function cellFault(column: string, value: string): readonly [reason: string, remedy: string] | null {
  if (value.length > CELL_MAX) return [`… is longer than ${CELL_MAX} characters`, "Shorten the cell."];
  if (column === "mpp" || column === "mpp_y" || column === "mpp_x") {
    const number = Number(value.replace(",", "."));
    const fits = Number.isFinite(number) && number > 0 && number <= MPP_MAX;
    return fits ? null : ["is not a pixel size", "Write micrometres per pixel as a number, e.g. 0.65."];
  }
  if (column === "split" && !["train", "validation", "test"].includes(value)) {
    return ["is not a split", "Write train, validation or test, or leave the cell empty."];
  }
  return null;
}

function refuseRepeats(rows: readonly SheetRow[], keyColumn: string, name: string): void {
  const lines = new Map<string, number>();
  for (const row of rows) {
    const before = lines.get(row.name);
    if (before !== undefined) {
      throw fault("format.sheet", {
        file: name,
        place: `line ${row.line}, column ${keyColumn}`,
        reason: `"${row.name.slice(0, 60)}" is already on line ${before}`,
        remedy: "Keep one line per image.",
      });
    }
    lines.set(row.name, row.line);
  }
}

function slips(header: CsvRow, keyIndex: number): string[] {
  return header.fields.flatMap((field, i) => {
    const suggestion = i === keyIndex ? null : suggestColumn(field);
    return suggestion === null
      ? []
      : [`Column "${field.trim()}" is kept as free text; did you mean "${suggestion}"?`];
  });
}
