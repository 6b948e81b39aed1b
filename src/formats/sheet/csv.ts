/**
 * Delimited text as tables, after RFC 4180.
 *
 * Comma, semicolon or tab, whichever the first line uses most outside quotes; quoted fields may hold the delimiter,
 * doubled quotes and line breaks; a byte order mark is skipped. Lines are counted as an editor counts them.
 */
import { fault } from "../fault.ts";

export interface CsvRow {
  /** Row as a spreadsheet counts it, from 1: a cell with line breaks is one row. */
  readonly row: number;
  /** Line in the file where the row starts, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

// A sheet of a million images is a database; 64 MiB of text holds 300,000 rows of 200 characters.
const TEXT_MAX = 64 * 1024 * 1024;
const ROWS_MAX = 1_000_000;
const COLUMNS_MAX = 1_000;

/** @throws FoundryError `format.sheet` for an open quote or text after one; `limit.bytes`, `limit.files` beyond the limits. */
export function parseCsv(text: string, name: string): CsvRow[] {
  if (text.length > TEXT_MAX) {
    throw fault("limit.bytes", {
      file: name,
      reason: `it has ${text.length} characters, the limit is ${TEXT_MAX}`,
      remedy: "Split the sheet.",
    });
  }
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  const delimiter = findDelimiter(body);
  const rows: CsvRow[] = [];
  let at = 0;
  let line = 1;
  for (let number = 1; at < body.length; number++) {
    const row = readRow(body, at, line, delimiter, name);
    const blank = row.fields.every((field) => field.trim() === "");
    if (!blank) rows.push({ row: number, line, fields: row.fields });
    if (rows.length > ROWS_MAX) {
      throw fault("limit.files", {
        file: name,
        reason: `it has more than ${ROWS_MAX} rows`,
        remedy: "Split the sheet.",
      });
    }
    at = row.next;
    line = row.nextLine;
  }
  return rows;
}

/** A cell with its place in the text, quotes included. */
export interface CsvCell {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Like `parseCsv`, with places; for changing a sheet without writing it anew. Throws the same. */
export function csvCells(
  text: string,
  name: string,
): { readonly line: number; readonly cells: readonly CsvCell[] }[] {
  const from = text.startsWith("\ufeff") ? 1 : 0;
  const delimiter = findDelimiter(text.slice(from));
  const rows: { line: number; cells: readonly CsvCell[] }[] = [];
  for (let at = from, line = 1; at < text.length && rows.length <= ROWS_MAX; ) {
    const row = readRow(text, at, line, delimiter, name);
    if (row.fields.some((field) => field.trim() !== "")) rows.push({ line, cells: row.cells });
    at = row.next;
    line = row.nextLine;
  }
  return rows;
}

function findDelimiter(text: string): string {
  const counts = new Map([
    [",", 0],
    [";", 0],
    ["\t", 0],
  ]);
  let quoted = false;
  for (const char of text.slice(0, 100_000)) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === "\n" || char === "\r")) break;
    else if (!quoted && counts.has(char)) counts.set(char, counts.get(char)! + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

interface ReadRow {
  readonly fields: string[];
  readonly cells: CsvCell[];
  readonly next: number;
  readonly nextLine: number;
}

function readRow(text: string, start: number, startLine: number, delimiter: string, name: string): ReadRow {
  const fields: string[] = [];
  const cells: CsvCell[] = [];
  let at = start;
  let line = startLine;
  for (;;) {
    const field = text[at] === '"' ? readQuoted(text, at, line, name) : readBare(text, at, delimiter);
    fields.push(field.value);
    cells.push({ value: field.value, start: at, end: field.end });
    if (fields.length > COLUMNS_MAX) {
      throw fault("format.sheet", {
        file: name,
        place: `line ${line}`,
        reason: `it has more than ${COLUMNS_MAX} columns`,
        remedy: "Check the separator of the sheet.",
      });
    }
    line += field.breaks;
    at = field.end;
    const char = text[at];
    if (char === delimiter) {
      at++;
      continue;
    }
    if (char === undefined) return { fields, cells, next: at, nextLine: line };
    if (char === "\n" || char === "\r") {
      return {
        fields,
        cells,
        next: char === "\r" && text[at + 1] === "\n" ? at + 2 : at + 1,
        nextLine: line + 1,
      };
    }
    throw fault("format.sheet", {
      file: name,
      place: `line ${line}, column ${fields.length}`,
      reason: "there is text after a closing quote",
      remedy: 'Write a quote inside a quoted field twice ("").',
    });
  }
}

interface ReadField {
  readonly value: string;
  readonly end: number;
  readonly breaks: number;
}

function readBare(text: string, start: number, delimiter: string): ReadField {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end++;
  return { value: text.slice(start, end), end, breaks: 0 };
}

function readQuoted(text: string, start: number, line: number, name: string): ReadField {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      throw fault("format.sheet", {
        file: name,
        place: `line ${line}`,
        reason: "a quote is opened and never closed",
        remedy: "Close the quote, or write it twice.",
      });
    }
    if (text[quote + 1] !== '"') {
      const value = text.slice(start + 1, quote).replaceAll('""', '"');
      return { value, end: quote + 1, breaks: value.split("\n").length - 1 };
    }
    at = quote + 2;
  }
}
