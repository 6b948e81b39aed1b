/**
 * The labels of an image, numbered 0 to n-1 in ascending order, with box and area of each.
 *
 * Every per-object algorithm here works on this dense numbering. Labels may be sparse (up to 2^31 - 1): when the
 * largest is not far above the number of pixels the way from label to index is a table, otherwise a hash map.
 */

import type { LabelImage } from "../array/index.ts";
import { objectRuns, type RowRuns } from "./row-runs.ts";

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
  return indexRuns(objectRuns(image), image);
}

/** The same for an image whose runs are known. Cost: O(runs + labels log labels). */
export function indexRuns(
  rows: RowRuns,
  { height, width }: { readonly height: number; readonly width: number },
): LabelIndex {
  const { values } = rows;
  let largest = 0;
  for (let r = 0; r < values.length; r++) largest = Math.max(largest, values[r] as number);
  const isDense = largest < tableSizeMax || largest <= 2 * height * width;
  const { labels, indexOf } = isDense ? indexByTable(values, largest) : indexByMap(values);
  return { labels, indexOf, ...measure(rows, labels.length, indexOf) };
}

type Numbering = Pick<LabelIndex, "labels" | "indexOf">;

function indexByTable(values: Int32Array, largest: number): Numbering {
  const table = new Int32Array(largest + 1).fill(-1);
  for (let r = 0; r < values.length; r++) if ((values[r] as number) > 0) table[values[r] as number] = 0;
  let count = 0;
  for (let label = 1; label <= largest; label++) if (table[label] === 0) table[label] = count++;
  const labels = new Int32Array(count);
  for (let label = 1; label <= largest; label++) {
    if ((table[label] as number) >= 0) labels[table[label] as number] = label;
  }
  return { labels, indexOf: (label) => table[label] ?? -1 };
}

function indexByMap(values: Int32Array): Numbering {
  const present = new Set<number>();
  for (const label of values) if (label > 0) present.add(label);
  const labels = Int32Array.from(present).sort();
  const table = new Map<number, number>();
  labels.forEach((label, k) => {
    table.set(label, k);
  });
  return { labels, indexOf: (label) => table.get(label) ?? -1 };
}

function measure(
  { runs, values }: RowRuns,
  count: number,
  indexOf: (label: number) => number,
): Pick<LabelIndex, "boxes" | "areas"> {
  const boxes = new Int32Array(4 * count);
  const areas = new Int32Array(count);
  for (let r = 0; r < values.length; r++) {
    const label = values[r] as number;
    if (label <= 0) continue;
    const k = indexOf(label);
    const [y, x0, x1] = [runs[3 * r] as number, runs[3 * r + 1] as number, runs[3 * r + 2] as number];
    const isFirst = areas[k] === 0;
    areas[k] = (areas[k] as number) + x1 - x0;
    if (isFirst) boxes[4 * k] = y;
    if (isFirst || (boxes[4 * k + 1] as number) > x0) boxes[4 * k + 1] = x0;
    boxes[4 * k + 2] = y + 1;
    if ((boxes[4 * k + 3] as number) < x1) boxes[4 * k + 3] = x1;
  }
  return { boxes, areas };
}
