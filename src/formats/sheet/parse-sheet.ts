/**
 * A metadata sheet: one experiment as CSV, TSV or YAML.
 *
 * Strict about what has a meaning for the import (pixel sizes, splits, repeated names), open about everything else;
 * terms and the other fields are checked by `validateSheet`. Every error names the line and the column.
 */
import { parseCsvSheet } from "./csv-sheet.ts";
import type { Sheet } from "./sheet.ts";
import { parseYamlSheet } from "./yaml-sheet.ts";

export type { Sheet } from "./sheet.ts";

/** @throws FoundryError `format.sheet` naming line and column; `limit.bytes`, `limit.files`. */
export function parseSheet(text: string, options: { readonly name: string }): Sheet {
  return /\.ya?ml$/i.test(options.name)
    ? parseYamlSheet(text, options.name)
    : parseCsvSheet(text, options.name);
}
