/**
 * Batches: which crops step n sees.
 *
 * Everything random about crop i of step n comes from a stream named (seed, n, i), so a run can be stopped and resumed at
 * any step, and no crop depends on how many numbers another one drew. Where a crop is cut is decided from facts alone,
 * before any pixel is read, so that what the next steps need can be fetched ahead.
 */

import type { LabelImage, Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { Rng } from "#core/rng.ts";
import { rng } from "#core/rng.ts";
import type { AugmentPlan, CropTransform, CutPlanes, Place } from "../augment/index.ts";
import { augmentPlanes, cutPlanes, plannedTransform } from "../augment/index.ts";
import type { Compartment, InputContract } from "../contract/index.ts";
import type { Tensor } from "../engine/engine.ts";
import { headDesign } from "../heads/index.ts";
import { planOfItem } from "./augment-config.ts";
import type { SegmentationConfig } from "./config.ts";
import type { ItemFacts, PreparedItem } from "./items.ts";
import { labelledCompartments, preparedSize } from "./items.ts";

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

/** Both lots, the second with this share 0..1 of the crops. */
export function mixSamplers(first: Sampler, second: Sampler, share: number): Sampler {
  return {
    groups: [...first.groups, ...second.groups],
    cumulative: [
      ...first.cumulative.map((sum) => sum * (1 - share)),
      ...second.cumulative.map((sum) => 1 - share + sum * share),
    ],
  };
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
  readonly augment: AugmentPlan;
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
    const augment = planOfItem(config, contract.mpp, item);
    const size = preparedSize(item, contract);
    const places = placesIn(item, size);
    const transform = plannedTransform(random, size, config.cropSize, augment.geometry, places);
    return { item, transform, augment, random };
  });
}

/** Places of the image in pixels of the prepared planes. */
function placesIn(
  { places = null, height, width }: ItemFacts,
  size: { readonly height: number; readonly width: number },
): readonly Place[] | null {
  if (places === null || places.length === 0) return null;
  if (size.height === height && size.width === width) return places;
  const [ry, rx] = [size.height / height, size.width / width];
  return places.map(({ y, x }) => ({ y: (y + 0.5) * ry - 0.5, x: (x + 0.5) * rx - 0.5 }));
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
  readonly cutLabels: Readonly<Partial<Record<Compartment, readonly number[]>>>;
}

export interface Batch {
  /** [n, channels, s, s], normalised intensities. */
  readonly image: Tensor;
  /** [n, compartments x channels of the head, s, s]. */
  readonly targets: Tensor;
  /** [n, compartments, s, s]; 0 outside the image, where a compartment is not labelled, and what nobody vouches for. */
  readonly weights: Tensor;
  readonly crops: readonly CropRecord[];
}

/** Cuts the planned crops. `itemAt(i)` is the item of plan i, prepared. Targets are computed after the geometric change. */
export function makeBatch(
  plans: readonly CropPlan[],
  itemAt: (index: number) => PreparedItem,
  config: SegmentationConfig,
): Batch {
  const { cropSize: s, channels, compartments } = config;
  const design = headDesign(config.head);
  const map = (count: number): Tensor & { readonly data: Float32Array } => ({
    shape: [plans.length, count, s, s],
    data: new Float32Array(plans.length * count * s * s),
  });
  const image = map(channels.length);
  const targets = map(compartments.length * design.channels.length);
  const weights = map(compartments.length);
  const crops = plans.map((plan, i): CropRecord => {
    const item = itemAt(i);
    const labelled = labelledCompartments(item.labels).filter((name) => compartments.includes(name));
    const weighted = labelled.filter((name) => item.weights?.[name] !== undefined);
    const cut = cutPlanes(
      {
        planes: item.planes,
        labels: labelled.map((name) => item.labels[name] as LabelImage),
        weights: weighted.map((name) => item.weights?.[name] as Float32Array),
      },
      plan.transform,
      s,
    );
    fillImage(image.data, i, cut, item, plan, config);
    labelled.forEach((name, l) => {
      const at = i * compartments.length + compartments.indexOf(name);
      const { maps, weight } = design.targets(cut.labels[l] as LabelImage);
      maps.forEach((values, k) => {
        targets.data.set(values, (at * maps.length + k) * s * s);
      });
      const own = cut.weights[weighted.indexOf(name)];
      for (let p = 0; p < s * s; p++) {
        weights.data[at * s * s + p] = (cut.valid[p] as number) * (weight[p] as number) * (own?.[p] ?? 1);
      }
    });
    return recordOf(plan, item, cut, labelled, s);
  });
  return { image, targets, weights, crops };
}

/** Writes the planes of crop i with changed intensities; a channel that the image lacks stays zero. */
function fillImage(
  into: Float32Array,
  i: number,
  { planes }: CutPlanes,
  { present }: PreparedItem,
  { augment, random }: CropPlan,
  { channels, cropSize }: SegmentationConfig,
): void {
  const own = planes.flatMap((_, c) => (present[c] === true ? [c] : []));
  const roles = own.map((c) => channels[c]?.role ?? "other");
  const changed = augmentPlanes(
    own.map((c) => planes[c] as Plane<"float32">),
    augment,
    random,
    roles,
  );
  own.forEach((c, k) => {
    into.set((changed[k] as Plane<"float32">).data, (i * planes.length + c) * cropSize ** 2);
  });
}

function recordOf(
  { item, transform }: CropPlan,
  prepared: PreparedItem,
  cut: CutPlanes,
  labelled: readonly Compartment[],
  s: number,
): CropRecord {
  const [a, b, c, d] = transform.matrix;
  const half = s / 2;
  const [reachY, reachX] = [half * (Math.abs(a) + Math.abs(b)), half * (Math.abs(c) + Math.abs(d))];
  const scaleY = item.height / prepared.height;
  const scaleX = item.width / prepared.width;
  const bound = (value: number, length: number): number => Math.min(length, Math.max(0, Math.round(value)));
  const y = bound((transform.centreY + 0.5 - reachY) * scaleY, item.height);
  const x = bound((transform.centreX + 0.5 - reachX) * scaleX, item.width);
  return {
    itemId: item.id,
    y,
    x,
    height: bound((transform.centreY + 0.5 + reachY) * scaleY, item.height) - y,
    width: bound((transform.centreX + 0.5 + reachX) * scaleX, item.width) - x,
    cutLabels: Object.fromEntries(
      labelled.map((name, l) => [name, labelsOnBorder(cut.labels[l] as LabelImage, cut.valid, s)]),
    ),
  };
}

function labelsOnBorder(labels: LabelImage, valid: Uint8Array, s: number): number[] {
  const found = new Set<number>();
  for (let k = 0; k < s; k++) {
    for (const at of [k, (s - 1) * s + k, k * s, k * s + s - 1]) {
      const label = labels.data[at] as number;
      if (label > 0 && valid[at] === 1) found.add(label);
    }
  }
  return [...found].sort((p, q) => p - q);
}
