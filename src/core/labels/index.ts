/** Public surface of `core/labels`: instance label images and the shapes they render. */

export { areaInBox, isMostlyIn } from "./area-in-box.ts";
export { CellColours, cellPalette, type Rgb } from "./cell-colours.ts";
export { fillHoles, relabelSequential, removeSmallObjects } from "./clean.ts";
export { connectedComponents } from "./components.ts";
export { contactWeight } from "./contact-weight.ts";
export { type ContourSides, contourLength, contourSides } from "./contour-sides.ts";
export {
  type DeepWatershedParams,
  type DeepWatershedPlanes,
  defaultDeepWatershedParams,
  labelsFromDeepWatershed,
} from "./deep-watershed.ts";
export { type DeepWatershedTargets, deepWatershedTargets } from "./deep-watershed-targets.ts";
export { type DistanceOptions, distanceTransform } from "./distance.ts";
export { drawLabelsAtStep } from "./draw-at-step.ts";
export { decodeObjectShape, encodeObjectShape, shapeBytesMax } from "./encode-shape.ts";
export { findSeeds, type SeedOptions } from "./find-seeds.ts";
export { type Flows, flowTargets } from "./flow-targets.ts";
export { defaultFlowParams, type FlowParams, labelsFromFlows } from "./flows.ts";
export {
  defaultForegroundParams,
  type ForegroundParams,
  labelsFromForeground,
} from "./foreground-watershed.ts";
export { type HiddenPixels, type HiddenPlace, hiddenNotes, hiddenPixels } from "./hidden-pixels.ts";
export { indexLabels, type LabelIndex } from "./label-index.ts";
export { labelsFromRuns, labelsToRuns } from "./label-runs.ts";
export { measureCentre, type ObjectCentre } from "./measure-centre.ts";
export {
  measureIntensity,
  measureObject,
  type ObjectIntensity,
  type ObjectMeasures,
} from "./measure-object.ts";
export { type NestedNuclei, type NestOptions, nestNuclei } from "./nest-nuclei.ts";
export { createRowNester, type NestedRows, type NestRowsOptions, type RowNester } from "./nest-rows.ts";
export { findNucleusHomes, type NucleusHomes } from "./nucleus-homes.ts";
export { type Ellipse, ellipseOf, type ObjectMoments, objectMoments } from "./object-moments.ts";
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
export { forEachOutlinePixel } from "./outline-pixels.ts";
export { labelsToOutlines, type OutlineRing, shapeToOutline } from "./outlines.ts";
export { type OverlayPixels, overlayPixels } from "./overlay-pixels.ts";
export { pixelInside } from "./pixel-inside.ts";
export { type RegionProperties, regionProperties } from "./region-properties.ts";
export { type ResolvedOverlaps, resolveOverlaps } from "./resolve-overlaps.ts";
export { type PolygonFrame, type Ring, shapeFromPolygons, shapeFromRings } from "./shape-from-rings.ts";
export { createShapeGrid, type ShapeGrid } from "./shape-grid.ts";
export { type RingPolygon, shapeToPolygons, shapeToRings } from "./shape-to-rings.ts";
export { objectShapesFromLabels } from "./shapes-from-labels.ts";
export { createShapeCollector, type ShapeCollector } from "./shapes-from-rows.ts";
export { sharedPixels } from "./shared-pixels.ts";
export { convexHullArea, solidity } from "./solidity.ts";
export { type StarTargets, starTargets } from "./star-polygon-targets.ts";
export {
  defaultStarPolygonParams,
  labelsFromStarPolygons,
  type StarPolygonLabels,
  type StarPolygonParams,
} from "./star-polygons.ts";
export {
  type AddedTile,
  createLabelStitcher,
  joinLabelsInPlace,
  type LabelStitcher,
  type LabelTile,
  type PaintedObject,
  type StitchedRows,
  type StitchOptions,
} from "./stitch-labels.ts";
export { type WatershedOptions, watershedFromSeeds } from "./watershed.ts";
