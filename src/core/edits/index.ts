/** Public surface of `core/edits`: operations on the objects of a layer, and the tools that make them. */

export { type AcceptChange, invertedAccepts } from "./accepts.ts";
export {
  applyBesideInPlace,
  type BesideShapes,
  type BesideState,
  besideCount,
  besideOf,
  emptyBesideState,
  invertedBeside,
  takeBackBesideInPlace,
} from "./beside-shapes.ts";
export { windowPixelsMax } from "./box.ts";
export { deleteObjects, findObjects, type ObjectCriteria } from "./bulk.ts";
export {
  applyChangesInPlace,
  createCanvas,
  type LabelCanvas,
  renderCanvas,
} from "./canvas.ts";
export {
  type BetweenPlane,
  type Carried,
  type CarriedLink,
  type CopyTarget,
  carriedDistance,
  copyObject,
  interpolateBetween,
  interpolatedPlanesMax,
  type KeyFrame,
} from "./carry.ts";
export {
  applyEventsInPlace,
  type CellEvent,
  type CellEvents,
  type EventChange,
  EventIndex,
  type EventKind,
  type EventSide,
  eventKinds,
  eventSides,
  sameEvent,
  sideOfEvent,
} from "./cell-events.ts";
export { type DrawMask, drawMask } from "./draw-mask.ts";
export { type FitOptions, fitObject } from "./fit.ts";
export {
  type FloodBackground,
  type FloodIntensity,
  floodBackground,
  floodIntensity,
  floodReachPxMax,
} from "./flood.ts";
export { growObjects, growPxMax } from "./grow.ts";
export {
  applyOperation,
  applyOperationInPlace,
  emptyLayerState,
  type LayerState,
  type MutableLayerState,
} from "./layer-state.ts";
export { type Neighbour, neighboursOfObject } from "./neighbours.ts";
export {
  type EditKind,
  type EditOperation,
  editKinds,
  invertedTracks,
  invertOperation,
  type ObjectChange,
  operationChangesMax,
  tracksOfEdit,
  validateOperation,
} from "./operation.ts";
export { OriginDraft } from "./origin-draft.ts";
export {
  applyOriginsInPlace,
  type ObjectOrigin,
  type OriginChange,
  type OriginFacts,
  OriginIndex,
  originKinds,
  sameOrigin,
} from "./origins.ts";
export {
  type EraseStroke,
  erasedPixels,
  eraseStroke,
  type PaintStroke,
  paintedPixels,
  paintStroke,
} from "./paint.ts";
export { pressureRadius } from "./pen.ts";
export { cutPolygon, type DrawPolygon, drawPolygon, polygonCornersMax } from "./polygon.ts";
export type { RawWindow } from "./raw-cut.ts";
export { drawOnSamplesInPlace, type Samples } from "./samples.ts";
export { smoothObject, smoothSigmaPxMax } from "./smooth.ts";
export { snapPxMax } from "./snap.ts";
export { splitByLine } from "./split.ts";
export { type SplitGround, splitBySeeds, suggestSeeds } from "./split-seeds.ts";
export { strokePointsMax, strokeRadiusPxMax } from "./stroke.ts";
export { type ThresholdBox, type Thresholded, thresholdBox, thresholdPiecesMax } from "./threshold-box.ts";
export { trimToPart } from "./trim.ts";
export { deleteObject, fillObject, mergeObjects } from "./whole-object.ts";
export { nextWriteMode, type WriteMode, writeModes } from "./write-mode.ts";
