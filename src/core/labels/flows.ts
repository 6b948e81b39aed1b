/**
 * From flows and a cell probability to a label image: pixels that end at the same place are one object.
 *
 * Every pixel above the threshold is carried along the flow (bilinear between pixels). Where many end, a peak of the
 * histogram of ends, lies an object; the pixels around a peak where still some end belong to it. Objects whose pixels
 * point elsewhere than their own shape would let them are dropped. A pixel that has moved less than a pixel in sixteen
 * steps has arrived, which saves nine steps of ten. Source: Stringer et al., "Cellpose", Nature Methods 18 (2021).
 */

import { assertSameShape, type LabelImage, type Plane } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { carryAllInPlace } from "./carry-along-flow.ts";
import { fillHoles, relabelSequential, removeSmallObjects } from "./clean.ts";
import { type Flows, flowTargets } from "./flow-targets.ts";
import { indexLabels } from "./label-index.ts";
import { firstNotFinite } from "./not-finite.ts";

export interface FlowParams {
  /** Pixels above this value of the probability plane are carried; 0 for logits, 0.5 for probabilities. */
  readonly cellThreshold: number;
  /** Objects with a greater mean squared difference between given and own flows are dropped; 0 keeps all. */
  readonly flowErrorMax: number;
  /** Steps of at most one pixel; 200 carries along 200 pixels. */
  readonly steps: number;
  /** Objects smaller than this many pixels are dropped. */
  readonly areaPxMin: number;
}

export const defaultFlowParams: FlowParams = {
  cellThreshold: 0,
  flowErrorMax: 0.4,
  steps: 200,
  areaPxMin: 15,
};

/** A place where fewer pixels end is no centre, and around a centre the third pixel still counts. */
const endsOfPeakMin = 10;
const endsOfNeighbourMin = 3;

/** A centre's ends lie within this many pixels of its peak. */
const peakReach = 5;

/**
 * @param flows  unit length inside cells (values of a network that was trained on five-fold flows divided by five).
 * @param cell  float32, axes yx: logit or probability of being in a cell.
 * @returns label image, 1 to n. @throws FoundryError `array.shapeMismatch`, `array.nan`.
 * Cost: O(cell pixels x way to the centre); 24 bytes per pixel of scratch.
 */
export function labelsFromFlows(
  flows: Flows,
  cell: Plane<"float32">,
  params: FlowParams = defaultFlowParams,
): LabelImage {
  assertSameShape(flows.flowY, flows.flowX, "Both components of the flow must have the same size");
  assertSameShape(flows.flowY, cell, "Flow and cell probability must have the same size");
  assertFinite(flows.flowY, "flow along y");
  assertFinite(flows.flowX, "flow along x");
  assertFinite(cell, "cell probability");
  const ends = carryPixels(flows, cell, params);
  const owners = ownersOfEnds(ends, cell.height, cell.width);
  const data = new Int32Array(ends.length);
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    if (end >= 0) data[i] = owners[end] as number;
  }
  let labels: LabelImage = { dtype: "int32", height: cell.height, width: cell.width, data };
  labels = removeSmallObjects(labels, params.areaPxMin);
  if (params.flowErrorMax > 0) labels = dropContrary(labels, flows, params.flowErrorMax);
  return relabelSequential(fillHoles(labels));
}

/** Pixel at which each pixel ends; -1 for background. */
function carryPixels({ flowY, flowX }: Flows, cell: Plane<"float32">, params: FlowParams): Int32Array {
  const { height, width } = cell;
  const ends = new Int32Array(height * width).fill(-1);
  // Both components side by side: a corner is one trip to memory. Flows outside cells are noise and must not pull pixels
  // out; zeros there save a test per corner.
  const flow = new Float32Array(2 * ends.length);
  for (let i = 0; i < ends.length; i++) {
    if (!(cell.data[i]! > params.cellThreshold)) continue;
    ends[i] = i;
    flow[2 * i] = flowY.data[i]!;
    flow[2 * i + 1] = flowX.data[i]!;
  }
  carryAllInPlace(ends, flow, height, width, params.steps);
  return ends;
}

