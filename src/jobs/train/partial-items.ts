/**
 * Items of which not everything counts: what a person vouched for, as training wants it.
 *
 * Read once when a run opens: labels and a few shapes, no pixels. Places where crops shall lie follow from it, so that a run
 * plans its crops without looking at images.
 */

import type { Mask } from "#core/array/index.ts";
import { drawObjectShapeInPlace, type ObjectShape, shapeContains } from "#core/labels/index.ts";
import {
  type Compartment,
  compartmentOrder,
  type ItemFacts,
  type LayerReview,
  regionPlaces,
  type SegmentationConfig,
  thinnedPlaces,
} from "#nn/index.ts";
import {
  type DatasetItem,
  type ItemReview,
  isPartial,
  readItemReview,
  revisionObjects,
  type Store,
} from "#store/index.ts";

/** What the labels of an item outline. */
export function compartmentOf({ strata }: Pick<DatasetItem, "strata">): Compartment {
  return compartmentOrder.find((name) => name === strata["compartment"]) ?? "nuclear";
}

interface Reviewed {
  readonly review: ItemReview;
  readonly untouchedWeight: number;
}

export type ReviewsOfImage = ReadonlyMap<Compartment, Reviewed>;

type Size = Pick<ItemFacts, "height" | "width">;

/**
 * Reviews of an image's layers, and the places that count; both empty for an image that counts everywhere.
 *
 * @param items  of one image, one for each compartment. Cost: nothing for complete items; else one reading of the revision
 *        and, when it is not accepted, of the layer's log.
 */
export async function readReviews(
  store: Store,
  items: readonly DatasetItem[],
  { height, width }: Size,
  { untouchedWeight }: Pick<SegmentationConfig, "untouchedWeight">,
): Promise<{ readonly reviews: ReviewsOfImage; readonly places: ItemFacts["places"] }> {
  const reviews = new Map<Compartment, Reviewed>();
  const places: { y: number; x: number }[] = [];
  for (const item of items) {
    const review = await readItemReview(store, item);
    if (review === null) continue;
    reviews.set(compartmentOf(item), { review, untouchedWeight });
    places.push(...(await placesOf(store, item, review)));
  }
  const inside = places.filter(({ y, x }) => y < height && x < width);
  // Where one compartment counts everywhere, so do crops.
  const everywhere = items.some((item) => !isPartial(item));
  return { reviews, places: everywhere || inside.length === 0 ? null : thinnedPlaces(inside) };
}

async function placesOf(
  store: Store,
  item: DatasetItem,
  { touched, cleared, region }: ItemReview,
): Promise<{ y: number; x: number }[]> {
  const objects = await revisionObjects(store, item.layerRevisionId);
  const counted = objects.filter(({ label }) => touched === null || touched.has(label));
  const shapes = [...counted.map(({ shape }) => shape), ...cleared].filter(onFirstPlane);
  const middles = shapes.map(({ bbox: [y0, x0, y1, x1] }) => ({
    y: (y0 + y1 - 1) / 2,
    x: (x0 + x1 - 1) / 2,
  }));
  return region === null ? middles : [...middles, ...regionPlaces(region.bbox, contains(region))];
}

const contains =
  (region: ObjectShape) =>
  (y: number, x: number): boolean =>
    shapeContains(region, y, x);

/** Training reads the first frame and plane. */
const onFirstPlane = ({ t, z }: ObjectShape): boolean => t === 0 && z === 0;

/** The reviews in the terms of training; undefined when everything counts. */
export function layerReviews(
  reviews: ReviewsOfImage,
  size: Size,
): Readonly<Partial<Record<Compartment, LayerReview>>> | undefined {
  if (reviews.size === 0) return undefined;
  return Object.fromEntries([...reviews].map(([compartment, one]) => [compartment, layerReview(one, size)]));
}

function layerReview({ review, untouchedWeight }: Reviewed, { height, width }: Size): LayerReview {
  const { coverage, accepted, touched, cleared, region } = review;
  return {
    coverage,
    reviewed: accepted,
    untouchedWeight,
    ...(touched === null ? {} : { touched }),
    ...(cleared.length === 0 ? {} : { cleared: drawnMask(cleared, height, width) }),
    ...(region === null ? {} : { region: drawnMask([region], height, width) }),
  };
}

function drawnMask(shapes: readonly ObjectShape[], height: number, width: number): Mask {
  const drawn = { dtype: "int32" as const, height, width, data: new Int32Array(height * width) };
  for (const shape of shapes) if (onFirstPlane(shape)) drawObjectShapeInPlace(shape, drawn, 1);
  return { dtype: "uint8", height, width, data: Uint8Array.from(drawn.data) };
}
