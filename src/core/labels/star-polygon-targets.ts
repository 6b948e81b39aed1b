/**
 * What a perfect star-convex network would answer: from labels to probability and rays.
 *
 * Each pixel of an object looks out along n rays of equal angles; a ray's length is the way to the object's border, which
 * lies half-way between the last pixel of the object and the first beyond it. The probability is the distance to the
 * border over the object's greatest, so that central pixels win. Used to test the decoder and to measure what the
 * description loses: parts of an object that its centre cannot see.
 * Source: Schmidt, Weigert, Broaddus, Myers, "Cell Detection with Star-Convex Polygons", MICCAI 2018.
 */

import type { LabelImage, Plane } from "../array/index.ts";
import { distanceTransform } from "./distance.ts";
import { indexLabels } from "./label-index.ts";

export interface StarTargets {
  /** 0..1, float32, axes yx, one value per grid point. */
  readonly probability: Plane<"float32">;
  /** Pixels of the image, [ray, y, x] row-major; ray k points at angle 2 pi k / rays, from +x towards +y. */
  readonly distances: Float32Array;
  readonly rays: number;
  /** Pixels of the image per grid point, the same in y and x. */
  readonly grid: number;
}

/**
 * @param options.rays  3 or more; default 32, as in the published models.
 * @param options.grid  1 or more; default 1. Grid point (i, j) stands at pixel (grid i, grid j).
 * Cost: O(object pixels x rays x object radius).
 */
export function starTargets(
  labels: LabelImage,
  options: { readonly rays?: number; readonly grid?: number } = {},
): StarTargets {
  const { rays = 32, grid = 1 } = options;
  const [height, width] = [Math.ceil(labels.height / grid), Math.ceil(labels.width / grid)];
  const probability = new Float32Array(height * width);
  const distances = new Float32Array(rays * height * width);
  const depth = depthOverGreatest(labels);
  const [dy, dx] = rayDirections(rays);
  for (let i = 0, at = 0; i < height; i++) {
    for (let j = 0; j < width; j++, at++) {
      const pixel = i * grid * labels.width + j * grid;
      if ((labels.data[pixel] as number) <= 0) continue;
      probability[at] = depth[pixel] as number;
      for (let k = 0; k < rays; k++) {
        distances[k * height * width + at] = rayLength(labels, i * grid, j * grid, dy[k]!, dx[k]!);
      }
    }
  }
  return { probability: { dtype: "float32", height, width, data: probability }, distances, rays, grid };
}

/** Components (y, x) of the unit vectors of `rays` equal angles, from +x towards +y. */
export function rayDirections(rays: number): [dy: Float64Array, dx: Float64Array] {
  const angle = (_: unknown, k: number): number => (2 * Math.PI * k) / rays;
  const angles = Array.from({ length: rays }, angle);
  return [Float64Array.from(angles, Math.sin), Float64Array.from(angles, Math.cos)];
}

function depthOverGreatest(labels: LabelImage): Float32Array {
  const distance = distanceTransform(labels, { edge: "closed" }).data;
  const index = indexLabels(labels);
  const greatest = new Float32Array(index.labels.length);
  for (let i = 0; i < distance.length; i++) {
    const k = index.indexOf(labels.data[i] as number);
    if (k >= 0 && (distance[i] as number) > (greatest[k] as number)) greatest[k] = distance[i] as number;
  }
  for (let i = 0; i < distance.length; i++) {
    const k = index.indexOf(labels.data[i] as number);
    if (k >= 0) distance[i] = (distance[i] as number) / (greatest[k] as number);
  }
  return distance;
}

/** Steps of one pixel along the longer axis until the object is left; the border lies half a step before. */
function rayLength(
  { height, width, data }: LabelImage,
  y: number,
  x: number,
  dy: number,
  dx: number,
): number {
  const step = 1 / Math.max(Math.abs(dy), Math.abs(dx));
  const label = data[y * width + x];
  for (let n = 1; ; n++) {
    const [toY, toX] = [Math.round(y + n * step * dy), Math.round(x + n * step * dx)];
    const inside = toY >= 0 && toY < height && toX >= 0 && toX < width;
    if (!inside || data[toY * width + toX] !== label) return (n - 0.5) * step;
  }
}
