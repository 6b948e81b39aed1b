/**
 * Detections of a frame from its label image and the image itself, in one pass over the pixels.
 *
 * Sums per label are gathered row by row; everything else is arithmetic on the sums. Moments are those of pixels as
 * points, as in `measureObject`.
 */
import { assertSameShape, type LabelImage, type Plane } from "../array/index.ts";
import { detectionFeatures, type FrameDetections, neighbourCount, sideDistance } from "./detections.ts";
import { ellipseFeatures } from "./ellipse-features.ts";
import { neighbourVectors } from "./neighbour-vectors.ts";

/** Places in the row of sums of a label. */
const sum = {
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
const sumCount = 14;

interface Sums {
  readonly labels: number[];
  /** First pixel of each label: sums are taken from there, so that far corners lose no digits. */
  readonly anchors: number[];
  values: Float64Array;
}

/**
 * @param labels  label image, axes yx; 0 is background.
 * @param plane  any dtype, same size: the channel that shows the cells; `null` for shapes alone.
 * @param t  frame, from 0.
 * @returns detections in the order of their labels.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels).
 */
export function measureFrame(labels: LabelImage, plane: Plane | null, t: number): FrameDetections {
  if (plane !== null) assertSameShape(labels, plane, "Measuring needs an image of the labels' size");
  const sums = sumPixels(labels, plane);
  const order = sums.labels.map((_, row) => row).sort((a, b) => sums.labels[a] - sums.labels[b]);
  const { height, width } = labels;
  const stride = detectionFeatures.length;
  const features = new Float32Array(order.length * stride);
  const y = new Float32Array(order.length);
  const x = new Float32Array(order.length);
  for (const [i, row] of order.entries()) {
    const own = sums.values.subarray(row * sumCount, (row + 1) * sumCount);
    const anchor = sums.anchors[row];
    y[i] = Math.floor(anchor / width) + own[sum.y] / own[sum.area];
    x[i] = (anchor % width) + own[sum.x] / own[sum.area];
    const side = sideDistance(y[i], x[i], height, width);
    features.set(
      [...shapeFeatures(own), ...lightFeatures(own, plane !== null), own[sum.rim] / own[sum.area], side],
      i * stride,
    );
  }
  const names = Int32Array.from(order, (row) => sums.labels[row]);
  return {
    t,
    height,
    width,
    labels: names,
    y,
    x,
    features,
    neighbours: neighbourVectors(y, x, neighbourCount),
  };
}

function sumPixels({ data, height, width }: LabelImage, plane: Plane | null): Sums {
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
      const [dy, dx] = [py - anchorY, px - anchorX];
      values[base]++;
      values[base + sum.y] += dy;
      values[base + sum.x] += dx;
      values[base + sum.yy] += dy * dy;
      values[base + sum.xx] += dx * dx;
      values[base + sum.xy] += dy * dx;
      if (py === 0 || px === 0 || py === height - 1 || px === width - 1) values[base + sum.rim]++;
      if (plane === null) continue;
      const v = plane.data[i];
      values[base + sum.v] += v;
      values[base + sum.vv] += v * v;
      values[base + sum.vvv] += v * v * v;
      if (v < values[base + sum.min]) values[base + sum.min] = v;
      if (v > values[base + sum.max]) values[base + sum.max] = v;
      if (px > 0 && data[i - 1] === label) {
        values[base + sum.step] += Math.abs(v - plane.data[i - 1]);
        values[base + sum.steps]++;
      }
      if (py > 0 && data[i - width] === label) {
        values[base + sum.step] += Math.abs(v - plane.data[i - width]);
        values[base + sum.steps]++;
      }
    }
  }
  return sums;
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

/** Area, axes, eccentricity, and twice the angle of the long axis. */
function shapeFeatures(own: Float64Array): number[] {
  const area = own[sum.area];
  const [meanY, meanX] = [own[sum.y] / area, own[sum.x] / area];
  const momentY = own[sum.yy] / area - meanY * meanY;
  const momentX = own[sum.xx] / area - meanX * meanX;
  const momentXY = own[sum.xy] / area - meanY * meanX;
  return ellipseFeatures(area, momentY, momentX, momentXY);
}

function lightFeatures(own: Float64Array, measured: boolean): number[] {
  if (!measured) return [0, 0, 0, 0, 0, 0];
  const area = own[sum.area];
  const mean = own[sum.v] / area;
  const variance = Math.max(0, own[sum.vv] / area - mean * mean);
  const sd = Math.sqrt(variance);
  const third = own[sum.vvv] / area - 3 * mean * (own[sum.vv] / area) + 2 * mean ** 3;
  // Below a millionth of the mean the third moment is rounding.
  const skew = sd <= Math.abs(mean) * 1e-6 ? 0 : third / sd ** 3;
  const step = own[sum.steps] === 0 ? 0 : own[sum.step] / own[sum.steps];
  return [mean, sd, own[sum.min], own[sum.max], skew, mean === 0 ? 0 : step / Math.abs(mean)];
}
