/**
 * Cuts a square crop out of any number of planes, label images and weight maps under one transform.
 *
 * One resampling does shift, zoom, turn, flip and bend together. Intensities are interpolated bilinearly; labels and weights
 * take the nearest pixel, so that a label never becomes the mean of two and a weight of 0 stays 0. Where the crop leaves the
 * image, its edge pixels are repeated, as prediction does; label, weight and validity are 0 there.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { bendAtInPlace } from "./bend.ts";
import type { CropTransform } from "./geometric.ts";

/** All of one size. */
export interface CutSource {
  readonly planes: readonly Plane<"float32">[];
  readonly labels: readonly LabelImage[];
  /** Weight maps, row-major; default none. */
  readonly weights?: readonly Float32Array[] | undefined;
}

export interface CutPlanes {
  readonly planes: readonly Plane<"float32">[];
  readonly labels: readonly LabelImage[];
  readonly weights: readonly Float32Array[];
  /** 1 where the crop lies inside the image. */
  readonly valid: Uint8Array;
}

/** @returns squares of `cropSize`, in the order of `source`. Cost: O(cropSize² x planes). Arguments are not changed. */
export function cutPlanes(source: CutSource, transform: CropTransform, cropSize: number): CutPlanes {
  const first = source.planes[0] ?? source.labels[0];
  assert(first !== undefined, "a crop needs a plane");
  const { height, width } = first;
  const pixels = cropSize * cropSize;
  const { weights: maps = [] } = source;
  const planes = source.planes.map(() => new Float32Array(pixels));
  const labels = source.labels.map(() => new Int32Array(pixels));
  const weights = maps.map(() => new Float32Array(pixels));
  const valid = new Uint8Array(pixels);
  const visit = visitorOf(transform, cropSize, height, width);
  visit((at, y0, x0, y1, x1, fy, fx, inside) => {
    for (let p = 0; p < planes.length; p++) {
      const from = (source.planes[p] as Plane<"float32">).data;
      const top = (from[y0 * width + x0] as number) * (1 - fx) + (from[y0 * width + x1] as number) * fx;
      const bottom = (from[y1 * width + x0] as number) * (1 - fx) + (from[y1 * width + x1] as number) * fx;
      (planes[p] as Float32Array)[at] = top * (1 - fy) + bottom * fy;
    }
    if (!inside) return;
    valid[at] = 1;
    const nearest = (fy < 0.5 ? y0 : y1) * width + (fx < 0.5 ? x0 : x1);
    for (let l = 0; l < labels.length; l++)
      (labels[l] as Int32Array)[at] = (source.labels[l] as LabelImage).data[nearest] as number;
    for (let m = 0; m < weights.length; m++)
      (weights[m] as Float32Array)[at] = (maps[m] as Float32Array)[nearest] as number;
  });
  const size = { height: cropSize, width: cropSize };
  return {
    planes: planes.map((data) => ({ dtype: "float32", ...size, data })),
    labels: labels.map((data) => ({ dtype: "int32", ...size, data })),
    weights,
    valid,
  };
}

/** Index in the crop, the four neighbours in the source, how far between them, and whether the place lies in the source. */
type Visit = (
  at: number,
  y0: number,
  x0: number,
  y1: number,
  x1: number,
  fy: number,
  fx: number,
  inside: boolean,
) => void;

/** Walks over the pixels of the crop; places outside are moved to the nearest edge. */
function visitorOf(
  { centreY, centreX, matrix: [a, b, c, d], bend }: CropTransform,
  cropSize: number,
  height: number,
  width: number,
): (visit: Visit) => void {
  const middle = (cropSize - 1) / 2;
  const shift = new Float64Array(2);
  return (visit) => {
    for (let y = 0, at = 0; y < cropSize; y++) {
      for (let x = 0; x < cropSize; x++, at++) {
        if (bend !== undefined) bendAtInPlace(bend, y, x, shift);
        const ty = y - middle + (shift[0] as number);
        const tx = x - middle + (shift[1] as number);
        const sy = centreY + a * ty + b * tx;
        const sx = centreX + c * ty + d * tx;
        const inside = !(sy < -0.5 || sx < -0.5 || sy > height - 0.5 || sx > width - 0.5);
        const y0 = Math.min(height - 1, Math.max(0, Math.floor(sy)));
        const x0 = Math.min(width - 1, Math.max(0, Math.floor(sx)));
        visit(
          at,
          y0,
          x0,
          Math.min(height - 1, y0 + 1),
          Math.min(width - 1, x0 + 1),
          Math.min(1, Math.max(0, sy - y0)),
          Math.min(1, Math.max(0, sx - x0)),
          inside,
        );
      }
    }
  };
}
