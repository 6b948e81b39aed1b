/**
 * What a round brush covers when it is dragged along points, with one radius or one per point.
 *
 * Between two points of different radius the brush covers a round cone: all discs on the way with the radius between.
 */

import type { BoundingBox, Point } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** Half of a 1,024-pixel brush: larger is a mistake of units. */
export const strokeRadiusPxMax = 512;

/** A minute of drawing at 120 events per second. */
export const strokePointsMax = 7_200;

/** One radius for the whole stroke, or one per point, in pixels. */
type Radius = number | readonly number[];

const radiusAt = (radius: Radius, k: number): number =>
  typeof radius === "number" ? radius : (radius[k] as number);

/**
 * @throws FoundryError `edit.invalid` for no or too many points, points that are not numbers, a radius out of range, or
 *         another number of radii than points.
 */
export function checkStroke(points: readonly Point[], radiusPx: Radius): void {
  const radii = typeof radiusPx === "number" ? [radiusPx] : radiusPx;
  const isWrong =
    points.length === 0 ||
    points.length > strokePointsMax ||
    (typeof radiusPx !== "number" && radii.length !== points.length) ||
    !radii.every((radius) => radius >= 0 && radius <= strokeRadiusPxMax) ||
    points.some(({ y, x }) => !Number.isFinite(y) || !Number.isFinite(x));
  if (!isWrong) return;
  throw new FoundryError("edit.invalid", {
    message: `A stroke needs 1 to ${strokePointsMax} points and a radius of 0 to ${strokeRadiusPxMax} pixels.`,
    details: { points: points.length, radiusPx: typeof radiusPx === "number" ? radiusPx : radii.length },
  });
}

/** Box of all pixels a stroke may cover; not cut to any image. */
export function strokeBox(points: readonly Point[], radiusPx: Radius): BoundingBox {
  let y0 = Infinity;
  let x0 = Infinity;
  let y1 = -Infinity;
  let x1 = -Infinity;
  points.forEach(({ y, x }, k) => {
    const radius = radiusAt(radiusPx, k);
    y0 = Math.min(y0, y - radius);
    x0 = Math.min(x0, x - radius);
    y1 = Math.max(y1, y + radius);
    x1 = Math.max(x1, x + radius);
  });
  return [Math.floor(y0), Math.floor(x0), Math.ceil(y1) + 1, Math.ceil(x1) + 1];
}

interface Window {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * Marks the pixels whose centre lies at most the radius from the line through the points, and always the pixels the
 * points lie on. Changes `patch`. Cost: O(length x radius).
 */
export function drawStrokeInPlace(patch: Window, points: readonly Point[], radiusPx: Radius): void {
  for (let k = 0; k < points.length; k++) {
    const b = points[k] as Point;
    const a = points[Math.max(0, k - 1)] as Point;
    drawConeInPlace(patch, a, radiusAt(radiusPx, Math.max(0, k - 1)), b, radiusAt(radiusPx, k));
    markInPlace(patch, Math.round(b.y), Math.round(b.x));
  }
}

function markInPlace(patch: Window, y: number, x: number): void {
  const [row, column] = [y - patch.y0, x - patch.x0];
  if (row < 0 || column < 0 || row >= patch.height || column >= patch.width) return;
  patch.data[row * patch.width + column] = 1;
}

function drawConeInPlace(patch: Window, a: Point, radiusA: number, b: Point, radiusB: number): void {
  const larger = Math.max(radiusA, radiusB);
  const cone = coneOf(a, radiusA, b, radiusB);
  const yFrom = Math.max(patch.y0, Math.ceil(Math.min(a.y, b.y) - larger));
  const yEnd = Math.min(patch.y0 + patch.height, Math.floor(Math.max(a.y, b.y) + larger) + 1);
  for (let y = yFrom; y < yEnd; y++) {
    const [from, end] = capsuleReach(a, b, larger, y);
    const xFrom = Math.max(patch.x0, Math.ceil(from));
    const xEnd = Math.min(patch.x0 + patch.width, Math.floor(end) + 1);
    const row = (y - patch.y0) * patch.width - patch.x0;
    for (let x = xFrom; x < xEnd; x++) if (inCone(cone, y, x)) patch.data[row + x] = 1;
  }
}

interface Cone {
  readonly a: Point;
  readonly dy: number;
  readonly dx: number;
  readonly squared: number;
  readonly radius: number;
  /** Radius gained from a to b. */
  readonly gain: number;
  /**
   * Way along the segment, per pixel of distance from its line, by which the disc that reaches farthest lies ahead; 0
   * for one radius, infinite when one disc holds the other.
   */
  readonly lean: number;
}

function coneOf(a: Point, radius: number, b: Point, radiusB: number): Cone {
  const [dy, dx] = [b.y - a.y, b.x - a.x];
  const squared = dy * dy + dx * dx;
  const gain = radiusB - radius;
  return { a, dy, dx, squared, radius, gain, lean: leanOf(gain, Math.sqrt(squared)) };
}

/** Where the reach `radius + s slope - distance` is largest along the segment: its derivative is 0 there. */
function leanOf(gain: number, length: number): number {
  if (gain === 0) return 0;
  if (Math.abs(gain) >= length) return gain > 0 ? Infinity : -Infinity;
  const slope = gain / length;
  return slope / Math.sqrt(1 - slope * slope) / length;
}

function inCone({ a, dy, dx, squared, radius, gain, lean }: Cone, y: number, x: number): boolean {
  let along = squared === 0 ? 0 : ((y - a.y) * dy + (x - a.x) * dx) / squared;
  if (lean !== 0) {
    const aside = squared === 0 ? 1 : Math.abs((y - a.y) * dx - (x - a.x) * dy) / Math.sqrt(squared);
    along = Number.isFinite(lean) ? along + lean * aside : lean > 0 ? 1 : 0;
  }
  const at = Math.max(0, Math.min(1, along));
  const [ey, ex] = [y - a.y - at * dy, x - a.x - at * dx];
  const reach = radius + at * gain;
  return ey * ey + ex * ex <= reach * reach + 1e-9;
}

/** Columns that can be within the radius of the segment in row y: the part of the segment near the row, widened. */
function capsuleReach(a: Point, b: Point, radiusPx: number, y: number): readonly [number, number] {
  const dy = b.y - a.y;
  let from = 0;
  let end = 1;
  if (dy !== 0) {
    const [first, second] = [(y - radiusPx - a.y) / dy, (y + radiusPx - a.y) / dy];
    from = Math.max(0, Math.min(first, second));
    end = Math.min(1, Math.max(first, second));
  }
  const [x0, x1] = [a.x + from * (b.x - a.x), a.x + end * (b.x - a.x)];
  return [Math.min(x0, x1) - radiusPx, Math.max(x0, x1) + radiusPx];
}
