/** Public surface of `core/edits`: operations on the objects of a layer. */

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
