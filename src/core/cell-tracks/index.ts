/** Public surface of `core/cell-tracks`: tracks of a layer's objects, how people change them, and what looks wrong. */

export {
  buildCellTracks,
  type CellTrack,
  type CellTracks,
  cellNear,
  type PlacedCell,
  relativesOf,
  runsOfTrack,
} from "./cell-tracks.ts";
export { type DivisionRow, divisionsCsv, divisionsOf } from "./divisions.ts";
export { type KeepGround, keepTracks } from "./keep-tracks.ts";
export { type ChartLayout, type ChartRow, layRows, layTree, rowsBetween } from "./lay-tracks.ts";
export { type RelinkCommand, type RelinkGround, relink } from "./relink.ts";
export {
  type Suspicion,
  type SuspicionKind,
  type SuspicionMovie,
  suspicionsOf,
  type Witness,
} from "./suspicions.ts";
export {
  type SpeedUnits,
  speedsOf,
  speedUnit,
  type TrackSeries,
  trackSeries,
  trackSeriesCsv,
} from "./track-series.ts";
