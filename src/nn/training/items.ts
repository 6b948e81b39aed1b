/**
 * Training items, made ready: one normalised plane and its label image, at one pixel size for all.
 *
 * Training knows of each item only facts until a crop is cut from it; pixels are read when needed and forgotten again.
 */
import type { ImageArray, LabelImage, Plane } from "#core/array/index.ts";
import { axisLength } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
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

/** What is known of an item without its pixels. */
export interface ItemFacts {
  readonly id: string;
  readonly group: string;
  /** Size of the image in pixels. */
  readonly height: number;
  readonly width: number;
  readonly mpp: PixelSize | null;
  /** How often it is drawn beside others, above 0; default 1. */
  readonly weight?: number | undefined;
}

/** Items whose pixels are read one at a time. */
export interface ItemSource {
  readonly facts: readonly ItemFacts[];
  /** Pixels and labels of one item; the same each time. */
  load(id: string): Promise<TrainingItem>;
}

/** Items that are in memory anyway. */
export function itemsInMemory(items: readonly TrainingItem[]): ItemSource {
  const byId = new Map(items.map((item) => [item.id, item]));
  return {
    facts: items.map(({ id, group, image, mpp }) => ({
      id,
      group,
      mpp,
      height: axisLength(image, "y"),
      width: axisLength(image, "x"),
    })),
    load: async (id) => {
      const item = byId.get(id);
      assert(item !== undefined, `there is no item ${id}`);
      return item;
    },
  };
}

export interface PreparedItem {
  readonly id: string;
  readonly group: string;
  /** Normalised intensities. */
  readonly plane: Plane<"float32">;
  readonly labels: LabelImage;
}

/** What decides how an item is prepared. */
export type PreparationContract = Pick<InputContract, "channels" | "normalisation" | "mpp">;

/** Height and width of an item once prepared. */
export function preparedSize(
  facts: Pick<ItemFacts, "height" | "width" | "mpp">,
  contract: Pick<InputContract, "mpp">,
): { readonly height: number; readonly width: number } {
  return resampledSize(facts, facts.mpp, contract.mpp);
}

/**
 * Normalises an item and brings it to the model's pixel size.
 *
 * @throws FoundryError `array.shapeMismatch` when image and labels differ in size, `array.nan` for NaN pixels; both name
 * the item.
 */
export function prepareItem(item: TrainingItem, contract: PreparationContract): PreparedItem {
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
