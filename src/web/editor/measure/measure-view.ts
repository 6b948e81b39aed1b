/** How a person looks at the measurements: which plot of which features, how the table is sorted. Kept between tabs. */

import type { PlotPoint, Range } from "./gate.ts";
import type { Sorting } from "./measure-list.tsx";

export interface MeasureView {
  readonly plot: "histogram" | "scatter" | "map";
  /** Keys of features; null: the first that fits. `x` is the histogram's, too. */
  readonly x: string | null;
  readonly y: string | null;
  /** Columns of the table, by group. */
  readonly group: string | null;
  readonly sorting: Sorting;
  readonly onlySelected: boolean;
  /** Cells of the image are coloured by the feature `x`. */
  readonly coloured: boolean;
  /** What was drawn last in the plot, as long as its features are the same. */
  readonly range: Range | null;
  readonly ring: readonly PlotPoint[] | null;
}

export const firstMeasureView: MeasureView = {
  plot: "histogram",
  x: null,
  y: null,
  group: null,
  sorting: { key: "label", descending: false },
  onlySelected: false,
  coloured: false,
  range: null,
  ring: null,
};
