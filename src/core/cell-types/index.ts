/** Public surface of `core/cell-types`: terms at cells, what becomes of them in edits, marker panels and their rules. */

export {
  type CellsMade,
  carriedTypes,
  mergeTypes,
  splitTypes,
  type TypeRelations,
  type TypesChange,
  typeConflicts,
} from "./carry-types.ts";
export {
  assertCellTypes,
  type CellTypes,
  confirmedTypes,
  isTypeTerm,
  listTypes,
  needsLook,
  sameTypes,
  type TypeMark,
  type TypeOrigin,
  termsOf,
  typeOrigins,
  typesPerCellMax,
  unknownType,
  withoutType,
  withType,
} from "./cell-types.ts";
export { countTypes, isOfType, type TypeCounts } from "./count-types.ts";
export {
  assertPanel,
  type Expectation,
  emptyPanel,
  expectations,
  type MarkerPanel,
  type MarkerReading,
  type MarkerValues,
  markerKey,
  markerThresholds,
  type PanelType,
  panelMarkersMax,
  panelTypesMax,
  proposeTypes,
  type RuleOutcome,
  readMarkers,
} from "./marker-panel.ts";
export { type TakenTypes, takeTypes } from "./take-types.ts";
