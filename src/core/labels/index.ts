/** Public surface of `core/labels`: instance label images and the shapes they render. */

export { decodeObjectShape, encodeObjectShape, shapeBytesMax } from "./encode-shape.ts";
export { indexLabels, type LabelIndex } from "./label-index.ts";
export {
  assertObjectShape,
  drawObjectShapeInPlace,
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  type PlanePosition,
  renderObjects,
  shapeArea,
  shapeContains,
  shapesEqual,
  shapesOverlap,
  shapeToMask,
} from "./object-shape.ts";
export { objectShapesFromLabels } from "./shapes-from-labels.ts";
