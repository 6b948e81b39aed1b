/** Public surface of `formats/export`: a stream of images with labels becomes a stream of files. */

export { cardText, huggingFaceCard, licenceText } from "./card.ts";
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
export { createFileNames } from "./file-names.ts";
export { type ListedFile, type ListedItem, mediaType, provenanceJson, splitsCsv } from "./listing.ts";
export { objectTable } from "./object-table.ts";
export { roCrate } from "./ro-crate.ts";
