/**
 * How full an object is: its area over the area of its convex hull.
 *
 * The hull is taken over the corners of the pixels, so that a rectangle is exactly 1 and no object above 1. Only the
 * outermost corners on each height can be corners of the hull, and they come sorted. Hull by Andrew's monotone
 * chain (Inf. Process. Lett. 9:216, 1979).
 */

import { forEachRun, type ObjectShape, shapeArea } from "./object-shape.ts";

/**
 * @returns above 0, up to 1; a round cell of 10 pixels radius has about 0.95, two touching ones about 0.85.
 * Cost: O(box + height log height).
 */
export function solidity(shape: ObjectShape): number {
  return shapeArea(shape) / convexHullArea(shape);
}

/** Area of the convex hull of all pixels of an object, each a unit square, in pixels. */
export function convexHullArea(shape: ObjectShape): number {
  const corners = outermostCorners(shape);
  const leftSide = chain(corners);
  const rightSide = chain(corners.toReversed());
  return ringArea([...leftSide.slice(0, -1), ...rightSide.slice(0, -1)]);
}

interface Corner {
  readonly y: number;
  readonly x: number;
}

/** On every height between two rows the first and the last corner of a pixel, by y, then x. */
function outermostCorners(shape: ObjectShape): Corner[] {
  const [y0, , y1] = shape.bbox;
  const first = new Float64Array(y1 - y0 + 1).fill(Infinity);
  const last = new Float64Array(y1 - y0 + 1).fill(-Infinity);
  forEachRun(shape, (y, from, to) => {
    for (const height of [y - y0, y - y0 + 1]) {
      first[height] = Math.min(first[height] as number, from);
      last[height] = Math.max(last[height] as number, to);
    }
  });
  return Array.from(first, (x, y) => ({ y, x })).flatMap(({ y, x }) =>
    Number.isFinite(x)
      ? [
          { y, x },
          { y, x: last[y] as number },
        ]
      : [],
  );
}

/** One side of the hull, from the first to the last of the sorted corners. */
function chain(corners: readonly Corner[]): Corner[] {
  const kept: Corner[] = [];
  for (const corner of corners) {
    while (kept.length > 1 && turn(kept.at(-2) as Corner, kept.at(-1) as Corner, corner) <= 0) kept.pop();
    kept.push(corner);
  }
  return kept;
}

/** Above 0 when a -> b -> c bends to one side, below 0 to the other, 0 on a line. */
function turn(a: Corner, b: Corner, c: Corner): number {
  return (b.y - a.y) * (c.x - a.x) - (b.x - a.x) * (c.y - a.y);
}

/** Shoelace formula. */
function ringArea(ring: readonly Corner[]): number {
  let twice = 0;
  for (let i = 0; i < ring.length; i++) {
    const a = ring[i] as Corner;
    const b = ring[(i + 1) % ring.length] as Corner;
    twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice) / 2;
}
