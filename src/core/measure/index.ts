/** Public surface of `core/measure`: cells and pixels in, a table with units out. */

export { type CellParts, cellParts } from "./cell-parts.ts";
export { type LightStatistic, type LightWindow, lightStatistics } from "./light-statistics.ts";
export {
  type CellFacts,
  columnNamed,
  type MeasureColumn,
  type MeasureGroupName,
  type MeasureTable,
  type MeasureUnit,
  tableRows,
  withCellFacts,
} from "./measure-table.ts";
export {
  type CellGroup,
  type CellMeasurer,
  createMeasurer,
  defaultNeighbourDistancePx,
  defaultNeighbourDistanceUm,
  type MeasuredCell,
  type MeasureSettings,
  measureCells,
} from "./measurer.ts";
export type { PixelSize } from "./shape-columns.ts";
