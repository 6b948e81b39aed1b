/** Whether the image shows a cell where one is proposed: its contrast there over the contrast of the same cell elsewhere. */
import { forEachRun, type ObjectShape } from "../../labels/index.ts";
import type { RepairFrame } from "./linked-window.ts";

/** Width of the surroundings that a cell is compared with, pixels. */
const surroundingsPx = 4;
/** Fewer pixels around a cell say nothing. */
const surroundingPixelsMin = 8;

/**
 * @returns about 1 where the cell is as visible as in the frame that it is known from, 0 where nothing shows; `null` when
 * there is no image, or the cell does not stand out in its own frame either. Cost: O(pixels around both).
 */
export function imageSupport(
  proposed: ObjectShape,
  inFrame: RepairFrame,
  known: ObjectShape,
  knownFrame: RepairFrame,
): number | null {
  const own = contrastOf(known, knownFrame);
  const there = contrastOf(proposed, inFrame);
  if (own === null || there === null || Math.abs(own.contrast) < own.spread) return null;
  return there.contrast / own.contrast;
}

/** Mean inside less mean of the background around, and the standard deviation of that background. */
function contrastOf(
  shape: ObjectShape,
  { plane, labels }: RepairFrame,
): { readonly contrast: number; readonly spread: number } | null {
  if (plane === null) return null;
  const { width, height } = labels;
  const [y0, x0, y1, x1] = shape.bbox;
  const [top, left] = [Math.max(0, y0 - surroundingsPx), Math.max(0, x0 - surroundingsPx)];
  const [bottom, right] = [Math.min(height, y1 + surroundingsPx), Math.min(width, x1 + surroundingsPx)];
  const inside = new Uint8Array((bottom - top) * (right - left));
  let [sum, count] = [0, 0];
  forEachRun(shape, (y, from, to) => {
    for (let x = from; x < to; x++) {
      inside[(y - top) * (right - left) + x - left] = 1;
      sum += plane.data[y * width + x]!;
      count++;
    }
  });
  let [around, squares, pixels] = [0, 0, 0];
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      if (inside[(y - top) * (right - left) + x - left] === 1 || labels.data[y * width + x]! > 0) continue;
      const value = plane.data[y * width + x]!;
      around += value;
      squares += value * value;
      pixels++;
    }
  if (count === 0 || pixels < surroundingPixelsMin) return null;
  const middle = around / pixels;
  return {
    contrast: sum / count - middle,
    spread: Math.sqrt(Math.max(0, squares / pixels - middle * middle)),
  };
}
