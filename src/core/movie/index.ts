/** Public surface of `core/movie`: simulated movies with exact masks and lineages. */

export { type CycleLaw, cycleLaw, doublingTimeH } from "./cell-cycle.ts";
export type { CellStage } from "./cell-state.ts";
export { type FaultyDetection, type FaultyDetections, injectDetectionErrors } from "./detection-errors.ts";
export {
  type ErrorShares,
  evenShares,
  type SegmentationError,
  type SegmentationErrorKind,
} from "./error-shares.ts";
export type { FaultySegmentation } from "./faulty-canvas.ts";
export {
  drawMovieParams,
  type MovieDensity,
  type MovieLook,
  type MovieParams,
  type MovieWishes,
  movieDensities,
  movieLooks,
} from "./movie-params.ts";
export { injectSegmentationErrors } from "./segmentation-errors.ts";
export {
  type DetectionFrame,
  type MovieCell,
  type MovieFrame,
  type SimulatedMovie,
  simulateDetections,
  simulateMovie,
} from "./simulate-movie.ts";
