/**
 * At which size a model sees an image: by its pixel size, by what a person said, or by the size of its cells.
 */
import type { InputContract, PixelSize } from "../contract/index.ts";
import { resampledSize } from "../contract/index.ts";
import type { ScaleEstimate } from "./estimate-scale.ts";
import type { ModelSize } from "./model-rows.ts";

/**
 * What a person may ask for: a number of model pixels per image pixel; "auto": the pixel sizes where image and model
 * state theirs, else an estimate from the cells; "pixelSize": never an estimate.
 */
export type ScaleRequest = number | "auto" | "pixelSize";

export interface UsedScale {
  /** Model pixels per image pixel: 2 means that the model saw the image twice as large. */
  readonly factor: number;
  readonly source: "pixelSize" | "given" | "estimated" | "none";
  /** What was estimated, also when it was not used because it is close to 1. */
  readonly estimate: Pick<ScaleEstimate, "scale" | "cellDiameterPx" | "cellCount" | "sure"> | null;
}

// Far beyond, an image is no longer an image of cells: at 1/32 a cell of 60 pixels is a dot.
export const SCALE_MIN = 1 / 32;
export const SCALE_MAX = 32;

// Resampling blurs, and augmentation covers a third either way; an estimate this close to 1 brings less than that costs.
const ESTIMATE_IGNORED_BELOW = 1.2;

/** Whether cells must be looked at to know the scale. */
export function needsEstimate(
  contract: Pick<InputContract, "mpp" | "range">,
  mpp: PixelSize | null,
  request: ScaleRequest,
): boolean {
  if (request !== "auto") return false;
  return (mpp === null || contract.mpp === null) && (contract.range?.cellDiameterPx ?? null) !== null;
}

/** The scale to use, and the size of the image at it. */
export function sizeForModel(
  size: ModelSize,
  contract: Pick<InputContract, "mpp">,
  mpp: PixelSize | null,
  request: ScaleRequest,
  estimate: ScaleEstimate | null,
): { readonly size: ModelSize; readonly scale: UsedScale } {
  const found = estimate === null ? null : summaryOf(estimate);
  if (typeof request === "number")
    return { size: scaled(size, request), scale: { factor: request, source: "given", estimate: found } };
  if (mpp !== null && contract.mpp !== null) {
    const to = resampledSize(size, mpp, contract.mpp);
    const factor = Math.sqrt((to.height * to.width) / (size.height * size.width));
    return { size: to, scale: { factor, source: "pixelSize", estimate: found } };
  }
  // An unsure estimate is still nearer than the image's own scale, which knows nothing of cells (decision 0033).
  const ratio = found === null ? 1 : found.scale;
  if (Math.max(ratio, 1 / ratio) < ESTIMATE_IGNORED_BELOW)
    return { size, scale: { factor: 1, source: "none", estimate: found } };
  const factor = Math.min(SCALE_MAX, Math.max(SCALE_MIN, ratio));
  return { size: scaled(size, factor), scale: { factor, source: "estimated", estimate: found } };
}

function summaryOf({
  scale,
  cellDiameterPx,
  cellCount,
  sure,
}: ScaleEstimate): NonNullable<UsedScale["estimate"]> {
  return { scale, cellDiameterPx, cellCount, sure };
}

function scaled({ height, width }: ModelSize, factor: number): ModelSize {
  return {
    height: Math.max(1, Math.round(height * factor)),
    width: Math.max(1, Math.round(width * factor)),
  };
}
