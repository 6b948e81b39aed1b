/** Public surface of `core/lineage`: tracks, their laws, and the links they stand for. */

export {
  type CheckLineageOptions,
  checkLineage,
  type LineageFinding,
  type LineageRule,
  lineageRules,
} from "./check-lineage.ts";
export { describeFindings } from "./describe-findings.ts";
export {
  groupsOfLineage,
  type LineageGroups,
  type PlacedDetection,
  type PlacedLineage,
} from "./placed-lineage.ts";
export {
  type Detection,
  type Presence,
  presenceOf,
  type Track,
  type TrackLink,
  withDaughters,
} from "./track.ts";
export {
  linksFromTracks,
  type TracksFromLinks,
  type TracksFromLinksOptions,
  tracksFromLinks,
} from "./track-links.ts";
