/** A pixel that is surely of the cell, which its centroid need not be: the way back from a table to a picture. */

import { forEachRun, type ObjectShape } from "./object-shape.ts";

/** Middle of the longest run, the first of several, in image coordinates. Cost: O(runs). */
export function pixelInside(shape: ObjectShape): { readonly y: number; readonly x: number } {
  let [best, found] = [0, { y: 0, x: 0 }];
  forEachRun(shape, (y, x0, x1) => {
    if (x1 - x0 <= best) return;
    best = x1 - x0;
    found = { y, x: Math.floor((x0 + x1 - 1) / 2) };
  });
  return found;
}
