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

/**
 * Checks a contract that came from outside.
 *
 * @throws FoundryError `model.invalid` naming what is missing.
 */
export function assertContract(contract: InputContract): void {
  const fail = (what: string): never => {
    throw new FoundryError("model.invalid", {
      message: `The input contract of the model is damaged: ${what}.`,
    });
  };
  if (!Array.isArray(contract.channels) || contract.channels.length === 0) fail("it names no channels");
  if (!Number.isInteger(contract.stride) || contract.stride < 1 || contract.stride > 1024)
    fail("stride is not 1 to 1024");
  if (!Number.isInteger(contract.receptiveRadiusPx) || contract.receptiveRadiusPx < 0)
    fail("receptiveRadiusPx is missing");
  const { normalisation, mpp } = contract;
  if (normalisation?.kind !== "percentile" || !(normalisation.low < normalisation.high))
    fail("normalisation is not understood");
  if (mpp !== null && !(isNumber(mpp?.y) && isNumber(mpp.x) && mpp.y > 0 && mpp.x > 0))
    fail("mpp is neither null nor { y, x }");
  if (!isNumber(contract.postprocessing?.foregroundThreshold)) fail("postprocessing is missing");
}
