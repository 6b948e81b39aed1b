/**
 * From the planes a deep-watershed network predicts to a label image.
 *
 * Seeds are sought on the smoothed inner distance, where noise has no tops of its own; the flood then runs on the values
 * as predicted, which keeps thin borders that smoothing would blur away (on noisy planes both did equally well, on
 * clean ones the unsmoothed flood matched more cells at IoU 0.9). Order: threshold, seeds, watershed, holes, small and
 * doubtful ones.
 */

import { assertSameShape, type LabelImage, type Plane } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import { fillHoles } from "./clean.ts";
import { findPieces } from "./components.ts";
import { findSeeds } from "./find-seeds.ts";
import { notANumber } from "./not-a-number.ts";
import { paintRuns } from "./row-runs.ts";
import { watershedFromSeeds } from "./watershed.ts";

export interface DeepWatershedParams {
  /** A pixel belongs to some cell above this probability. */
  readonly foregroundThreshold: number;
  /** A cell's centre must reach this inner distance. */
  readonly seedThreshold: number;
  /** A centre must stand out from its surroundings by more than this. */
  readonly seedProminence: number;
  /** Of centres nearer than this, in pixels, only the highest stays; 0 switches it off. */
  readonly seedDistancePx: number;
  /** Standard deviation in pixels of the smoothing before seeds are sought; 0 switches it off. */
  readonly smoothingPx: number;
  /** Foreground pieces without any centre: kept as one object each, or dropped. */
  readonly seedless: "keep" | "drop";
  /** Objects smaller than this many pixels are dropped. */
  readonly areaPxMin: number;
  /**
   * Objects whose pixels, filled holes included, have a lower foreground on average are dropped: debris and blurred light of
   * other planes is half sure all over, a cell only at its edge. Absent: none.
   */
  readonly foregroundMeanMin?: number | undefined;
  /** Holes up to this many pixels are filled; 0 switches it off. */
  readonly holePxMax: number;
}

export const defaultDeepWatershedParams: DeepWatershedParams = {
  foregroundThreshold: 0.5,
  seedThreshold: 0.3,
  seedProminence: 0.05,
  seedDistancePx: 0,
  smoothingPx: 1,
  seedless: "keep",
  areaPxMin: 8,
  holePxMax: 2 ** 28,
};

export interface DeepWatershedPlanes {
  /** float32, axes yx, about 0..1. */
  readonly innerDistance: Plane<"float32">;
  /** float32 probability 0..1 (or a mask), axes yx. */
  readonly foreground: Plane;
}

/**
 * Label image of the predicted cells, numbered 1 to n in scan order of their first pixels.
 *
 * @throws FoundryError `array.shapeMismatch`, `array.nan`. Cost: O(pixels).
 */
export function labelsFromDeepWatershed(
  planes: DeepWatershedPlanes,
  params: DeepWatershedParams = defaultDeepWatershedParams,
): LabelImage {
  const { innerDistance, foreground } = planes;
  assertSameShape(innerDistance, foreground, "Inner distance and foreground must have the same size");
  const { height, width } = innerDistance;
  const mask = new Uint8Array(height * width);
  for (let i = 0; i < mask.length; i++) {
    const value = foreground.data[i] as number;
    if (value > params.foregroundThreshold) mask[i] = 1;
    else if (Number.isNaN(value)) throw notANumber(i, "foreground");
  }
  const inside = { dtype: "uint8", height, width, data: mask } as const;
  const smooth = params.smoothingPx > 0 ? gaussianBlur(innerDistance, params.smoothingPx) : innerDistance;
  const seeds = findSeeds(smooth, {
    threshold: params.seedThreshold,
    prominence: params.seedProminence,
    distancePx: params.seedDistancePx,
    mask: inside,
  });
  let labels = watershedFromSeeds(innerDistance, seeds, { mask: inside, connectivity: 8, first: "high" });
  if (params.seedless === "keep") labels = addSeedless(labels, mask);
  if (params.holePxMax > 0) labels = fillHoles(labels, params.holePxMax);
  numberKeptInPlace(labels.data, foreground.data, params);
  return labels;
}

/** Adds every 8-connected piece of the mask that the flood left empty as an object of its own. */
function addSeedless(labels: LabelImage, mask: Uint8Array): LabelImage {
  const { height, width, data } = labels;
  const rest = new Uint8Array(data.length);
  let next = 1;
  let left = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label >= next) next = label + 1;
    if (label !== 0 || mask[i] === 0) continue;
    rest[i] = 1;
    left++;
  }
  if (left === 0) return labels;
  const { runs, pieceOf } = findPieces({ dtype: "uint8", height, width, data: rest }, 8);
  const out = data.slice();
  paintRuns(
    out,
    width,
    runs,
    pieceOf.map((piece) => next + piece),
  );
  return { dtype: "int32", height, width, data: out };
}

/** Drops small and doubtful objects and numbers the rest by their first pixel in scan order. */
function numberKeptInPlace(
  data: Int32Array,
  foreground: Plane["data"],
  { areaPxMin, foregroundMeanMin = 0 }: DeepWatershedParams,
): void {
  let largest = 0;
  for (let i = 0; i < data.length; i++) if ((data[i] as number) > largest) largest = data[i] as number;
  const areas = new Int32Array(largest + 1);
  const sums = new Float64Array(largest + 1);
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    areas[label] = (areas[label] as number) + 1;
    sums[label] = (sums[label] as number) + (foreground[i] as number);
  }
  const isKept = (label: number): boolean => {
    const area = areas[label] as number;
    return area >= areaPxMin && (sums[label] as number) >= foregroundMeanMin * area;
  };
  /** 0 until the object is met. */
  const numbers = new Int32Array(largest + 1);
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i] as number;
    if (label === 0) continue;
    if (numbers[label] === 0 && isKept(label)) numbers[label] = ++count;
    data[i] = numbers[label] as number;
  }
}
