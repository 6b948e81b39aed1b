/**
 * Training items, made ready: one normalised plane and its label image, at one pixel size for all.
 */
import type { ImageArray, LabelImage, Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import type { InputContract, PixelSize } from "../contract/index.ts";
import { resampledSize } from "../contract/index.ts";
import { modelPlane, normalisedPlane } from "../inference/index.ts";

export interface TrainingItem {
  readonly id: string;
  /** Axes "yx" or "cyx"; of three channels the luminance is used. */
  readonly image: ImageArray;
  /** Same height and width as the image. */
  readonly labels: LabelImage;
  /** Leakage group: sampling is balanced between groups. */
  readonly group: string;
  readonly mpp: PixelSize | null;
}

export interface PreparedItem {
  readonly id: string;
  readonly group: string;
  /** Normalised intensities. */
  readonly plane: Plane<"float32">;
  readonly labels: LabelImage;
}

/**
 * Normalises an item and brings it to the model's pixel size.
 *
 * @throws FoundryError `array.shapeMismatch` when image and labels differ in size, `array.nan` for NaN pixels; both name
 * the item.
 */
export function prepareItem(
  item: TrainingItem,
  contract: Pick<InputContract, "channels" | "normalisation" | "mpp">,
): PreparedItem {
  const plane = modelPlane(item.image, contract, `item ${item.id}`);
  const { labels } = item;
  if (labels.height !== plane.height || labels.width !== plane.width) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Item ${item.id}: the image has ${plane.height} x ${plane.width} pixels, its labels ${labels.height} x ${labels.width}.`,
      hint: "Import labels that belong to this image.",
    });
  }
  const { height, width } = resampledSize(plane, item.mpp, contract.mpp);
  const same = height === plane.height && width === plane.width;
  return {
    id: item.id,
    group: item.group,
    plane: normalisedPlane(same ? plane : resamplePlane(plane, height, width), contract),
    labels: same ? labels : resampleLabels(labels, height, width),
  };
}
