/**
 * Batches: which crops step n sees.
 *
 * Everything random about crop i of step n comes from a stream named (seed, n, i), so a run can be stopped and resumed at
 * any step, and no crop depends on how many numbers another one drew.
 */
import { assert } from "#core/errors.ts";
import { deepWatershedTargets } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { changeIntensities, cutCrop, randomTransform } from "../augment/index.ts";
import type { Tensor } from "../engine/engine.ts";
import type { SegmentationConfig } from "./config.ts";
import type { PreparedItem } from "./items.ts";

/** Groups of items with their cumulative share of the crops. */
export interface Sampler {
  readonly groups: readonly (readonly PreparedItem[])[];
  readonly cumulative: readonly number[];
}

/** Shares of groups grow with (number of items)^power. Groups and items are ordered by name, not by arrival. */
export function createSampler(items: readonly PreparedItem[], power: number): Sampler {
  assert(items.length > 0, "a sampler needs items");
  const byGroup = new Map<string, PreparedItem[]>();
  const ordered = [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  for (const item of ordered) {
    const members = byGroup.get(item.group);
    if (members === undefined) byGroup.set(item.group, [item]);
    else members.push(item);
  }
  const names = [...byGroup.keys()].sort();
  const groups = names.map((name) => byGroup.get(name) ?? []);
  let total = 0;
  const cumulative = groups.map((members) => (total += members.length ** power));
  return { groups, cumulative: cumulative.map((sum) => sum / total) };
}

/** Item at two uniform numbers: one chooses the group, one the item in it. */
export function sampleItem(sampler: Sampler, forGroup: number, forItem: number): PreparedItem {
  const found = sampler.cumulative.findIndex((share) => forGroup < share);
  const group = sampler.groups[found < 0 ? sampler.groups.length - 1 : found] ?? [];
  return group[Math.min(group.length - 1, Math.floor(forItem * group.length))] as PreparedItem;
}

export interface Batch {
  /** [n, 1, s, s], normalised intensities. */
  readonly image: Tensor;
  /** [n, 2, s, s]: inner distance, foreground; 0..1. */
  readonly targets: Tensor;
  /** [n, 1, s, s]; 0 outside the image. */
  readonly weights: Tensor;
}

/** The batch of one step. Targets are computed after the geometric change. Deterministic in its arguments. */
export function makeBatch(sampler: Sampler, config: SegmentationConfig, step: number): Batch {
  const { batchSize: n, cropSize: s } = config;
  const pixels = s * s;
  const image = new Float32Array(n * pixels);
  const targets = new Float32Array(n * 2 * pixels);
  const weights = new Float32Array(n * pixels);
  for (let i = 0; i < n; i++) {
    const random = rng(config.seed, "crop", step, i);
    const item = sampleItem(sampler, random.next(), random.next());
    const transform = randomTransform(random, item.plane, s, config.augment);
    const crop = cutCrop(item, transform, s);
    const target = deepWatershedTargets(crop.labels);
    image.set(changeIntensities(crop.plane, random, config.augment).data, i * pixels);
    targets.set(target.innerDistance.data, 2 * i * pixels);
    targets.set(target.foreground.data, (2 * i + 1) * pixels);
    for (let p = 0; p < pixels; p++) {
      weights[i * pixels + p] = (crop.valid[p] as number) * (target.weight.data[p] as number);
    }
  }
  return {
    image: { shape: [n, 1, s, s], data: image },
    targets: { shape: [n, 2, s, s], data: targets },
    weights: { shape: [n, 1, s, s], data: weights },
  };
}
