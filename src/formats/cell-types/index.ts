/** Public surface of `formats/cell-types`: types of cells as tables, and read from tables. */

export { cellTypeTable, type TabledCell } from "./cell-type-table.ts";
export { type ReadCellTypes, readCellTypesCsv, type TypedRow } from "./read-cell-types.ts";
