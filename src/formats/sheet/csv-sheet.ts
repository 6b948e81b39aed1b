/**
 * A metadata sheet as a table: one row per image, keyed by file name.
 *
 * A row named `*` holds for all images; with a group in it, for the images of that group. Columns `channel 1`,
 * `channel 1 role` … describe channels.
 */
import { fault } from "../fault.ts";
import { readCell, refuseRepeats } from "./cell-rules.ts";
import { canonicalColumn, channelColumn, columnKey, isAlias, keyColumns, suggestColumn } from "./columns.ts";
import { type CsvRow, parseCsv } from "./csv.ts";
import { inherit, type OwnRow, type Sheet, type SheetChannel } from "./sheet.ts";

/** The name of a row that holds for all. */
const EVERY = "*";

/** @throws FoundryError `format.sheet` naming line and column; `limit.bytes`, `limit.files`. */
export function parseCsvSheet(text: string, name: string): Sheet {
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
  const all = table.slice(1).map((row) => readRow(row, { columns, headers: header.fields, keyIndex, name }));
  const key = header.fields[keyIndex] ?? "";
  const shared = all.filter((row) => row.name === EVERY);
  const groups = shared
    .filter((row) => row.values["group"] !== undefined)
    .map((row) => ({ ...row, name: row.values["group"] as string }));
  const general = shared.filter((row) => row.values["group"] === undefined);
  const rows = all.filter((row) => row.name !== EVERY);
  refuseRepeats(rows, key, name);
  refuseRepeats(general, key, name);
  refuseRepeats(groups, "group", name);
  const defaults = general[0] ?? null;
  return {
    keyColumn: key.trim(),
    columns: columns.filter((column, i) => i !== keyIndex && channelColumn(column) === null),
    headers: Object.fromEntries(columns.map((column, i) => [column, header.fields[i]?.trim() ?? column])),
    ...inherit({ defaults, groups, rows }),
    channels: defaults?.channels ?? [],
    preset: null,
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
    const canonical = exact || i === keyIndex ? columnKey(field) : canonicalColumn(field);
    // Two aliases of one field (patient, donor id) may mean different things: the second stays what it is called.
    const column = seen.has(canonical) && isAlias(field) ? columnKey(field) : canonical;
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

interface Header {
  readonly columns: readonly string[];
  readonly headers: readonly string[];
  readonly keyIndex: number;
  readonly name: string;
}

function readRow(row: CsvRow, { columns, headers, keyIndex, name }: Header): OwnRow {
  const place = `line ${row.line}`;
  if (row.fields.length > columns.length) {
    throw fault("format.sheet", {
      file: name,
      place,
      reason: `it has ${row.fields.length} cells, the header has ${columns.length}`,
      remedy: "Put cells that hold the separator into quotes.",
    });
  }
  const key = readCell("name", row.fields[keyIndex] ?? "", { file: name, place });
  if (key === "")
    throw fault("format.sheet", {
      file: name,
      place,
      reason: "the name of the image is missing",
      remedy: "Fill the cell or delete the line.",
    });
  const values: Record<string, string> = {};
  const channels = new Map<number, Record<string, string>>();
  row.fields.forEach((field, i) => {
    const column = columns[i] ?? "";
    if (i === keyIndex || field.trim() === "" || column === "") return;
    const channel = channelColumn(headers[i] ?? "");
    const value = readCell(column, field, { file: name, place });
    if (channel === null) values[column] = value;
    else channels.set(channel.index, { ...channels.get(channel.index), [channel.field]: value });
  });
  return { name: key, row: row.row, line: row.line, values, channels: channelList(channels, row) };
}

function channelList(channels: ReadonlyMap<number, Record<string, string>>, row: CsvRow): SheetChannel[] {
  return [...channels]
    .toSorted(([a], [b]) => a - b)
    .map(([index, values]) => ({ index, values, row: row.row, line: row.line }));
}

function slips(header: CsvRow, keyIndex: number): string[] {
  return header.fields.flatMap((field, i) => {
    const suggestion = i === keyIndex || channelColumn(field) !== null ? null : suggestColumn(field);
    return suggestion === null
      ? []
      : [`Column "${field.trim()}" is kept as free text; did you mean "${suggestion}"?`];
  });
}
