/**
 * Splitting one object by seeds: one point per part.
 *
 * The seeds grow by marker-controlled watershed inside the object, over its distance to the rim (round cells that touch) or
 * over the picture (cells that are bright in the middle, or bright at their border). Every pixel of the object goes to a
 * part, nothing else changes.
 */

import type { LabelImage, Mask, Plane, Point } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import { distanceTransform, findSeeds, type ObjectShape, watershedFromSeeds } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { changesOfParts, largestFirst, newPartsMax } from "./parts.ts";
import { type Patch, patchBox, patchMask, shapePatch } from "./patch.ts";
import { cutRaw, type RawWindow } from "./raw-cut.ts";
import { badInput, requireObject } from "./require-object.ts";

/** What the seeds grow over. */
export type SplitGround =
  | { readonly by: "distance" }
  | {
      readonly by: "intensity";
      readonly raw: RawWindow;
      /** Where the picture is bright: in the middle of cells (nuclei, default) or at their border (membranes). */
      readonly bright?: "middle" | "border";
      /** Blur before, in pixels; default 1. */
      readonly sigmaPx?: number;
    };

/**
 * @param uid  object on the canvas to split; its largest part keeps the uid.
 * @param seeds  2 to 65 points on different pixels of the object.
 * @param newUids  at least one less than seeds; for the other parts, largest first.
 * @returns one change and a birth per further part.
 * @throws FoundryError `edit.invalid` for an unknown object, a seed outside it, two on one pixel, too few uids, or pixels
 *         not loaded. Cost: O(area of the object's box).
 */
export function splitBySeeds(
  canvas: LabelCanvas,
  uid: string,
  seeds: readonly Point[],
  newUids: readonly string[],
  ground: SplitGround = { by: "distance" },
): ObjectChange[] {
  const before = requireObject(canvas, uid);
  // One pixel of background around the object, so that the distance knows its rim everywhere.
  const patch = shapePatch(canvas, before, 1);
  const planted = plant(patch, seeds, newUids.length);
  const grown = growSeeds(patch, planted, heightOf(patch, ground), ground.by);
  const parts = largestFirst(grown);
  // Fragments that no seed reaches stay with the largest part, as they were with the object.
  for (let i = 0; i < parts.length; i++) if (patch.data[i] === 1 && parts[i] === 0) parts[i] = 1;
  return changesOfParts(canvas, uid, before, patch, parts, newUids.slice(0, seeds.length - 1));
}

/**
 * Part of each pixel, 0 where no seed reaches.
 *
 * A seed stands for the hill it lies on, not for its pixel: hills are flooded from their tops, so a click near the rim
 * does as well as one in the middle. Seeds on one hill share it out by nearness.
 */
function growSeeds(
  patch: Patch,
  planted: LabelImage,
  height: Plane<"float32">,
  by: SplitGround["by"],
): Int32Array {
  const mask = patchMask(patch);
  const options = { mask, connectivity: 8 } as const;
  const depth = negated(height);
  const tops = findSeeds(height, {
    mask,
    prominence: by === "distance" ? hillPx : hillShare * rangeOf(height, mask),
  });
  const hills = watershedFromSeeds(depth, tops, options);
  const seedsOn = new Map<number, number[]>();
  planted.data.forEach((seed, i) => {
    if (seed === 0) return;
    const hill = hills.data[i] as number;
    const others = seedsOn.get(hill);
    if (others === undefined) seedsOn.set(hill, [seed]);
    else others.push(seed);
  });
  const markers = planted.data.map((seed, i) => {
    const hill = seed === 0 ? (tops.data[i] as number) : (hills.data[i] as number);
    return seedsOn.has(hill) ? hill : 0;
  });
  const parts = watershedFromSeeds(depth, { ...planted, data: markers }, options).data;
  const flat: Plane<"float32"> = { ...height, data: new Float32Array(height.data.length) };
  for (const [hill, seeds] of seedsOn) {
    const within: Mask = { ...mask, data: Uint8Array.from(parts, (part) => (part === hill ? 1 : 0)) };
    const [only] = seeds;
    const shared =
      seeds.length === 1 ? null : watershedFromSeeds(flat, planted, { mask: within, connectivity: 8 }).data;
    for (let i = 0; i < parts.length; i++) {
      // Negative while hills and seeds could be confused.
      if (within.data[i] === 1) parts[i] = -((shared === null ? only : shared[i]) as number);
    }
  }
  return parts.map((part) => -part);
}

/** A top must stand out by this to be a hill: a pixel of distance, or a tenth of the brightness in the object. */
const hillPx = 1;
const hillShare = 0.1;

