/**
 * Detections of a frame from its label image, or from the shapes of its cells, and the image itself.
 *
 * Sums per cell are gathered over the pixels; everything else is arithmetic on the sums. Moments are those of pixels as
 * points, as in `measureObject`.
 */
import { assertSameShape, type LabelImage, type Plane } from "../array/index.ts";
import { detectionFeatures, type FrameDetections, neighbourCount, sideDistance } from "./detections.ts";
import { ellipseFeatures } from "./ellipse-features.ts";
import { type LabelledShape, type Sums, sum, sumCount, sumPixels, sumShapes } from "./frame-sums.ts";
import { neighbourVectors } from "./neighbour-vectors.ts";

/**
 * @param labels  label image, axes yx; 0 is background.
 * @param plane  any dtype, same size: the channel that shows the cells; `null` for shapes alone.
 * @param t  frame, from 0.
 * @returns detections in the order of their labels.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels).
 */
export function measureFrame(labels: LabelImage, plane: Plane | null, t: number): FrameDetections {
  if (plane !== null) assertSameShape(labels, plane, "Measuring needs an image of the labels' size");
  return detectionsOf(sumPixels(labels, plane), labels, plane !== null, t);
}

/**
 * The same from shapes: each cell is measured by its own pixels, also where others lie on it, and all have a detection.
 *
 * @param size  of the frame; what lies outside is left out. @param cells  of one focal plane, labels positive, each once.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels of the cells).
 */
export function measureShapes(
  cells: readonly LabelledShape[],
  size: { readonly height: number; readonly width: number },
  plane: Plane | null,
  t: number,
): FrameDetections {
  if (plane !== null) assertSameShape(size, plane, "Measuring needs an image of the labels' size");
  return detectionsOf(sumShapes(cells, size, plane), size, plane !== null, t);
}

function detectionsOf(
  sums: Sums,
  { height, width }: { readonly height: number; readonly width: number },
  lit: boolean,
  t: number,
): FrameDetections {
  const order = sums.labels.map((_, row) => row).sort((a, b) => sums.labels[a] - sums.labels[b]);
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
      [...shapeFeatures(own), ...lightFeatures(own, lit), own[sum.rim] / own[sum.area], side],
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
