/** Public surface of `core/edits`: operations on the objects of a layer, and the tools that make them. */

export { applyChangesInPlace, createCanvas, type LabelCanvas } from "./canvas.ts";
export {
  applyOperation,
  applyOperationInPlace,
  emptyLayerState,
  type LayerState,
  type MutableLayerState,
} from "./layer-state.ts";
export {
  type EditKind,
  type EditOperation,
  editKinds,
  invertOperation,
  type ObjectChange,
  operationChangesMax,
  validateOperation,
} from "./operation.ts";
export { type EraseStroke, eraseStroke, type PaintStroke, paintStroke } from "./paint.ts";
export { splitByLine } from "./split.ts";
export { strokePointsMax, strokeRadiusPxMax } from "./stroke.ts";
export { deleteObject, fillObject, mergeObjects } from "./whole-object.ts";
