/**
 * Sums over the pixels of each cell of a frame, from which all its measurements follow by arithmetic.
 *
 * Gathered from a label image in one pass, or cell by cell from shapes, where cells may lie on each other.
 */
import type { LabelImage, Plane } from "../array/index.ts";
import { forEachRun, type ObjectShape, shapeContains } from "../labels/index.ts";

/** Places in the row of sums of a label. */
export const sum = {
  area: 0,
  y: 1,
  x: 2,
  yy: 3,
  xx: 4,
  xy: 5,
  v: 6,
  vv: 7,
  vvv: 8,
  min: 9,
  max: 10,
  step: 11,
  steps: 12,
  rim: 13,
};
export const sumCount = 14;

/** A cell of a frame by its own pixels. */
export interface LabelledShape {
  readonly label: number;
  readonly shape: ObjectShape;
}

export interface Sums {
  readonly labels: number[];
  /** First pixel of each label: sums are taken from there, so that far corners lose no digits. */
  readonly anchors: number[];
  values: Float64Array;
}

/** Sums of every label of a label image, in one pass over its pixels. */
export function sumPixels({ data, height, width }: LabelImage, plane: Plane | null): Sums {
  const rows = new Map<number, number>();
  const sums: Sums = { labels: [], anchors: [], values: new Float64Array(sumCount * 64) };
  let [lastLabel, base, anchorY, anchorX] = [0, 0, 0, 0];
  for (let py = 0, i = 0; py < height; py++) {
    for (let px = 0; px < width; px++, i++) {
      const label = data[i];
      if (label <= 0) continue;
      if (label !== lastLabel) {
        const row = rows.get(label) ?? addRow(sums, rows, label, i);
        lastLabel = label;
        base = row * sumCount;
        anchorY = Math.floor(sums.anchors[row] / width);
        anchorX = sums.anchors[row] % width;
      }
      const values = sums.values;
      addPlace(values, base, py - anchorY, px - anchorX);
      if (py === 0 || px === 0 || py === height - 1 || px === width - 1) values[base + sum.rim]++;
      if (plane === null) continue;
      const v = plane.data[i];
      addLight(values, base, v);
      if (px > 0 && data[i - 1] === label) addStep(values, base, v - plane.data[i - 1]);
      if (py > 0 && data[i - width] === label) addStep(values, base, v - plane.data[i - width]);
    }
  }
  return sums;
}

/**
 * Sums of cells by their own shapes, which may share pixels: the same to the last bit where they do not. What of a shape
 * lies outside the frame is left out.
 *
 * @param plane  of the frame's size, or null for shapes alone. Cost: O(pixels of the cells).
 */
export function sumShapes(
  cells: readonly LabelledShape[],
  { height, width }: { readonly height: number; readonly width: number },
  plane: Plane | null,
): Sums {
  const rows = new Map<number, number>();
  const sums: Sums = { labels: [], anchors: [], values: new Float64Array(sumCount * 64) };
  for (const { label, shape } of cells) {
    let [base, anchorY, anchorX] = [-1, 0, 0];
    forEachRun(shape, (py, from, to) => {
      if (py < 0 || py >= height) return;
      const [start, end] = [Math.max(0, from), Math.min(width, to)];
      if (base === -1 && start < end) {
        base = addRow(sums, rows, label, py * width + start) * sumCount;
        [anchorY, anchorX] = [py, start];
      }
      const { values } = sums;
      for (let px = start; px < end; px++) {
        addPlace(values, base, py - anchorY, px - anchorX);
        if (py === 0 || px === 0 || py === height - 1 || px === width - 1) values[base + sum.rim]++;
        if (plane === null) continue;
        const i = py * width + px;
        const v = plane.data[i];
        addLight(values, base, v);
        if (px > start) addStep(values, base, v - plane.data[i - 1]);
        if (py > 0 && shapeContains(shape, py - 1, px)) addStep(values, base, v - plane.data[i - width]);
      }
    });
  }
  return sums;
}

function addPlace(values: Float64Array, base: number, dy: number, dx: number): void {
  values[base]++;
  values[base + sum.y] += dy;
  values[base + sum.x] += dx;
  values[base + sum.yy] += dy * dy;
  values[base + sum.xx] += dx * dx;
  values[base + sum.xy] += dy * dx;
}

function addLight(values: Float64Array, base: number, v: number): void {
  values[base + sum.v] += v;
  values[base + sum.vv] += v * v;
  values[base + sum.vvv] += v * v * v;
  if (v < values[base + sum.min]) values[base + sum.min] = v;
  if (v > values[base + sum.max]) values[base + sum.max] = v;
}

function addStep(values: Float64Array, base: number, difference: number): void {
  values[base + sum.step] += Math.abs(difference);
  values[base + sum.steps]++;
}

function addRow(sums: Sums, rows: Map<number, number>, label: number, anchor: number): number {
  const row = sums.labels.length;
  rows.set(label, row);
  sums.labels.push(label);
  sums.anchors.push(anchor);
  if ((row + 1) * sumCount > sums.values.length) {
    const wider = new Float64Array(sums.values.length * 2);
    wider.set(sums.values);
    sums.values = wider;
  }
  sums.values[row * sumCount + sum.min] = Infinity;
  sums.values[row * sumCount + sum.max] = -Infinity;
  return row;
}
