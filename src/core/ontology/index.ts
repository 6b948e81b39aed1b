/** Public surface of `core/ontology`: terms, facets, the metadata of an image and its rules. */

export { trainingBucket, trainingBuckets } from "./buckets.ts";
export { type ChannelWord, channelWordField, channelWordOf } from "./channel-words.ts";
export { checkTerm, type TermFault, type TermRule } from "./check-term.ts";
export { curiePrefix, isCurie, parseCurie } from "./curie.ts";
export { editDistance } from "./edit-distance.ts";
export {
  type Facet,
  type FacetName,
  facetNames,
  facetOf,
  facets,
  imageFacetNames,
  isFacetName,
} from "./facets.ts";
export { foldReplaced } from "./fold-replaced.ts";
export { findCycles } from "./hierarchy.ts";
export { type LocalTermInput, makeLocalTerm } from "./local-term.ts";
export { mergeTerm, mergeTerms } from "./merge-terms.ts";
export {
  channelFields,
  channelRoles,
  type FieldKind,
  type FieldSection,
  type MetadataField,
  metadataField,
  metadataFields,
} from "./metadata-schema.ts";
export { nameKey, nameWords } from "./name-key.ts";
export {
  type MetadataPreset,
  metadataPreset,
  metadataPresets,
  type PresetChannel,
  type PresetField,
  requiredFields,
} from "./presets.ts";
export type { Fit, TermHit } from "./search-terms.ts";
export {
  type AmbiguousName,
  ambiguousNames,
  checkedTermCount,
  shippedTerms,
  type TermSource,
  termSources,
} from "./shipped-terms.ts";
export type { CellLineOrigin, Term, TermParent, TermRelation } from "./term.ts";
export { termPath } from "./term-path.ts";
export {
  type FieldReading,
  type MetadataProblem,
  type MetadataRule,
  type MetadataValue,
  readField,
} from "./validate-field.ts";
export {
  fieldOf,
  type MetadataReport,
  nearestField,
  type ValidMetadata,
  validateMetadata,
} from "./validate-metadata.ts";
export { buildVocabulary, type Resolution, type Vocabulary } from "./vocabulary.ts";
