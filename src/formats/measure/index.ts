/** Public surface of `formats/measure`: tables of measurements as files. */

export { measureCsv } from "./measure-csv.ts";
export { measureParquet, type ParquetNotes } from "./measure-parquet.ts";
export type { TableText } from "./table-text.ts";
