/**
 * Outlines of objects along the edges of their pixels.
 *
 * Exact: filling a ring gives the object back. Pixel centres are at integers, so corners lie at halves. Seen with y
 * downwards, outer rings run clockwise and rings of holes counter-clockwise; only corners where the direction changes are
 * kept. Pixels that touch by a corner belong to one ring, as objects are 8-connected.
 */

import type { LabelImage } from "../array/index.ts";
import { type ObjectShape, shapeToMask } from "./object-shape.ts";
import { objectShapesFromLabels } from "./shapes-from-labels.ts";

export interface OutlineRing {
  readonly hole: boolean;
  /** y0, x0, y1, x1, …; the last corner joins the first. */
  readonly points: Float32Array;
}

/** Rings of every object by label, ascending; outer rings and holes in scan order of their first edge. Cost: O(pixels). */
export function labelsToOutlines(labels: LabelImage): Map<number, readonly OutlineRing[]> {
  const outlines = new Map<number, readonly OutlineRing[]>();
  for (const [label, shape] of objectShapesFromLabels(labels)) outlines.set(label, shapeToOutline(shape));
  return outlines;
}

/** Directions of travel along pixel edges, clockwise: right, down, left, up. */
const stepY = [0, 1, 0, -1] as const;
const stepX = [1, 0, -1, 0] as const;

/** Rings of one object. Cost: O(area of its box). */
export function shapeToOutline(shape: ObjectShape): readonly OutlineRing[] {
  const { height, width, data } = shapeToMask(shape);
  const [top, left] = shape.bbox;
  const inside = (y: number, x: number): boolean =>
    y >= 0 && x >= 0 && y < height && x < width && data[y * width + x] === 1;
  /** Top edges already walked, as the pixel below them. */
  const walked = new Uint8Array(height * width);
  const rings: OutlineRing[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (walked[y * width + x] === 1 || !inside(y, x) || inside(y - 1, x)) continue;
      rings.push(walkRing(inside, walked, width, y, x, top, left));
    }
  }
  return rings;
}

/** Walks with the object on the right hand, from the left end of the top edge of pixel (y0, x0). */
function walkRing(
  inside: (y: number, x: number) => boolean,
  walked: Uint8Array,
  width: number,
  y0: number,
  x0: number,
  top: number,
  left: number,
): OutlineRing {
  const points: number[] = [];
  let doubleArea = 0;
  let y = y0;
  let x = x0;
  let direction = 0;
  do {
    if (direction === 0) walked[y * width + x] = 1;
    const [fromY, fromX] = [y, x];
    y += stepY[direction] as number;
    x += stepX[direction] as number;
    doubleArea += fromX * y - x * fromY;
    const turned = turn(inside, y, x, direction);
    if (turned !== direction) points.push(top + y - 0.5, left + x - 0.5);
    direction = turned;
  } while (y !== y0 || x !== x0 || direction !== 0);
  // The walk ends where it began; its first corner was pushed last.
  const rotated = [...points.slice(-2), ...points.slice(0, -2)];
  return { hole: doubleArea < 0, points: Float32Array.from(rotated) };
}

/** Next direction at corner (y, x): left when the pixel ahead on the left belongs to the object, else straight, else right. */
function turn(inside: (y: number, x: number) => boolean, y: number, x: number, direction: number): number {
  // The four pixels around a corner, clockwise from the upper left; ahead-left and ahead-right follow from the direction.
  const around = [inside(y - 1, x - 1), inside(y - 1, x), inside(y, x), inside(y, x - 1)];
  const aheadLeft = around[(direction + 1) % 4];
  const aheadRight = around[(direction + 2) % 4];
  if (aheadLeft) return (direction + 3) % 4;
  return aheadRight ? direction : (direction + 1) % 4;
}
