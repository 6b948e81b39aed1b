/** Columns of words that stand before the measurements in a file: the id of each row, the image it is from. */

import type { MeasureTable } from "#core/measure/index.ts";

export interface TableText {
  readonly key: string;
  /** One per row of the table. */
  readonly values: readonly string[];
}

/** The ids as a column called `idKey`, after the columns given. */
export function textColumns(table: MeasureTable, idKey: string, texts: readonly TableText[]): TableText[] {
  return [...texts, { key: idKey, values: table.ids }];
}
