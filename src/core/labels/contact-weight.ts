/**
 * Pixels that decide whether two cells stay apart, and how much more they weigh.
 *
 * Borders between touching cells are a few per cent of all pixels; at weight 1 a network can miss them at almost no
 * loss. The idea is that of the U-Net's border weight (Ronneberger 2015), milder and without its search for the two
 * nearest cells: a pixel is a contact when a small window around it holds two cells.
 */

import type { LabelImage, Plane } from "../array/index.ts";
import { distanceTransform } from "./distance.ts";

/** A window of 5 x 5: cells that touch or leave a gap of up to three pixels. */
const reachPx = 2;

/** Extra weight on a contact. */
const gain = 1;

/** The extra weight falls off as a Gaussian of this width around contacts. */
const fallPx = 2;

/** float32, axes yx: 1 far from contacts, `1 + gain` on them. Cost: O(pixels). */
export function contactWeight(labels: LabelImage): Plane<"float32"> {
  const { height, width } = labels;
  const weight = new Float32Array(height * width).fill(1);
  const result: Plane<"float32"> = { dtype: "float32", height, width, data: weight };
  const apart = contactFree(labels);
  if (apart === null) return result;
  const distance = distanceTransform({ dtype: "uint8", height, width, data: apart }).data;
  for (let i = 0; i < weight.length; i++) {
    const d = (distance[i] as number) / fallPx;
    if (d < 4) weight[i] = 1 + gain * Math.exp((-d * d) / 2);
  }
  return result;
}

/** 1 where the window holds at most one cell, 0 on contacts; `null` when there is no contact. */
function contactFree(labels: LabelImage): Uint8Array | null {
  const { height, width, data } = labels;
  // Lowest and highest label of the window, first along rows, then along columns; background does not count.
  const low = new Int32Array(data.length);
  const high = new Int32Array(data.length);
  for (let y = 0; y < height; y++) spanRowInPlace(data, low, high, y * width, width);
  const apart = new Uint8Array(data.length).fill(1);
  let found = false;
  for (let y = 0; y < height; y++) {
    const first = Math.max(0, y - reachPx) * width - y * width;
    const last = Math.min(height - 1, y + reachPx) * width - y * width;
    for (let i = y * width; i < (y + 1) * width; i++) {
      let least = low[i] as number;
      let most = high[i] as number;
      for (let j = i + first; j <= i + last; j += width) {
        if ((low[j] as number) < least) least = low[j] as number;
        if ((high[j] as number) > most) most = high[j] as number;
      }
      if (least >= most) continue;
      apart[i] = 0;
      found = true;
    }
  }
  return found ? apart : null;
}

/** Above every label: the lowest label where there is none. */
const nothing = 2 ** 31 - 1;

/** Spans of the windows of one row: within runs they are the label itself, only around their ends they are looked up. */
function spanRowInPlace(
  data: Int32Array,
  low: Int32Array,
  high: Int32Array,
  row: number,
  width: number,
): void {
  for (let x = 0; x < width; ) {
    const label = data[row + x] as number;
    const start = x++;
    while (x < width && data[row + x] === label) x++;
    low.fill(label === 0 ? nothing : label, row + start, row + x);
    high.fill(label, row + start, row + x);
    if (start > 0) spanWindowsInPlace(data, low, high, row, width, start, Math.min(x, start + reachPx));
    if (x < width) spanWindowsInPlace(data, low, high, row, width, Math.max(start, x - reachPx), x);
  }
}

function spanWindowsInPlace(
  data: Int32Array,
  low: Int32Array,
  high: Int32Array,
  row: number,
  width: number,
  from: number,
  end: number,
): void {
  for (let x = from; x < end; x++) {
    let least = nothing;
    let most = 0;
    for (let k = Math.max(0, x - reachPx); k <= Math.min(width - 1, x + reachPx); k++) {
      const label = data[row + k] as number;
      if (label === 0) continue;
      if (label < least) least = label;
      if (label > most) most = label;
    }
    low[row + x] = least;
    high[row + x] = most;
  }
}
