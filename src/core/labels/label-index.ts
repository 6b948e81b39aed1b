/**
 * The labels of an image, numbered 0 to n-1 in ascending order, with box and area of each.
 *
 * Every per-object algorithm here works on this dense numbering. Labels may be sparse (up to 2^31 - 1): when the
 * largest is not far above the number of pixels the way from label to index is a table, otherwise a hash map.
 */

import type { LabelImage } from "../array/index.ts";

export interface LabelIndex {
  /** Labels present, ascending, all above 0. */
  readonly labels: Int32Array;
  /** Four numbers per label: y0, x0, y1, x1 (half-open). */
  readonly boxes: Int32Array;
  /** Pixels per label. */
  readonly areas: Int32Array;
  /** Dense index of a label that is present; -1 for any other. */
  readonly indexOf: (label: number) => number;
}

/** A table of this many entries costs less than hashing; 2^22 entries are 16 MiB. */
const tableSizeMax = 2 ** 22;

/** Numbers the labels of an image. Values up to 0 are background. Cost: O(pixels + labels log labels). */
export function indexLabels(image: LabelImage): LabelIndex {
  const { data } = image;
  let largest = 0;
  for (let i = 0; i < data.length; i++) if ((data[i] as number) > largest) largest = data[i] as number;
  if (largest < tableSizeMax || largest <= 2 * data.length) return indexByTable(image, largest);
  return indexByMap(image);
}

function indexByTable(image: LabelImage, largest: number): LabelIndex {
  const { data } = image;
  const table = new Int32Array(largest + 1).fill(-1);
  for (let i = 0; i < data.length; i++) if ((data[i] as number) > 0) table[data[i] as number] = 0;
  let count = 0;
  for (let label = 1; label <= largest; label++) if (table[label] === 0) table[label] = count++;
  const labels = new Int32Array(count);
  for (let label = 1; label <= largest; label++) {
    if ((table[label] as number) >= 0) labels[table[label] as number] = label;
  }
  return measure(image, labels, (label) => table[label] ?? -1);
}

function indexByMap(image: LabelImage): LabelIndex {
  const present = new Set<number>();
  let last = 0;
  for (const label of image.data) {
    if (label !== last && label > 0) present.add(label);
    last = label;
  }
  const labels = Int32Array.from(present).sort();
  const table = new Map<number, number>();
  labels.forEach((label, k) => {
    table.set(label, k);
  });
  return measure(image, labels, (label) => table.get(label) ?? -1);
}

function measure(image: LabelImage, labels: Int32Array, indexOf: (label: number) => number): LabelIndex {
  const { height, width, data } = image;
  const boxes = new Int32Array(labels.length * 4);
  const areas = new Int32Array(labels.length);
  for (let k = 0; k < labels.length; k++) {
    boxes[4 * k] = height;
    boxes[4 * k + 1] = width;
  }
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; ) {
      const label = data[row + x] as number;
      const start = x++;
      while (x < width && data[row + x] === label) x++;
      if (label <= 0) continue;
      const k = indexOf(label);
      areas[k] = (areas[k] as number) + x - start;
      if ((boxes[4 * k] as number) > y) boxes[4 * k] = y;
      if ((boxes[4 * k + 1] as number) > start) boxes[4 * k + 1] = start;
      boxes[4 * k + 2] = y + 1;
      if ((boxes[4 * k + 3] as number) < x) boxes[4 * k + 3] = x;
    }
  }
  return { labels, boxes, areas, indexOf };
}
