/**
 * The square that the prompt network looks at: where it lies on the image and how large its pixels are.
 *
 * The network always sees `viewSide` pixels with cells about `cellPx` across; the scale does the rest. One separable
 * filter cuts and resizes at once (triangle of the width of a view's pixel when shrinking, bilinear when enlarging), and the
 * image's edge is repeated, so training, server and browser see the same numbers of the same pixels.
 */
import type { BoundingBox, Plane, Point } from "#core/array/index.ts";
import { percentiles } from "#core/image/index.ts";

/** Side of the view, pixels of the network: three to four cells wide, a multiple of the network's stride. */
export const viewSide = 96;

/** Diameter that a cell of usual size has in a view, pixels of the network. */
export const cellPx = 28;

/** A box of a person, and so the cell in it, is at most this long in the view: room to be wrong on each side. */
const boxPxMax = 64;

/** Beyond, pixels of the image are no longer worth looking at one by one, or a cell is a dot. */
const scaleMin = 1 / 32;
const scaleMax = 8;

/** `centre` in pixels of the image (pixel centres are whole numbers); `scale` pixels of the network per pixel of it. */
export interface PromptView {
  readonly centre: Point;
  readonly scale: number;
}

/** Part of a plane of `height` x `width` pixels, from row `y0` and column `x0` on. */
export interface PixelWindow {
  readonly y0: number;
  readonly x0: number;
  readonly plane: Plane;
}

const boundedScale = (scale: number): number => Math.min(scaleMax, Math.max(scaleMin, scale));

/** The view around a place, for cells of that diameter in pixels of the image. */
export const viewAround = (centre: Point, diameterPx: number): PromptView => ({
  centre,
  scale: boundedScale(cellPx / Math.max(1, diameterPx)),
});

/** The view for a box that a person drew around a cell. @param box  half-open, pixels of the image, not empty. */
export function viewOfBox([y0, x0, y1, x1]: BoundingBox): PromptView {
  const [height, width] = [y1 - y0, x1 - x0];
  const diameter = Math.sqrt(height * width);
  const scale = Math.min(cellPx / diameter, boxPxMax / Math.max(height, width));
  return { centre: { y: (y0 + y1 - 1) / 2, x: (x0 + x1 - 1) / 2 }, scale: boundedScale(scale) };
}

/** A place of the image in pixels of the view; pixel centres are whole numbers in both. */
export const inView = ({ centre, scale }: PromptView, { y, x }: Point): Point => ({
  y: (y - centre.y) * scale + (viewSide - 1) / 2,
  x: (x - centre.x) * scale + (viewSide - 1) / 2,
});

/** A place of the view in pixels of the image. */
export const ofView = ({ centre, scale }: PromptView, { y, x }: Point): Point => ({
  y: (y - (viewSide - 1) / 2) / scale + centre.y,
  x: (x - (viewSide - 1) / 2) / scale + centre.x,
});

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** Pixels of the image that a view is made of; null when it shows none of it. Half-open. */
export function boxOfView(view: PromptView, { height, width }: ImageSize): BoundingBox | null {
  const margin = Math.max(1, 1 / view.scale) + 1;
  const from = ofView(view, { y: 0, x: 0 });
  const to = ofView(view, { y: viewSide - 1, x: viewSide - 1 });
  const y0 = Math.max(0, Math.floor(from.y - margin));
  const x0 = Math.max(0, Math.floor(from.x - margin));
  const y1 = Math.min(height, Math.ceil(to.y + margin) + 1);
  const x1 = Math.min(width, Math.ceil(to.x + margin) + 1);
  return y0 < y1 && x0 < x1 ? [y0, x0, y1, x1] : null;
}

/** What one line of the view reads: `count` weights from position `first` of the window on. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

function tapsOf(centre: number, scale: number, origin: number, length: number): Taps {
  const support = Math.max(1, 1 / scale);
  const first = new Int32Array(viewSide);
  const weights: Float64Array[] = [];
  const inside = (at: number): number => Math.min(length - 1, Math.max(0, at));
  for (let i = 0; i < viewSide; i++) {
    const at = (i - (viewSide - 1) / 2) / scale + centre - origin;
    const [start, end] = [Math.floor(at - support) + 1, Math.ceil(at + support)];
    const [low, high] = [inside(start), inside(end - 1)];
    const row = new Float64Array(high - low + 1);
    let total = 0;
    for (let j = start; j < end; j++) {
      const weight = 1 - Math.abs(j - at) / support;
      if (weight <= 0) continue;
      row[inside(j) - low] = (row[inside(j) - low] as number) + weight;
      total += weight;
    }
    first[i] = low;
    weights.push(row.map((weight) => weight / total));
  }
  return { first, weights };
}

/**
 * The pixels of a view, before normalisation.
 *
 * @param window  holds `boxOfView` of the view; its edges stand for the image's where the view goes on behind them.
 * @returns float32, axes yx, `viewSide` squared. Values that are not finite count as 0. Cost: O(view + window pixels).
 */
export function cutView({ y0, x0, plane }: PixelWindow, { centre, scale }: PromptView): Float32Array {
  const { height, width, data } = plane;
  const down = tapsOf(centre.y, scale, y0, height);
  const across = tapsOf(centre.x, scale, x0, width);
  const rows = new Float64Array(height * viewSide);
  for (let y = 0; y < height; y++)
    for (let i = 0; i < viewSide; i++) {
      const weights = across.weights[i] as Float64Array;
      const start = y * width + (across.first[i] as number);
      let sum = 0;
      for (let k = 0; k < weights.length; k++) {
        const value = data[start + k] as number;
        if (Number.isFinite(value)) sum += (weights[k] as number) * value;
      }
      rows[y * viewSide + i] = sum;
    }
  const out = new Float32Array(viewSide * viewSide);
  for (let i = 0; i < viewSide; i++) {
    const weights = down.weights[i] as Float64Array;
    for (let k = 0; k < weights.length; k++) {
      const from = ((down.first[i] as number) + k) * viewSide;
      const weight = weights[k] as number;
      for (let x = 0; x < viewSide; x++)
        out[i * viewSide + x] = (out[i * viewSide + x] as number) + weight * (rows[from + x] as number);
    }
  }
  return out;
}

/** Percentiles of the view that become 0 and 1, as for the segmentation models. */
const [lowPercent, highPercent] = [1, 99.8];
// As for the segmentation models: beyond are hot pixels and dust.
const [normalisedMin, normalisedMax] = [-1, 4];

/**
 * A view at the brightness the network knows: by its own percentiles, so that a dim cell is seen as well as a bright one and
 * nothing but the view has to be read of a large image. All zeros for a view without contrast.
 */
export function normaliseView(pixels: Float32Array): Float32Array {
  const plane = { dtype: "float32", height: viewSide, width: viewSide, data: pixels } as Plane<"float32">;
  const [low, high] = percentiles(plane, [lowPercent, highPercent]) as [number, number];
  if (!(high > low)) return new Float32Array(pixels.length);
  return pixels.map((value) =>
    Math.min(normalisedMax, Math.max(normalisedMin, (value - low) / (high - low))),
  );
}
