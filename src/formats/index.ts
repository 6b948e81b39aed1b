/**
 * Bytes to arrays and back; no disk, no network, no DOM, so server, command line and browser share it.
 *
 * Readers promise: whatever the bytes, the answer is the right array or a coded error that names file, place, reason
 * and remedy. Sizes are checked before memory is taken.
 */

export { type CellposeSegOptions, writeCellposeSeg } from "./annotations/cellpose/write-seg.ts";
export {
  type CocoObject,
  type CocoSource,
  type WriteCocoOptions,
  writeCoco,
} from "./annotations/coco/write-coco.ts";
export {
  type GeoObject,
  type WriteGeoJsonOptions,
  writeGeoJson,
} from "./annotations/geojson/write-geojson.ts";
export { type RoiSource, writeRoiSet } from "./annotations/roi/write-roi.ts";
export { type ByteSource, sourceOfBytes, sourceOfFile } from "./byte-source.ts";
export { type CtcSequence, findSequences } from "./collections/ctc/sequence-files.ts";
export { type CtcFiles, type CtcMovie, type WriteCtcOptions, writeCtc } from "./collections/ctc/write-ctc.ts";
export {
  type MovieEntry,
  movieFolder,
  movieListName,
  writeMovieFrame,
  writeMovieList,
  writeMovieTracks,
} from "./collections/simulated-movie/write-simulated-movie.ts";
export {
  type TissueEntry,
  type TissueFile,
  tissueListName,
  writeSimulatedTissue,
  writeTissueList,
} from "./collections/simulated-tissue/write-simulated-tissue.ts";
export { type TrkMovie, writeTrk, writeTrks } from "./collections/trk/write-trk.ts";
export { channelNamed } from "./colours.ts";
export { type NpzMember, openNpz } from "./containers/npy/open-npz.ts";
export {
  type NpyArray,
  type NpyItems,
  type NpyOptions,
  openNpy,
  readNpy,
} from "./containers/npy/read-npy.ts";
export { writeNpy, writeNpyText } from "./containers/npy/write-npy.ts";
export { writeNpz } from "./containers/npy/write-npz.ts";
export { defaultZipLimits, readZip, type ZipEntry } from "./containers/zip/read-zip.ts";
export type { ZipLimits } from "./containers/zip/zip-directory.ts";
export { detectFormat, type FileFormat } from "./detect.ts";
export { type Fault, fault, shownName } from "./fault.ts";
export { applySheet, type SheetReport } from "./import/apply-sheet.ts";
export { isClosedArchive } from "./import/closed-archive.ts";
export { type GroupRule, groupKey, groupRules } from "./import/group-rules.ts";
export type {
  GroupKey,
  GroupLevel,
  ImportFiles,
  ItemReader,
  JsonValue,
  LayerCompartment,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadChoices,
  ReadItem,
  ReadLayer,
  ReadLink,
  ReadObject,
  StreamedItem,
} from "./import/layout.ts";
export type { FileEntry, IgnoredFile } from "./import/plan.ts";
export {
  type Candidate,
  type Detection,
  type DetectOptions,
  detectLayout,
  importFormats,
  layoutNamed,
} from "./import/registry.ts";
export { type NativeInflate, provideInflate } from "./inflate.ts";
export { defaultReadLimits, type ReadLimits } from "./limits.ts";
export {
  defaultOntologyLimits,
  type OntologyFile,
  type OntologyLimits,
  type OntologyOptions,
  readOntology,
} from "./obo/index.ts";
export { assertPair } from "./pair.ts";
export { provideWasm, type WasmCodec, type WasmProvider } from "./pixels/codecs/pixel-decoder.ts";
export { type GifOptions, gifFrame, gifHead, gifTail } from "./pixels/gif/write-gif.ts";
export { type PngPixels, writePng } from "./pixels/png/write-png.ts";
export {
  type OpenTiff,
  openTiffImages,
  type RegionRequest,
  type TiffImageInfo,
  type TiffLevel,
} from "./pixels/tiff/open-tiff-images.ts";
export { type ImageTiffOptions, writeImageTiff } from "./pixels/tiff/write-image-tiff.ts";
export {
  type ByteSink,
  createLabelRowsWriter,
  type LabelRowsOptions,
  type LabelRowsWriter,
} from "./pixels/tiff/write-label-rows.ts";
export {
  type LabelTiffOptions,
  readLabelTiffDescription,
  writeLabelTiff,
} from "./pixels/tiff/write-label-tiff.ts";
export { type TiffStackOptions, writeTiffStack } from "./pixels/tiff/write-tiff-stack.ts";
export { createRowHalver, type RowHalver } from "./pixels/zarr/halve-rows.ts";
export { listOmeZarr, type OmeZarrEntry, type OmeZarrListing } from "./pixels/zarr/list-ome-zarr.ts";
export {
  levelForms,
  type OmeZarrImageOptions,
  type OmeZarrLabelsOptions,
  omeZarrImage,
  omeZarrLabels,
  omeZarrLabelsList,
} from "./pixels/zarr/ome-zarr.ts";
export {
  type LevelSource,
  omeZarrImageRegions,
  omeZarrLabelsRegions,
  type ZarrRegions,
} from "./pixels/zarr/ome-zarr-regions.ts";
export {
  describeOmeZarr,
  type OmeZarrFacts,
  type OmeZarrImage,
  type OmeZarrLabelImage,
  type OmeZarrReadOptions,
  type OmeZarrRegion,
  readOmeZarr,
  readOmeZarrRegion,
} from "./pixels/zarr/read-ome-zarr.ts";
export {
  type OmeZarrWriteLabels,
  type OmeZarrWriteOptions,
  writeOmeZarr,
} from "./pixels/zarr/write-ome-zarr.ts";
export type { ZarrKeys } from "./pixels/zarr/zarr-array.ts";
export { type ZarrStore, zarrStoreOfFiles, zarrStoreOfKeys } from "./pixels/zarr/zarr-store.ts";
export { type ReadOptions, readImage } from "./read-image.ts";
export type { ImageOfFile, Mpp, ReadChannel, ReadImage } from "./read-image-types.ts";
export { readLabels } from "./read-labels.ts";
export { joinSheet, type SheetJoin, type SheetTarget, stemOf } from "./sheet/join-sheet.ts";
export { parseSheet } from "./sheet/parse-sheet.ts";
export { type ReplacedSheet, type Replacement, replaceInSheet } from "./sheet/replace-value.ts";
export { type Sheet, type SheetChannel, type SheetRow, valuesWithoutRow } from "./sheet/sheet.ts";
export { type SheetFormat, sheetTemplate } from "./sheet/sheet-template.ts";
export { type SheetCheck, type SheetProblem, validateSheet } from "./sheet/validate-sheet.ts";
export type { Band, StreamedImage } from "./streamed-image.ts";
export { type CellsOfObjects, cellsOfObjects } from "./tracks/cells-of-objects.ts";
export { readTrackTable, writeTrackTable } from "./tracks/ctc-tables/track-table.ts";
export { type GeffReadOptions, type ReadGeff, readGeff } from "./tracks/geff/read-geff.ts";
export { type WriteGeffOptions, writeGeff } from "./tracks/geff/write-geff.ts";
export { type ReadTrackCsv, readTrackCsv } from "./tracks/track-csv/read-track-csv.ts";
export { type WriteTrackCsvOptions, writeTrackCsv } from "./tracks/track-csv/write-track-csv.ts";
export { type ReadTrackMate, readTrackMate } from "./tracks/trackmate/read-trackmate.ts";
export { type TrackMateMovie, writeTrackMate } from "./tracks/trackmate/write-trackmate.ts";
