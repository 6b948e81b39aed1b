/** Public surface of `jobs/track`: movies from files, linked and written as tracks. */

export { findMovies } from "./find-movies.ts";
export { openLabelFrames, type ReadLabelFrame } from "./label-frames.ts";
export { layerFilm } from "./layer-film.ts";
export { type MovieScorer, withLinks } from "./link-windows.ts";
export { assertMovie, type FoundMovie, type Movie } from "./movie.ts";
export { openHighs } from "./open-highs.ts";
export {
  assertLinking,
  type LinkerName,
  type OpenLinker,
  openShippedLinker,
  openStoredLinker,
  shippedLinkerName,
} from "./open-linker.ts";
export { type FilmFormat, filmFormats } from "./render-film.ts";
export { decodeRepairs } from "./repairs-file.ts";
export {
  type CellSource,
  type RunTrackingOptions,
  runTracking,
  type TrackingSummary,
} from "./run-tracking.ts";
export { type FrameSegmenter, segmentFrames } from "./segment-frames.ts";
export {
  type LabelsOfFrame,
  type TrackedMovie,
  type TrackMovieOptions,
  type TrackSolver,
  trackMovie,
  trackSolvers,
} from "./track-movie.ts";
export { type TrackFormat, trackFormats, writeTracking } from "./write-tracking.ts";
