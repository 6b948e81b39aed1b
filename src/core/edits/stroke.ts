/** What a round brush covers when it is dragged along points. */

import type { BoundingBox, Point } from "../array/index.ts";
import { FoundryError } from "../errors.ts";

/** Half of a 1,024-pixel brush: larger is a mistake of units. */
export const strokeRadiusPxMax = 512;

/** A minute of drawing at 120 events per second. */
export const strokePointsMax = 7_200;

/** @throws FoundryError `edit.invalid` for no or too many points, points that are not numbers, or a radius out of range. */
export function checkStroke(points: readonly Point[], radiusPx: number): void {
  const isWrong =
    points.length === 0 ||
    points.length > strokePointsMax ||
    !(radiusPx >= 0 && radiusPx <= strokeRadiusPxMax) ||
    points.some(({ y, x }) => !Number.isFinite(y) || !Number.isFinite(x));
  if (!isWrong) return;
  throw new FoundryError("edit.invalid", {
    message: `A stroke needs 1 to ${strokePointsMax} points and a radius of 0 to ${strokeRadiusPxMax} pixels.`,
    details: { points: points.length, radiusPx },
  });
}

/** Box of all pixels a stroke may cover; not cut to any image. */
export function strokeBox(points: readonly Point[], radiusPx: number): BoundingBox {
  let y0 = Infinity;
  let x0 = Infinity;
  let y1 = -Infinity;
  let x1 = -Infinity;
  for (const { y, x } of points) {
    y0 = Math.min(y0, y);
    x0 = Math.min(x0, x);
    y1 = Math.max(y1, y);
    x1 = Math.max(x1, x);
  }
  return [
    Math.floor(y0 - radiusPx),
    Math.floor(x0 - radiusPx),
    Math.ceil(y1 + radiusPx) + 1,
    Math.ceil(x1 + radiusPx) + 1,
  ];
}

interface Window {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * Marks the pixels whose centre lies at most `radiusPx` from the line through the points, and always the pixels the
 * points lie on. Changes `patch`. Cost: O(length x radius).
 */
export function drawStrokeInPlace(patch: Window, points: readonly Point[], radiusPx: number): void {
  for (let k = 0; k < points.length; k++) {
    const b = points[k] as Point;
    const a = points[Math.max(0, k - 1)] as Point;
    drawCapsuleInPlace(patch, a, b, radiusPx);
    markInPlace(patch, Math.round(b.y), Math.round(b.x));
  }
}

function markInPlace(patch: Window, y: number, x: number): void {
  const [row, column] = [y - patch.y0, x - patch.x0];
  if (row < 0 || column < 0 || row >= patch.height || column >= patch.width) return;
  patch.data[row * patch.width + column] = 1;
}

function drawCapsuleInPlace(patch: Window, a: Point, b: Point, radiusPx: number): void {
  const [dy, dx] = [b.y - a.y, b.x - a.x];
  const squared = dy * dy + dx * dx;
  const limit = radiusPx * radiusPx + 1e-9;
  const yFrom = Math.max(patch.y0, Math.ceil(Math.min(a.y, b.y) - radiusPx));
  const yEnd = Math.min(patch.y0 + patch.height, Math.floor(Math.max(a.y, b.y) + radiusPx) + 1);
  for (let y = yFrom; y < yEnd; y++) {
    const [from, end] = capsuleReach(a, b, radiusPx, y);
    const xFrom = Math.max(patch.x0, Math.ceil(from));
    const xEnd = Math.min(patch.x0 + patch.width, Math.floor(end) + 1);
    const row = (y - patch.y0) * patch.width - patch.x0;
    for (let x = xFrom; x < xEnd; x++) {
      const along = squared === 0 ? 0 : ((y - a.y) * dy + (x - a.x) * dx) / squared;
      const at = Math.max(0, Math.min(1, along));
      const [ey, ex] = [y - a.y - at * dy, x - a.x - at * dx];
      if (ey * ey + ex * ex <= limit) patch.data[row + x] = 1;
    }
  }
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
