/** What a model expects of its input, and how its output is read. */
export { assertContract } from "./check-contract.ts";
export type { ChannelRole, Compartment } from "./compartment.ts";
export { compartmentOrder } from "./compartment.ts";
export type { ChannelContract, CompartmentContract, InputContract } from "./input-contract.ts";
export type { PixelSize } from "./pixel-size.ts";
export { commonPixelSize, resampledSize } from "./pixel-size.ts";
export type { Interval, TrainingRange } from "./training-range.ts";
export { upgradeContract } from "./upgrade-contract.ts";
