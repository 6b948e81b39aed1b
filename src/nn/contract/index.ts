/** What a model expects of its input. */
export type { InputContract } from "./input-contract.ts";
export { assertContract } from "./input-contract.ts";
export type { PixelSize } from "./pixel-size.ts";
export { commonPixelSize, resampledSize } from "./pixel-size.ts";
