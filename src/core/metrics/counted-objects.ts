/**
 * Which objects a score counts when nobody has annotated all of an image.
 *
 * Some pixels say nothing: unlabelled ground outside the region in which everything was labelled, and places that nobody can
 * tell. A prediction that lies there for more than half is neither right nor wrong, unless it finds a reference object that
 * counts; a reference object that lies there for more than half is not asked for, and whoever finds it gains and loses nothing.
 * Objects are in or out as a whole and keep their whole outline, because people outline cells whole at the edge of a region.
 * The rule is that of void pixels in Cityscapes' instance scores (Cordts et al. 2016) and panoptic quality (Kirillov et al.
 * 2019), with COCO's order: references that count are matched first (Lin et al. 2014). Unlike panoptic quality, no pixel is
 * taken from an IoU: in a layer of few labels a prediction over everything would then fit its one labelled cell perfectly.
 */

import { assertSameShape, type LabelImage, type Mask } from "../array/index.ts";
import { indexLabels } from "../labels/index.ts";
import { matchOverlaps } from "./match-objects.ts";
import { findOverlaps, type Overlaps } from "./overlaps.ts";

export interface CountingRule {
  /** Objects with more than this share of their pixels on uncounted ground are left out, 0..1. */
  readonly uncountedShare: number;
  /** A prediction has found a reference object at this IoU; at least 0.5, so that partners are unique. */
  readonly foundIou: number;
}

/** Half is the threshold of both sources. At IoU 0.5 a match has at least half of the prediction on labelled pixels. */
export const defaultCountingRule: CountingRule = { uncountedShare: 0.5, foundIou: 0.5 };

/** What a person says of the ground around labels. Masks are uint8 0/1 of the labels' size, axes yx. */
export interface AnnotatedGround {
  /** Whether unlabelled means background: everywhere, nowhere, or inside `region`. */
  readonly coverage: "exhaustive" | "sparse" | "region";
  /** For coverage "region": inside it everything is labelled; without it as sparse. */
  readonly region?: Mask | undefined;
  /** Where a person said that there is no object. */
  readonly cleared?: Mask | undefined;
  /** Pixels that nobody can tell, labelled or not. */
  readonly ignore?: Mask | undefined;
}

/**
 * Pixels that say nothing, 1 where so; undefined when every pixel counts.
 *
 * @param reference  int32, axes yx. Its labelled pixels always count, except where `ignore` is set.
 * @throws FoundryError `array.shapeMismatch` when a mask has another size. Cost: O(pixels).
 */
export function uncountedPixels(reference: LabelImage, ground: AnnotatedGround): Mask | undefined {
  const { coverage, region, cleared, ignore } = ground;
  if (coverage === "exhaustive" && ignore === undefined) return undefined;
  for (const mask of [region, cleared, ignore])
    if (mask !== undefined) assertSameShape(reference, mask, "A region must have the size of its labels");
  const { height, width, data: labels } = reference;
  const isSet = (mask: Mask | undefined, i: number): boolean => mask !== undefined && mask.data[i] !== 0;
  const data = new Uint8Array(labels.length);
  for (let i = 0; i < data.length; i++) {
    const vouched =
      (labels[i] as number) > 0 || coverage === "exhaustive" || isSet(region, i) || isSet(cleared, i);
    if (!vouched || isSet(ignore, i)) data[i] = 1;
  }
  return { dtype: "uint8", height, width, data };
}

export interface CountedObjects {
  /** Without the objects left out; the arguments themselves when all count. */
  readonly reference: LabelImage;
  readonly predicted: LabelImage;
  /** Of the counted objects; `foreground` on counted ground only. */
  readonly overlaps: Overlaps;
  /** How many were left out. */
  readonly uncounted: { readonly references: number; readonly predictions: number };
}

/**
 * The objects that count.
 *
 * @param reference, predicted  int32 label images of one size, axes yx; values up to 0 are background.
 * @param uncounted  1 where nothing counts, as `uncountedPixels` gives it; undefined when everything does.
 * @throws FoundryError `array.shapeMismatch`. Arguments are not changed. Cost: O(pixels + pairs).
 */
export function countedObjects(
  reference: LabelImage,
  predicted: LabelImage,
  uncounted: Mask | undefined,
  rule: CountingRule = defaultCountingRule,
): CountedObjects {
  const all = findOverlaps(reference, predicted);
  if (uncounted === undefined)
    return { reference, predicted, overlaps: all, uncounted: { references: 0, predictions: 0 } };
  assertSameShape(reference, uncounted, "Uncounted pixels must have the size of the labels");
  const outReferences = mostlyUncounted(reference, uncounted, rule);
  const outPredictions = mostlyUncounted(predicted, uncounted, rule);
  const found = foundBy(all, rule, (label) => !outReferences.has(label));
  for (const label of foundBy(all, rule, (label) => outReferences.has(label))) outPredictions.add(label);
  for (const label of found) outPredictions.delete(label);
  const left = without(reference, outReferences);
  const right = without(predicted, outPredictions);
  const overlaps = left === reference && right === predicted ? all : findOverlaps(left, right);
  return {
    reference: left,
    predicted: right,
    overlaps: { ...overlaps, foreground: countedForeground(left, right, uncounted) },
    uncounted: { references: outReferences.size, predictions: outPredictions.size },
  };
}

/** Labels of objects with more than the allowed share on uncounted pixels. */
function mostlyUncounted(
  labels: LabelImage,
  { data: uncounted }: Mask,
  { uncountedShare }: CountingRule,
): Set<number> {
  const index = indexLabels(labels);
  const outside = new Int32Array(index.labels.length);
  const { data } = labels;
  for (let i = 0; i < data.length; i++) {
    if (uncounted[i] === 0 || (data[i] as number) <= 0) continue;
    const k = index.indexOf(data[i] as number);
    outside[k] = (outside[k] as number) + 1;
  }
  return new Set(
    index.labels.filter((_, k) => (outside[k] as number) > uncountedShare * (index.areas[k] as number)),
  );
}

/** Predictions that find one of some reference objects. */
function foundBy(
  overlaps: Overlaps,
  { foundIou }: CountingRule,
  isAsked: (label: number) => boolean,
): number[] {
  const pairs = overlaps.pairs.filter(({ reference }) =>
    isAsked(overlaps.referenceLabels[reference] as number),
  );
  return matchOverlaps({ ...overlaps, pairs }, foundIou).map(({ predicted }) => predicted);
}

function without(labels: LabelImage, out: ReadonlySet<number>): LabelImage {
  if (out.size === 0) return labels;
  return { ...labels, data: labels.data.map((label) => (out.has(label) ? 0 : label)) };
}

function countedForeground(
  { data: a }: LabelImage,
  { data: b }: LabelImage,
  { data: uncounted }: Mask,
): Overlaps["foreground"] {
  let [reference, predicted, shared] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (uncounted[i] !== 0) continue;
    const [inA, inB] = [(a[i] as number) > 0, (b[i] as number) > 0];
    if (inA) reference++;
    if (inB) predicted++;
    if (inA && inB) shared++;
  }
  return { reference, predicted, shared };
}
