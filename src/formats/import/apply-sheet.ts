/**
 * Metadata from a sheet into an import plan.
 */
import { joinSheet } from "../sheet/join-sheet.ts";
import type { Sheet } from "../sheet/parse-sheet.ts";
import type { ImportPlan } from "./plan.ts";

export interface SheetReport {
  readonly plan: ImportPlan;
  readonly joined: number;
  /** Rows that describe no image of the plan: line, name, reason. */
  readonly unmatchedRows: readonly {
    readonly line: number;
    readonly name: string;
    readonly reason: string;
  }[];
  /** Images of the plan without a row. */
  readonly unmatchedImages: readonly string[];
}

/** Adds the values of each row to the image it names; earlier metadata of an item gives way. */
export function applySheet(plan: ImportPlan, sheet: Sheet): SheetReport {
  const targets = plan.items.map((item) => ({ name: item.name, path: item.imagePath, item }));
  const { matches, unmatchedRows, unmatchedImages } = joinSheet(sheet, targets);
  const items = targets.map((target) => {
    const row = matches.get(target);
    return row === undefined
      ? target.item
      : { ...target.item, metadata: { ...target.item.metadata, ...row.values } };
  });
  return {
    plan: { ...plan, items },
    joined: matches.size,
    unmatchedRows: unmatchedRows.map(({ row, reason }) => ({ line: row.line, name: row.name, reason })),
    unmatchedImages: unmatchedImages.map(({ name }) => name),
  };
}
