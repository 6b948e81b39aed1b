/**
 * Metadata from a sheet to the items of a plan.
 */
import { joinSheet } from "../sheet/join-sheet.ts";
import type { Sheet, SheetRow } from "../sheet/sheet.ts";
import type { LayoutItem } from "./layout.ts";

export interface SheetReport {
  /** The row of each item that has one. */
  readonly rows: ReadonlyMap<LayoutItem, SheetRow>;
  /** Rows that describe no item: line, name, reason. */
  readonly unmatchedRows: readonly {
    readonly line: number;
    readonly name: string;
    readonly reason: string;
  }[];
  /** Items without a row. */
  readonly unmatchedImages: readonly string[];
}

/** Finds the row of each item by file name, path or name. */
export function applySheet(items: readonly LayoutItem[], sheet: Sheet): SheetReport {
  const targets = items.map((item) => ({ name: item.name, path: item.imagePath, item }));
  const { matches, unmatchedRows, unmatchedImages } = joinSheet(sheet, targets);
  return {
    rows: new Map([...matches].map(([{ item }, row]) => [item, row])),
    unmatchedRows: unmatchedRows.map(({ row, reason }) => ({ line: row.line, name: row.name, reason })),
    unmatchedImages: unmatchedImages.map(({ name }) => name),
  };
}
