/**
 * What a segmentation model expects and how its answer is read: stored with the weights, shown on the card.
 */
import { FoundryError } from "#core/errors.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";

export interface InputContract {
  /** One entry per input channel, in order. */
  readonly channels: readonly { readonly role: string }[];
  /** Pixel size the model was trained at, µm; `null` when the training images did not state theirs. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly normalisation: { readonly kind: "percentile"; readonly low: number; readonly high: number };
  /** Height and width of what the network sees are multiples of this. */
  readonly stride: number;
  /** Pixels around a place that can influence its result. */
  readonly receptiveRadiusPx: number;
  readonly postprocessing: DeepWatershedParams;
  readonly architecture: string;
  readonly compartment: "nuclear";
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const postprocessingNumbers = [
  "foregroundThreshold",
  "seedThreshold",
  "seedProminence",
  "seedDistancePx",
  "smoothingPx",
  "areaPxMin",
  "holePxMax",
] as const;

/** What is wrong with a contract from outside, or `null`. */
function faultOf(contract: Partial<InputContract>): string | null {
  const { channels, stride, receptiveRadiusPx, normalisation, mpp, postprocessing } = contract;
  if (!Array.isArray(channels) || channels.length === 0) return "it names no channels";
  if (!Number.isInteger(stride) || Number(stride) < 1 || Number(stride) > 1024)
    return "stride is not 1 to 1024";
  if (!Number.isInteger(receptiveRadiusPx) || Number(receptiveRadiusPx) < 0)
    return "receptiveRadiusPx is missing";
  if (normalisation?.kind !== "percentile" || !(normalisation.low < normalisation.high)) {
    return "normalisation is not understood";
  }
  if (mpp !== null && !(isNumber(mpp?.y) && isNumber(mpp.x) && mpp.y > 0 && mpp.x > 0)) {
    return "mpp is neither null nor { y, x }";
  }
  const absent = postprocessingNumbers.find((name) => !isNumber(postprocessing?.[name]));
  return absent === undefined ? null : `postprocessing.${absent} is missing`;
}

/**
 * Checks a contract that came from outside.
 *
 * @throws FoundryError `model.invalid` naming what is missing.
 */
export function assertContract(contract: InputContract): void {
  const isObject = typeof contract === "object" && contract !== null;
  const fault = isObject ? faultOf(contract) : "it is not an object";
  if (fault === null) return;
  throw new FoundryError("model.invalid", {
    message: `The input contract of the model is damaged: ${fault}.`,
    hint: "Train or import the model version again.",
  });
}
