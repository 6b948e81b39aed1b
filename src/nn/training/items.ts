/**
 * Training items, made ready: normalised planes by role and label images by compartment, at one pixel size for all.
 *
 * Training knows of each item only facts until a crop is cut from it; pixels are read when needed and forgotten again.
 */
import type { ImageArray, LabelImage, Mask, Plane } from "#core/array/index.ts";
import { axisLength } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import { uncountedPixels } from "#core/metrics/index.ts";
import type { ImageTerms, Place } from "../augment/index.ts";
import type { Compartment, InputContract, PixelSize } from "../contract/index.ts";
import { compartmentOrder, resampledSize, scaledSize } from "../contract/index.ts";
import { modelPlanes, normalisedPlane } from "../inference/index.ts";
import { countsEverywhere, type LayerReview, pixelWeights, resampledReview } from "./pixel-weights.ts";
import { placesThatCount } from "./places.ts";

/** Label images of one image; a compartment that nobody labelled is absent and is not trained on. */
export type LabelsByCompartment = Readonly<Partial<Record<Compartment, LabelImage>>>;

/** How and with what an image was taken. */
export interface ImageDescription {
  /** As ontology terms. */
  readonly terms?: ImageTerms | undefined;
  /** The same in the words of its metadata. */
  readonly modality?: string | undefined;
  readonly platform?: string | undefined;
  /** Coarse appearance, e.g. "histology". */
  readonly kind?: string | undefined;
}

export interface TrainingItem extends ImageDescription {
  readonly id: string;
  /** Axes "yx" or "cyx". */
  readonly image: ImageArray;
  /** Where each channel of the model lies in the image; default in order, of three channels the luminance for one. */
  readonly channels?: readonly (number | null)[] | undefined;
  /** At least one; same height and width as the image. */
  readonly labels: LabelsByCompartment;
  /** What a person has vouched for, where it is not simply everything. */
  readonly review?: Readonly<Partial<Record<Compartment, LayerReview>>> | undefined;
  /** Leakage group: sampling is balanced between groups. */
  readonly group: string;
  readonly mpp: PixelSize | null;
  /** Model pixels per pixel of the image where pixel sizes do not decide: from the size of its cells. Default 1. */
  readonly scale?: number | undefined;
}

