/**
 * Places of an image that carry weight: where crops are cut when not all of it counts.
 *
 * Known before any pixel is read, so that crops can be planned from facts alone.
 */
import type { BoundingBox, LabelImage } from "#core/array/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import type { Place } from "../augment/index.ts";
import type { Compartment } from "../contract/index.ts";
import { countsEverywhere, type LayerReview } from "./pixel-weights.ts";

/** More places than this in one image are thinned out evenly: no run cuts that many crops from one image. */
export const placesMax = 4096;

/** Every n-th place, so that at most `placesMax` are left. */
export function thinnedPlaces(places: readonly Place[]): readonly Place[] {
  const step = Math.ceil(places.length / placesMax);
  return step <= 1 ? places : places.filter((_, i) => i % step === 0);
}

/** Half of a usual crop: whichever of these places a crop shows, all of a region is shown by some crop. */
const regionStepPx = 64;

/**
 * Places of a region in which background counts too: a lattice over its box, and of a small one the first pixel.
 *
 * @param box  half-open, in pixels. @param contains  whether a pixel of the box belongs to the region. Cost: O(lattice),
 *        and O(box) for a region that the lattice misses.
 */
export function regionPlaces(
  [y0, x0, y1, x1]: BoundingBox,
  contains: (y: number, x: number) => boolean,
): Place[] {
  const found = (step: number, from: number, limit: number): Place[] => {
    const places: Place[] = [];
    for (let y = y0 + from; y < y1; y += step)
      for (let x = x0 + from; x < x1 && places.length < limit; x += step)
        if (contains(y, x)) places.push({ y, x });
    return places;
  };
  const places = found(regionStepPx, regionStepPx / 2, Number.POSITIVE_INFINITY);
  return places.length > 0 ? places : found(1, 0, 1);
}

/**
 * Middles of the boxes of all objects that count fully, and places of regions; null when the whole image of a compartment
 * counts, or none does.
 *
 * Cost: O(pixels) for layers that do not count everywhere.
 */
export function placesThatCount(
  labels: Readonly<Partial<Record<Compartment, LabelImage>>>,
  review: Readonly<Partial<Record<Compartment, LayerReview>>> = {},
): readonly Place[] | null {
  const places: Place[] = [];
  for (const [compartment, image] of Object.entries(labels) as [Compartment, LabelImage][]) {
    const own = review[compartment];
    if (own === undefined || (own.coverage === "exhaustive" && own.reviewed !== false)) return null;
    if (countsEverywhere(own)) return null;
    places.push(...trustedMiddles(image, own));
    if (own.region !== undefined) {
      const { height, width, data } = own.region;
      places.push(...regionPlaces([0, 0, height, width], (y, x) => data[y * width + x] !== 0));
    }
  }
  return places.length === 0 ? null : thinnedPlaces(places);
}

function trustedMiddles(labels: LabelImage, { touched, reviewed = true }: LayerReview): Place[] {
  const { labels: present, boxes } = indexLabels(labels);
  const places: Place[] = [];
  present.forEach((label, k) => {
    if (!(touched?.has(label) ?? reviewed)) return;
    const [y0, x0, y1, x1] = boxes.subarray(4 * k, 4 * k + 4) as unknown as [number, number, number, number];
    places.push({ y: (y0 + y1 - 1) / 2, x: (x0 + x1 - 1) / 2 });
  });
  return places;
}
