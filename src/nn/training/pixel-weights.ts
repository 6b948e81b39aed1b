/**
 * How much each pixel of a labelled image counts in training, from what a person has vouched for.
 *
 * A mask says two things: here is a cell, and next to it is none. Both hold only where somebody looked. So an object that
 * was drawn, corrected or accepted counts with a ring of background around it; a place where a person removed a proposal counts
 * as background; what nobody touched counts little or nothing; and unlabelled ground counts only where the layer promises that
 * everything is labelled. Training multiplies the loss by these weights, so a weight of 0 has no gradient at all.
 */
import type { LabelImage, Mask } from "#core/array/index.ts";
import { assertSameShape } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { resampleLabels } from "#core/image/index.ts";
import { distanceTransform, indexLabels } from "#core/labels/index.ts";

/** What a person has vouched for in one layer. Plain data; labels are those of the label image. */
export interface LayerReview {
  /** Whether unlabelled means background: everywhere, nowhere, or inside `region`. */
  readonly coverage: "exhaustive" | "sparse" | "region";
  /** Whether a person accepted the layer as a whole; default true. */
  readonly reviewed?: boolean | undefined;
  /** Objects that a person drew, corrected or accepted; default all of an accepted layer, none of another. */
  readonly touched?: ReadonlySet<number> | undefined;
  /** Where a person removed what a model had proposed. */
  readonly cleared?: Mask | undefined;
  /** For coverage "region": inside it, everything is labelled. */
  readonly region?: Mask | undefined;
  /** Pixels that nobody can tell: they count nothing. */
  readonly ignore?: Mask | undefined;
  /** Factors 0..1 of single objects, by label; default 1. */
  readonly objectWeights?: ReadonlyMap<number, number> | undefined;
  /** Weight 0..1 of what a model proposed and nobody touched; default `untouchedWeightDefault`. */
  readonly untouchedWeight?: number | undefined;
}

/**
 * A proposal left as it is may be right, or not looked at yet. At weight 1 the model would learn its own mistakes by heart
 * (confirmation bias: Arazo et al. 2020); at 0, training on the corrected objects alone forgets what was right everywhere
 * else, because a person corrects what is unusual. A tenth holds the model where it was (as learning without forgetting
 * does: Li, Hoiem 2016) and is outvoted by one corrected object for ten untouched ones.
 */
export const untouchedWeightDefault = 0.1;

// Beside a corrected object stand other proposals, which are no background, so the ring may be most of a radius wide. In
// a sparse layer the next cell may be unlabelled: there only the gap that belongs to the outline itself is sure.
const RING = {
  corrected: { share: 0.75, least: 3, most: 15 },
  sparse: { share: 0.25, least: 2, most: 5 },
} as const;

/** Whether every pixel counts fully, so that no map is needed. */
export function countsEverywhere({
  coverage,
  reviewed = true,
  ignore,
  objectWeights,
  touched,
}: LayerReview): boolean {
  return (
    coverage === "exhaustive" &&
    reviewed &&
    touched === undefined &&
    ignore === undefined &&
    objectWeights === undefined
  );
}

/**
 * Weights 0..1 per pixel, row-major.
 *
 * @param input.labels  int32, axes yx; masks have its size.
 * @throws FoundryError `array.shapeMismatch` when a mask has another size. Arguments are not changed. Cost: O(pixels).
 */
export function pixelWeights(input: LayerReview & { readonly labels: LabelImage }): Float32Array {
  const { labels, coverage, reviewed = true, cleared, region, ignore, objectWeights } = input;
  const { untouchedWeight = untouchedWeightDefault } = input;
  assert(untouchedWeight >= 0 && untouchedWeight <= 1, "a weight lies within 0 and 1");
  for (const mask of [cleared, region, ignore]) {
    if (mask !== undefined) assertSameShape(labels, mask, "weights of pixels");
  }
  const trusted = (label: number): boolean => input.touched?.has(label) ?? reviewed;
  const inRing = ringOf(input, trusted);
  const whole = coverage === "exhaustive" && reviewed;
  // A layer that was proposed whole also proposed its background.
  const farBackground = whole ? 1 : coverage === "exhaustive" ? untouchedWeight : 0;
  const out = new Float32Array(labels.data.length);
  for (let i = 0; i < out.length; i++) {
    if (ignore !== undefined && ignore.data[i] !== 0) continue;
    const label = labels.data[i] as number;
    if (label > 0) {
      out[i] = (trusted(label) ? 1 : untouchedWeight) * (objectWeights?.get(label) ?? 1);
      continue;
    }
    const vouched =
      (region !== undefined && region.data[i] !== 0) || (cleared !== undefined && cleared.data[i] !== 0);
    out[i] = vouched || inRing?.(i) === true ? 1 : farBackground;
  }
  return out;
}

/** Tells the background near trusted objects and cleared places; null when all background counts anyway. */
function ringOf(
  { labels, coverage, reviewed = true, cleared }: LayerReview & { readonly labels: LabelImage },
  trusted: (label: number) => boolean,
): ((i: number) => boolean) | null {
  if (coverage === "exhaustive" && reviewed) return null;
  const { height, width } = labels;
  const elsewhere = new Uint8Array(labels.data.length);
  let any = false;
  for (let i = 0; i < elsewhere.length; i++) {
    const label = labels.data[i] as number;
    const near = (label > 0 && trusted(label)) || (cleared !== undefined && cleared.data[i] !== 0);
    if (near) any = true;
    else elsewhere[i] = 1;
  }
  if (!any) return () => false;
  const distance = distanceTransform({ dtype: "uint8", height, width, data: elsewhere }).data;
  const reach = ringPx(labels, trusted, coverage === "exhaustive" ? "corrected" : "sparse");
  return (i) => (distance[i] as number) <= reach;
}

/** Width of the ring in pixels, by the usual size of the trusted objects. */
export function ringPx(
  labels: LabelImage,
  trusted: (label: number) => boolean,
  kind: keyof typeof RING,
): number {
  const { share, least, most } = RING[kind];
  const index = indexLabels(labels);
  const areas = index.areas.filter((_, k) => trusted(index.labels[k] as number)).sort();
  if (areas.length === 0) return least;
  const median = areas[areas.length >> 1] as number;
  return Math.min(most, Math.max(least, Math.round(share * Math.sqrt(median / Math.PI))));
}

/** The review of a layer whose planes are brought to another size. Nearest pixel, as for labels. */
export function resampledReview(review: LayerReview, height: number, width: number): LayerReview {
  const resampled = (mask: Mask | undefined): Mask | undefined => {
    if (mask === undefined) return undefined;
    const { data } = resampleLabels(
      { ...mask, dtype: "int32", data: Int32Array.from(mask.data) },
      height,
      width,
    );
    return { dtype: "uint8", height, width, data: Uint8Array.from(data) };
  };
  const { cleared, region, ignore } = review;
  return { ...review, cleared: resampled(cleared), region: resampled(region), ignore: resampled(ignore) };
}