/** What is known of an item without its pixels. */
export interface ItemFacts extends ImageDescription {
  readonly id: string;
  readonly group: string;
  /** Size of the image in pixels. */
  readonly height: number;
  readonly width: number;
  readonly mpp: PixelSize | null;
  /** Model pixels per pixel of the image where pixel sizes do not decide. Default 1. */
  readonly scale?: number | undefined;
  /**
   * Places that carry weight, in pixels of the image: each crop shows one of them, so that none counts nothing. Null or
   * missing when all of the image counts.
   */
  readonly places?: readonly Place[] | null | undefined;
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
    facts: items.map(({ id, group, image, mpp, scale, labels, review, terms, modality, platform, kind }) => ({
      id,
      group,
      mpp,
      scale,
      terms,
      modality,
      platform,
      kind,
      height: axisLength(image, "y"),
      width: axisLength(image, "x"),
      places: placesThatCount(labels, review),
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
  readonly height: number;
  readonly width: number;
  /** Normalised intensities, one plane per channel of the model; zeros for a channel the image lacks. */
  readonly planes: readonly Plane<"float32">[];
  /** Which of the planes the image has. */
  readonly present: readonly boolean[];
  readonly labels: LabelsByCompartment;
  /** Weights of pixels by compartment, row-major; absent where all count fully. */
  readonly weights?: Readonly<Partial<Record<Compartment, Float32Array>>> | undefined;
  /** Pixels that scores do not ask about, by compartment; absent where all count. */
  readonly uncounted?: Readonly<Partial<Record<Compartment, Mask>>> | undefined;
}

/** What decides how an item is prepared. */
export type PreparationContract = Pick<InputContract, "channels" | "normalisation" | "mpp">;

/** Height and width of an item once prepared. */
export function preparedSize(
  facts: Pick<ItemFacts, "height" | "width" | "mpp" | "scale">,
  contract: Pick<InputContract, "mpp">,
): { readonly height: number; readonly width: number } {
  const { height, width, mpp, scale = 1 } = facts;
  if (mpp !== null && contract.mpp !== null) return resampledSize(facts, mpp, contract.mpp);
  return scaledSize({ height, width }, scale);
}

/** Compartments of which there are labels, in the order of all lists of compartments. */
export const labelledCompartments = (labels: LabelsByCompartment): Compartment[] =>
  compartmentOrder.filter((compartment) => labels[compartment] !== undefined);

/** Bytes that an item takes in memory. */
export function preparedBytes({
  planes,
  labels,
  weights = {},
  uncounted = {},
}: Pick<PreparedItem, "planes" | "labels" | "weights" | "uncounted">): number {
  const sum = (list: readonly { readonly data: { readonly byteLength: number } }[]): number =>
    list.reduce((total, { data }) => total + data.byteLength, 0);
  const maps = Object.values(weights).reduce((total, { byteLength }) => total + byteLength, 0);
  return sum(planes) + sum(Object.values(labels)) + sum(Object.values(uncounted)) + maps;
}

/**
 * Normalises an item and brings it to the model's pixel size.
 *
 * @throws FoundryError `array.shapeMismatch` when image and labels differ in size or a required channel is missing,
 *         `array.nan` for NaN pixels; all name the item.
 */
export function prepareItem(item: TrainingItem, contract: PreparationContract): PreparedItem {
  const what = `item ${item.id}`;
  const present = presentChannels(item, contract);
  const planes = modelPlanes(item.image, contract, { indices: item.channels, what });
  const [height, width] = [axisLength(item.image, "y"), axisLength(item.image, "x")];
  const to = preparedSize({ height, width, mpp: item.mpp, scale: item.scale }, contract);
  const same = to.height === height && to.width === width;
  const labels: Partial<Record<Compartment, LabelImage>> = {};
  for (const compartment of labelledCompartments(item.labels)) {
    const own = item.labels[compartment] as LabelImage;
    if (own.height !== height || own.width !== width) {
      throw new FoundryError("array.shapeMismatch", {
        message: `Item ${item.id}: the image has ${height} x ${width} pixels, its ${compartment} labels ${own.height} x ${own.width}.`,
        hint: "Import labels that belong to this image.",
      });
    }
    labels[compartment] = same ? own : resampleLabels(own, to.height, to.width);
  }
  return {
    id: item.id,
    group: item.group,
    ...to,
    planes: planes.map((plane) =>
      normalisedPlane(same ? plane : resamplePlane(plane, to.height, to.width), contract),
    ),
    present,
    labels,
    ...groundOf(item.review ?? {}, labels, same ? null : to),
  };
}

/** Weights and uncounted pixels of the prepared labels; what counts everywhere has neither. */
function groundOf(
  review: NonNullable<TrainingItem["review"]>,
  labels: LabelsByCompartment,
  to: { readonly height: number; readonly width: number } | null,
): Pick<PreparedItem, "weights" | "uncounted"> {
  const weights: Partial<Record<Compartment, Float32Array>> = {};
  const uncounted: Partial<Record<Compartment, Mask>> = {};
  for (const compartment of labelledCompartments(labels)) {
    const own = review[compartment];
    if (own === undefined || countsEverywhere(own)) continue;
    const fitted = to === null ? own : resampledReview(own, to.height, to.width);
    const reference = labels[compartment] as LabelImage;
    weights[compartment] = pixelWeights({ ...fitted, labels: reference });
    const mask = uncountedPixels(reference, fitted);
    if (mask !== undefined) uncounted[compartment] = mask;
  }
  return { weights, uncounted };
}

/** Which channels of the model an item has. @throws FoundryError `array.shapeMismatch` for a required one it lacks. */
function presentChannels(item: TrainingItem, { channels }: PreparationContract): boolean[] {
  return channels.map(({ role, required }, i) => {
    const present = item.channels === undefined || typeof item.channels[i] === "number";
    if (present || !required) return present;
    throw new FoundryError("array.shapeMismatch", {
      message: `Item ${item.id} has no ${role} channel, which the model needs.`,
      hint: "State the role of the image's channels, or leave the image out.",
    });
  });
}