/** Number of the object that ends at each pixel, 0 for none. Peaks grow in order of their height. */
function ownersOfEnds(ends: Int32Array, height: number, width: number): Int32Array {
  const counts = new Int32Array(ends.length);
  for (let i = 0; i < ends.length; i++) if ((ends[i] as number) >= 0) counts[ends[i] as number]!++;
  const peaks: number[] = [];
  for (let i = 0; i < counts.length; i++) {
    if ((counts[i] as number) >= endsOfPeakMin && isPeak(counts, i, height, width)) peaks.push(i);
  }
  peaks.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const owners = new Int32Array(ends.length);
  const queue = new Int32Array((2 * peakReach + 1) ** 2);
  let objects = 0;
  for (const peak of peaks) {
    if (owners[peak] !== 0) continue;
    growPeak(counts, owners, queue, peak, ++objects, height, width);
  }
  return owners;
}

/** Highest within two pixels; of equal ones the first in scan order. */
function isPeak(counts: Int32Array, at: number, height: number, width: number): boolean {
  const x = at % width;
  const y = (at - x) / width;
  const count = counts[at] as number;
  for (let ny = Math.max(0, y - 2); ny <= Math.min(height - 1, y + 2); ny++) {
    for (let nx = Math.max(0, x - 2); nx <= Math.min(width - 1, x + 2); nx++) {
      const other = ny * width + nx;
      const higher = counts[other] as number;
      if (higher > count || (higher === count && other < at)) return false;
    }
  }
  return true;
}

/** Gives the pixels around a peak where pixels end to its object, stepwise, as far as `peakReach`. */
function growPeak(
  counts: Int32Array,
  owners: Int32Array,
  queue: Int32Array,
  peak: number,
  object: number,
  height: number,
  width: number,
): void {
  const px = peak % width;
  const py = (peak - px) / width;
  let length = 0;
  queue[length++] = peak;
  owners[peak] = object;
  for (let i = 0; i < length; i++) {
    const at = queue[i] as number;
    const x = at % width;
    const y = (at - x) / width;
    for (
      let ny = Math.max(0, y - 1, py - peakReach);
      ny <= Math.min(height - 1, y + 1, py + peakReach);
      ny++
    ) {
      for (
        let nx = Math.max(0, x - 1, px - peakReach);
        nx <= Math.min(width - 1, x + 1, px + peakReach);
        nx++
      ) {
        const to = ny * width + nx;
        if (owners[to] !== 0 || (counts[to] as number) < endsOfNeighbourMin) continue;
        owners[to] = object;
        queue[length++] = to;
      }
    }
  }
}

/** Drops objects whose pixels do not flow as their shape would let them. */
function dropContrary(labels: LabelImage, { flowY, flowX }: Flows, errorMax: number): LabelImage {
  const own = flowTargets(labels);
  const index = indexLabels(labels);
  const errors = new Float64Array(index.labels.length);
  const { data } = labels;
  let [last, k] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (label === 0) continue;
    if (label !== last) [last, k] = [label, index.indexOf(label)];
    const ey = flowY.data[i]! - own.flowY.data[i]!;
    const ex = flowX.data[i]! - own.flowX.data[i]!;
    errors[k]! += (ey * ey + ex * ex) / index.areas[k]!;
  }
  const kept = data.slice();
  for (let i = 0; i < kept.length; i++) {
    const label = kept[i]!;
    if (label === 0) continue;
    if (label !== last) [last, k] = [label, index.indexOf(label)];
    if (errors[k]! > errorMax) kept[i] = 0;
  }
  return { ...labels, data: kept };
}

function assertFinite({ data, width }: Plane<"float32">, what: string): void {
  const bad = firstNotFinite(data);
  if (bad < 0) return;
  throw new FoundryError("array.nan", {
    message: `The model gave no finite ${what} at row ${Math.floor(bad / width)}, column ${bad % width}.`,
    hint: "Check that the image has no NaN pixels and that the model's normalisation fits.",
  });
}
