/** Colours of cells by one of their features: the ends of the ramp are the 2nd and 98th hundredth of the cells. */

import type { Rgb } from "#core/labels/index.ts";
import type { MeasureColumn } from "#core/measure/index.ts";
import { rampColour, unknownColour } from "./colour-ramp.ts";
import type { Range } from "./gate.ts";
import { rankValue } from "./plot-scale.ts";

/** Without the outermost cells, one odd one would give all others the same colour. */
const endShare = 0.02;

export interface CellColouring {
  readonly colourOf: (uid: string) => Rgb;
  /** Values at the ends of the ramp; null when no cell has a value. */
  readonly range: Range | null;
}

export function colourCells(
  column: MeasureColumn,
  rows: readonly number[],
  rowOf: ReadonlyMap<string, number>,
): CellColouring {
  const [from, to] = [rankValue(column.values, rows, endShare), rankValue(column.values, rows, 1 - endShare)];
  const span = to - from;
  const colourOf = (uid: string): Rgb => {
    const row = rowOf.get(uid);
    if (row === undefined) return unknownColour;
    const value = column.values[row] as number;
    return rampColour(span === 0 ? 0.5 : (value - from) / span);
  };
  return { colourOf, range: Number.isNaN(from) ? null : { from, to } };
}
