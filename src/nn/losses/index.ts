/** Losses. */
export { crossEntropyWithLogits, squaredError } from "./pixel-losses.ts";