function rangeOf({ data }: Plane<"float32">, mask: Mask): number {
  let [low, high] = [Infinity, -Infinity];
  data.forEach((value, i) => {
    if (mask.data[i] === 0) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  return high - low;
}

function plant(patch: Patch, seeds: readonly Point[], uidCount: number): LabelImage {
  if (seeds.length < 2 || seeds.length > newPartsMax + 1 || uidCount < seeds.length - 1) {
    throw badInput(
      `A split by seeds needs 2 to ${newPartsMax + 1} seeds and an id for every part but the first.`,
      {
        seeds: seeds.length,
        newUids: uidCount,
      },
    );
  }
  const { height, width } = patch;
  const data = new Int32Array(height * width);
  seeds.forEach((seed, k) => {
    const [row, column] = [Math.round(seed.y) - patch.y0, Math.round(seed.x) - patch.x0];
    const i = row * width + column;
    const isInside = row >= 0 && column >= 0 && row < height && column < width && patch.data[i] === 1;
    if (!isInside) throw badInput("Every seed must lie on the cell that is split.", { seed: k + 1 });
    if (data[i] !== 0) throw badInput("Two seeds lie on one pixel.", { seed: k + 1 });
    data[i] = k + 1;
  });
  return { dtype: "int32", height, width, data };
}

/** High where cells have their middle. */
function heightOf(patch: Patch, ground: SplitGround): Plane<"float32"> {
  if (ground.by === "distance") {
    const distance = distanceTransform(patchMask(patch));
    // An object that is the whole image has no rim anywhere: level ground.
    return { ...distance, data: distance.data.map((value) => (value === Infinity ? 0 : value)) };
  }
  const picture = gaussianBlur(cutRaw(ground.raw, patchBox(patch)), ground.sigmaPx ?? 1);
  return ground.bright === "border" ? negated(picture) : picture;
}

function negated(plane: Plane<"float32">): Plane<"float32"> {
  return { ...plane, data: plane.data.map((value) => -value) };
}

/**
 * Seeds for an object, so that a key alone can split it: the tops of its distance to the rim that stand out most, and
 * where there are too few, the points farthest from those found.
 *
 * @param count  parts wanted, 2 to 65.
 * @returns that many points on different pixels of the object, or fewer for an object of fewer pixels.
 * @throws FoundryError `edit.invalid` for an unknown object or a count out of range. Cost: O(count x area of the box).
 */
export function suggestSeeds(canvas: LabelCanvas, uid: string, count = 2): Point[] {
  if (!(Number.isInteger(count) && count >= 2 && count <= newPartsMax + 1)) {
    throw badInput(`A cell is split into 2 to ${newPartsMax + 1} parts.`, { count });
  }
  const shape: ObjectShape = requireObject(canvas, uid);
  const patch = shapePatch(canvas, shape, 1);
  const distance = distanceTransform(patchMask(patch));
  const tops = prominentTops(distance, patch, count);
  while (tops.length < count) {
    const far = farthest(patch, tops);
    if (far === -1) break;
    tops.push(far);
  }
  return tops.map((i) => ({
    y: patch.y0 + Math.floor(i / patch.width),
    x: patch.x0 + (i % patch.width),
  }));
}

/** Pixels of the tops that remain at the highest prominence that leaves at least `count`, or all; highest first. */
function prominentTops(distance: Plane<"float32">, patch: Patch, count: number): number[] {
  // An object that is the whole image has no rim; then no top stands out.
  if (distance.data.some((value) => value === Infinity)) return [];
  const mask = patchMask(patch);
  const topsAt = (prominence: number): number[] => {
    const { data } = findSeeds(distance, { mask, prominence, threshold: 1 });
    const first = new Map<number, number>();
    data.forEach((seed, i) => {
      if (seed > 0 && !first.has(seed)) first.set(seed, i);
    });
    return [...first].sort((a, b) => a[0] - b[0]).map(([, i]) => i);
  };
  let [low, high] = [0, distance.data.reduce((most, value) => Math.max(most, value), 0)];
  let tops = topsAt(0);
  if (tops.length <= count) return tops;
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    const found = topsAt(middle);
    if (found.length >= count) {
      tops = found;
      low = middle;
    } else high = middle;
  }
  return tops.slice(0, count);
}

/** Pixel of the object farthest from the chosen ones; of none chosen, its first. -1 when all are chosen. */
function farthest(patch: Patch, chosen: readonly number[]): number {
  let [best, bestDistance] = [-1, -1];
  for (let i = 0; i < patch.data.length; i++) {
    if (patch.data[i] === 0 || chosen.includes(i)) continue;
    const [y, x] = [Math.floor(i / patch.width), i % patch.width];
    let nearest = Infinity;
    for (const other of chosen) {
      const [dy, dx] = [y - Math.floor(other / patch.width), x - (other % patch.width)];
      nearest = Math.min(nearest, dy * dy + dx * dx);
    }
    if (nearest > bestDistance) [best, bestDistance] = [i, nearest];
  }
  return best;
}
