/** Mean light of each marker under each cell, from the table of measurements: channels are markers by their names. */

import { type MarkerValues, markerKey } from "#core/cell-types/index.ts";
import { columnNamed, type MeasureTable } from "#core/measure/index.ts";

/** @param channels  names by channel index. Channels whose names mean the same marker: the first counts. */
export function markerValues(table: MeasureTable, channels: readonly string[]): MarkerValues {
  const values = new Map<string, Float64Array>();
  for (const [c, name] of channels.entries()) {
    const column = columnNamed(table, `c${c}_mean`);
    const key = markerKey(name);
    if (column !== undefined && !values.has(key)) values.set(key, column.values);
  }
  return values;
}
