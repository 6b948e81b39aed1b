/** Public surface of `store`: everything durable. Other layers import from here only. */

export { agentOf, ensureAgent } from "./agents.ts";
export { annotationEffort, effortImagesMax, type ImageEffort } from "./annotation-effort.ts";
export { type ArrayFile, type ArrayFileWriter, createArrayFile } from "./array-file.ts";
export { type ArrayFrames, openArrayFrames } from "./array-frames.ts";
export { blameLayer } from "./blame.ts";
export { type KeptBlob, keepBlob } from "./blob-rows.ts";
export type { BlobStore } from "./blobs.ts";
export * from "./branches.ts";
export * from "./bulk-edits.ts";
export { type CellScene, cellScene } from "./cell-scene.ts";
export {
  checkAgainstPrediction,
  checkImageById,
  checkProject,
  type ImageChecked,
} from "./check-images.ts";
export { type CommitOptions, commitRevision } from "./commit.ts";
export { compareVersions, restoreRevision } from "./compare-versions.ts";
export { layerCoverage, setCoverage } from "./coverage.ts";
export { type DatasetCard, datasetCard } from "./dataset-card.ts";
export { defaultSplitOptions } from "./dataset-draft.ts";
export * from "./dataset-types.ts";
export * from "./datasets.ts";
export { type DoctorReport, doctor, type Finding } from "./doctor/index.ts";
export { editLog } from "./edit-log.ts";
export * from "./edits.ts";
export * from "./evaluation-cells.ts";
export * from "./evaluation-types.ts";
export * from "./evaluations.ts";
export * from "./events.ts";
export * from "./export-items.ts";
export * from "./exports.ts";
export {
  type CatalogueFacet,
  type CatalogueFacets,
  catalogueFacets,
  otherFacets,
  type WordCount,
} from "./facets.ts";
export { findImage } from "./find-image.ts";
export { type FindingScene, findingScene } from "./finding-scene.ts";
export * from "./finding-types.ts";
export * from "./findings.ts";
export * from "./freeze.ts";
export { findHold, type Hold, holdRegion, listHolds, releaseHold, renewHold } from "./holds.ts";
export * from "./image-facts.ts";
export * from "./image-kinds.ts";
export { type ImageLevels, openImageLevels, openSmallLevel, type SmallLevel } from "./image-levels.ts";
export * from "./image-list.ts";
export { readImageTerms } from "./image-terms.ts";
export * from "./images.ts";
export * from "./imports.ts";
export * from "./improvements.ts";
export { type ImageByDigest, imagesByDigest, insertPreparedImages } from "./insert-images.ts";
export * from "./install-terms.ts";
export * from "./jobs.ts";
export { frameObjects, type LayerCell, layerCells } from "./layer-frames.ts";
export { type ItemReview, isPartial, readItemReview } from "./layer-review.ts";
export * from "./layers.ts";
export * from "./links.ts";
export { markerPanel, setMarkerPanel } from "./marker-panels.ts";
export { ensureLab, ensureOwner, getMember, listMembers, updateMember } from "./members.ts";
export * from "./mend-findings.ts";
export { mergeBranch, updateFromLayer } from "./merge-branch.ts";
export * from "./models.ts";
export { openErrors } from "./open-errors.ts";
export * from "./open-store.ts";
export type { StoredOutcome } from "./outcome-file.ts";
export * from "./palettes.ts";
export { cellEdits, layerAt } from "./past.ts";
export * from "./pinned.ts";
export {
  insertModelPrints,
  makePrintsOfImport,
  type PlanePrint,
  planePrints,
  trainingPrints,
} from "./plane-prints.ts";
export * from "./predicted-parts.ts";
export * from "./predictions.ts";
export {
  type ImageGroup,
  type LayerToPrepare,
  type PackedLink,
  type PreparedImage,
  prepareLayer,
} from "./prepared-image.ts";
export { tellPresence } from "./presence.ts";
export * from "./projects.ts";
export * from "./proposals.ts";
export { readRegion } from "./region-blobs.ts";
export * from "./release.ts";
export * from "./revisions.ts";
export * from "./saved-queries.ts";
export * from "./sessions.ts";
export { ensureSource, type NewSource } from "./sources.ts";
export { type FacetField, facetFields } from "./sql/catalogue-targets.ts";
export type { Sql } from "./sql.ts";
export * from "./statistics.ts";
export { inTransaction, type Store } from "./store.ts";
export { isLargeImage, readImageRegion, tooLargeForMemory, withArrayFile } from "./stored-image.ts";
export { type JobProposal, jobProposals, takeBackProposal } from "./take-back-proposals.ts";
export * from "./term-words.ts";
export * from "./training-audit.ts";
export * from "./training-runs.ts";
export { nameOfTerm, namesOfTypes, nameTypesText, typesOfWord } from "./type-words.ts";
export * from "./types.ts";
export * from "./version-types.ts";
export { loadVocabulary } from "./vocabulary.ts";
export {
  listVocabulary,
  mergeLocalTerm,
  placeOfTerm,
  renameLocalTerm,
} from "./vocabulary-list.ts";
export { jobChannel, watchJobs } from "./watch-jobs.ts";
