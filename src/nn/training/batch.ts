/**
 * Batches: which crops step n sees.
 *
 * Everything random about crop i of step n comes from a stream named (seed, n, i), so a run can be stopped and resumed at
 * any step, and no crop depends on how many numbers another one drew. Where a crop is cut is decided from facts alone,
 * before any pixel is read, so that what the next steps need can be fetched ahead.
 */
import { assert } from "#core/errors.ts";
import { deepWatershedTargets } from "#core/labels/index.ts";
import type { Rng } from "#core/rng.ts";
import { rng } from "#core/rng.ts";
import type { Crop, CropTransform } from "../augment/index.ts";
import { changeIntensities, cutCrop, randomTransform } from "../augment/index.ts";
import type { InputContract } from "../contract/index.ts";
import type { Tensor } from "../engine/engine.ts";
import type { SegmentationConfig } from "./config.ts";
import type { ItemFacts, PreparedItem } from "./items.ts";
import { preparedSize } from "./items.ts";

/** Groups of items with their cumulative share of the crops. */
export interface Sampler {
  readonly groups: readonly SampledGroup[];
  readonly cumulative: readonly number[];
}

interface SampledGroup {
  readonly items: readonly ItemFacts[];
  /** Cumulative share of each item; null when all have the same. */
  readonly cumulative: readonly number[] | null;
}

/**
 * Shares of groups grow with (sum of the weights of their items)^power; within a group items are drawn by weight. Groups
 * and items are ordered by name, not by arrival.
 */
export function createSampler(items: readonly ItemFacts[], power: number): Sampler {
  assert(items.length > 0, "a sampler needs items");
  const byGroup = new Map<string, ItemFacts[]>();
  const ordered = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const item of ordered) {
    const members = byGroup.get(item.group);
    if (members === undefined) byGroup.set(item.group, [item]);
    else members.push(item);
  }
  const names = [...byGroup.keys()].sort();
  const groups = names.map((name) => sampledGroup(byGroup.get(name) ?? []));
  let total = 0;
  const cumulative = groups.map(({ items: members }) => {
    total += members.reduce((sum, { weight = 1 }) => sum + weight, 0) ** power;
    return total;
  });
  return { groups, cumulative: cumulative.map((sum) => sum / total) };
}

function sampledGroup(items: readonly ItemFacts[]): SampledGroup {
  const weights = items.map(({ weight = 1 }) => weight);
  assert(
    weights.every((weight) => Number.isFinite(weight) && weight > 0),
    "weights of items must be above 0",
  );
  if (weights.every((weight) => weight === weights[0])) return { items, cumulative: null };
  let total = 0;
  const sums = weights.map((weight) => (total += weight));
  return { items, cumulative: sums.map((sum) => sum / total) };
}

/** Item at two uniform numbers: one chooses the group, one the item in it. */
export function sampleItem(sampler: Sampler, forGroup: number, forItem: number): ItemFacts {
  const group = sampler.groups[placeIn(sampler.cumulative, forGroup)] as SampledGroup;
  const { items, cumulative } = group;
  const at =
    cumulative === null
      ? Math.min(items.length - 1, Math.floor(forItem * items.length))
      : placeIn(cumulative, forItem);
  return items[at] as ItemFacts;
}

function placeIn(cumulative: readonly number[], share: number): number {
  const found = cumulative.findIndex((sum) => share < sum);
  return found < 0 ? cumulative.length - 1 : found;
}

/** A crop before it is cut. */
export interface CropPlan {
  readonly item: ItemFacts;
  readonly transform: CropTransform;
  /** Goes on with what the intensities need. */
  readonly random: Rng;
}

/** The crops of one step, from facts alone. Deterministic in its arguments. */
export function planCrops(
  sampler: Sampler,
  config: SegmentationConfig,
  contract: Pick<InputContract, "mpp">,
  step: number,
): CropPlan[] {
  return Array.from({ length: config.batchSize }, (_, i) => {
    const random = rng(config.seed, "crop", step, i);
    const item = sampleItem(sampler, random.next(), random.next());
    const transform = randomTransform(random, preparedSize(item, contract), config.cropSize, config.augment);
    return { item, transform, random };
  });
}

/** Where a crop comes from. */
export interface CropRecord {
  readonly itemId: string;
  /** Box around the crop in pixels of the image as it was imported, cut off at its edge; half-open. */
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
  /** Labels whose objects touch the border of the crop inside the image: part of them may be missing. */
  readonly cutLabels: readonly number[];
}

export interface Batch {
  /** [n, 1, s, s], normalised intensities. */
  readonly image: Tensor;
  /** [n, 2, s, s]: inner distance, foreground; 0..1. */
  readonly targets: Tensor;
  /** [n, 1, s, s]; 0 outside the image. */
  readonly weights: Tensor;
  readonly crops: readonly CropRecord[];
}

/** Cuts the planned crops. `itemAt(i)` is the item of plan i, prepared. Targets are computed after the geometric change. */
export function makeBatch(
  plans: readonly CropPlan[],
  itemAt: (index: number) => PreparedItem,
  config: SegmentationConfig,
): Batch {
  const { cropSize: s } = config;
  const n = plans.length;
  const pixels = s * s;
  const image = new Float32Array(n * pixels);
  const targets = new Float32Array(n * 2 * pixels);
  const weights = new Float32Array(n * pixels);
  const crops = plans.map((plan, i): CropRecord => {
    const item = itemAt(i);
    const crop = cutCrop(item, plan.transform, s);
    const target = deepWatershedTargets(crop.labels);
    image.set(changeIntensities(crop.plane, plan.random, config.augment).data, i * pixels);
    targets.set(target.innerDistance.data, 2 * i * pixels);
    targets.set(target.foreground.data, (2 * i + 1) * pixels);
    for (let p = 0; p < pixels; p++) {
      weights[i * pixels + p] = (crop.valid[p] as number) * (target.weight.data[p] as number);
    }
    return recordOf(plan, item, crop, s);
  });
  return {
    image: { shape: [n, 1, s, s], data: image },
    targets: { shape: [n, 2, s, s], data: targets },
    weights: { shape: [n, 1, s, s], data: weights },
    crops,
  };
}

function recordOf({ item, transform }: CropPlan, prepared: PreparedItem, crop: Crop, s: number): CropRecord {
  const [a, b, c, d] = transform.matrix;
  const half = s / 2;
  const [reachY, reachX] = [half * (Math.abs(a) + Math.abs(b)), half * (Math.abs(c) + Math.abs(d))];
  const scaleY = item.height / prepared.plane.height;
  const scaleX = item.width / prepared.plane.width;
  const bound = (value: number, length: number): number => Math.min(length, Math.max(0, Math.round(value)));
  const y = bound((transform.centreY + 0.5 - reachY) * scaleY, item.height);
  const x = bound((transform.centreX + 0.5 - reachX) * scaleX, item.width);
  return {
    itemId: item.id,
    y,
    x,
    height: bound((transform.centreY + 0.5 + reachY) * scaleY, item.height) - y,
    width: bound((transform.centreX + 0.5 + reachX) * scaleX, item.width) - x,
    cutLabels: labelsOnBorder(crop, s),
  };
}

function labelsOnBorder({ labels, valid }: Crop, s: number): number[] {
  const found = new Set<number>();
  for (let k = 0; k < s; k++) {
    for (const at of [k, (s - 1) * s + k, k * s, k * s + s - 1]) {
      const label = labels.data[at] as number;
      if (label > 0 && valid[at] === 1) found.add(label);
    }
  }
  return [...found].sort((p, q) => p - q);
}
