/** What a model expects of its input, and how its output is read. */
export { assertContract } from "./check-contract.ts";
export {
  compareWithRange,
  type ImageFacts,
  type RangeWarning,
  type RangeWarningKind,
} from "./compare-range.ts";
export type { ChannelRole, Compartment } from "./compartment.ts";
export { compartmentOrder } from "./compartment.ts";
export {
  createStatisticsCollector,
  type PlaneStatistics,
  planeStatistics,
  type StatisticsCollector,
} from "./image-statistics.ts";
export type { ChannelContract, CompartmentContract, InputContract } from "./input-contract.ts";
export type { PixelSize } from "./pixel-size.ts";
export { commonPixelSize, resampledSize, scaledSize } from "./pixel-size.ts";
export {
  cellDiameters,
  createRangeCollector,
  type Interval,
  joinRanges,
  type RangeCollector,
  type RangeItem,
  type TrainingRange,
} from "./training-range.ts";
export { upgradeContract } from "./upgrade-contract.ts";
