/** Public surface of `formats/export`: a stream of images with labels becomes a stream of files. */

export { cardText, huggingFaceCard, licenceText } from "./card.ts";
export { type CellTablesNeeded, cellTables, noteCellTables } from "./cell-tables.ts";
export { croissant } from "./croissant.ts";
export type {
  Exporter,
  ExportFacts,
  ExportFile,
  ExportItem,
  ExportLayer,
  ExportLink,
  ExportObject,
  ExportRole,
  ExportSource,
} from "./export-item.ts";
export { exporterNamed, exporters, exportFormats } from "./exporters.ts";
export { createFileNames } from "./file-names.ts";
export { type ListedFile, type ListedItem, mediaType, provenanceJson, splitsCsv } from "./listing.ts";
export { metadataSheet } from "./metadata-sheet.ts";
export { objectTable } from "./object-table.ts";
export {
  digestsText,
  exportNotes,
  exportPapers,
  type KeptItem,
  keepItem,
  type ShownPicture,
} from "./papers.ts";
export { roCrate } from "./ro-crate.ts";
export { seenItem } from "./seen-cells.ts";
