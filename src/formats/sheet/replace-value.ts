/**
 * One value of a sheet for another, wherever a column holds it; everything else of the text stays as it is written.
 *
 * For mending: "splen" becomes "spleen" in every row of the column `organ`. Quotes, separators, comments and the order
 * of a YAML file survive, because only the characters of the value are exchanged.
 */
import { isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { canonicalColumn, channelColumn, columnKey } from "./columns.ts";
import { csvCells } from "./csv.ts";

export interface Replacement {
  /** As problems name it: a header, or `channel 2 target`. */
  readonly column: string;
  readonly from: string;
  readonly to: string;
}

export interface ReplacedSheet {
  readonly text: string;
  /** Values that were exchanged. */
  readonly count: number;
}

/**
 * @param name  of the file; `.yaml` and `.yml` are YAML, all else is a table.
 * @throws FoundryError `format.sheet` when the text is no sheet.
 */
export function replaceInSheet(text: string, name: string, replacement: Replacement): ReplacedSheet {
  const spans = /\.ya?ml$/i.test(name) ? yamlSpans(text, replacement) : csvSpans(text, name, replacement);
  let result = text;
  // From the end, so that earlier positions stay true.
  for (const { start, end, written } of spans.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + written + result.slice(end);
  }
  return { text: result, count: spans.length };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly written: string;
}

function isSameColumn(header: string, column: string): boolean {
  if (header.trim() === column.trim() || columnKey(header) === columnKey(column)) return true;
  const [a, b] = [channelColumn(header), channelColumn(column)];
  if (a !== null || b !== null) return a?.index === b?.index && a?.field === b?.field;
  return canonicalColumn(header) === canonicalColumn(column);
}

function csvSpans(text: string, name: string, { column, from, to }: Replacement): Span[] {
  const cells = csvCells(text, name);
  const header = cells[0]?.cells ?? [];
  const at = header.findIndex(({ value }) => isSameColumn(value, column));
  if (at < 0) return [];
  return cells.slice(1).flatMap(({ cells: row }) => {
    const cell = row[at];
    if (cell === undefined || cell.value.trim() !== from.trim()) return [];
    return [{ start: cell.start, end: cell.end, written: csvWritten(to) }];
  });
}

/** Quoted when any separator could be meant. */
function csvWritten(value: string): string {
  return /[",;\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

function yamlSpans(text: string, { column, from, to }: Replacement): Span[] {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const spans: Span[] = [];
  // "channel 2 target": the second of the list, whose key is `target`.
  const channel = channelColumn(column);
  const visit = (node: Node | null, position: number | null): void => {
    if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item as Node, index);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const word = isScalar(key) ? String(key.source ?? key.value) : "";
      const fits =
        channel === null
          ? isSameColumn(word, column)
          : position === channel.index && columnKey(word) === channel.field;
      if (
        fits &&
        isScalar(value) &&
        value.range != null &&
        writtenAs(value.source, value.value) === from.trim()
      ) {
        spans.push({ start: value.range[0], end: value.range[1], written: yamlWritten(to) });
      }
      visit(value as Node | null, null);
    }
  };
  visit(document.contents, null);
  return spans;
}

function writtenAs(source: string | undefined, value: unknown): string {
  return (source ?? String(value)).trim();
}

/** Plain words stay plain; in quotes JSON and YAML agree. */
function yamlWritten(value: string): string {
  return /^[A-Za-z][A-Za-z0-9 -]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
