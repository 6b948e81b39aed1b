/** Public surface of `core/spots`: spots as edits change them, which cell they belong to, how they are found. */

export {
  type AssignOptions,
  assignReachPxMax,
  type CellGround,
  cellOfSpot,
  countSpots,
  type SpotCounts,
} from "./assign-spots.ts";
export {
  countAbove,
  detectSpots,
  type FoundSpots,
  logResponse,
  spotSigmaPxMax,
  spotSigmaPxMin,
  spotsFoundMax,
} from "./detect-spots.ts";
export { groundOfShapes } from "./ground-of-shapes.ts";
export {
  assertSpot,
  roundedSpot,
  type Spot,
  type SpotChange,
  sameSpot,
  spotKindLengthMax,
  spotsPerLayerMax,
} from "./spot.ts";
