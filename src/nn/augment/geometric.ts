/**
 * Cuts a square crop out of an image and its labels under a random similarity transform.
 *
 * One resampling does shift, zoom, turn and flip together. Intensities are interpolated bilinearly, labels take the
 * nearest pixel. Where the crop leaves the image, intensity, label and validity are 0; training gives such pixels no
 * weight.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import type { Rng } from "#core/rng.ts";

export interface GeometricSettings {
  readonly zoomMin: number;
  readonly zoomMax: number;
  readonly freeRotation: boolean;
}

export interface Crop {
  readonly plane: Plane<"float32">;
  readonly labels: LabelImage;
  /** 1 where the crop lies inside the image. */
  readonly valid: Uint8Array;
}

/** Source = centre + matrix · (target - middle of the crop). */
export interface CropTransform {
  readonly centreY: number;
  readonly centreX: number;
  /** Row-major 2x2. */
  readonly matrix: readonly [number, number, number, number];
}

/** Exact cosine and sine of quarter turns, so that they move pixels without interpolation. */
const QUARTERS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Draws a transform: where, how large, turned and flipped how. The crop lies inside the image as far as it fits. */
export function randomTransform(
  random: Rng,
  size: { readonly height: number; readonly width: number },
  cropSize: number,
  settings: GeometricSettings,
): CropTransform {
  const zoom = settings.zoomMin * (settings.zoomMax / settings.zoomMin) ** random.next();
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = settings.freeRotation ? [Math.cos(angle), Math.sin(angle)] : random.pick(QUARTERS);
  const flip = random.chance(0.5) ? -1 : 1;
  const reach = cropSize / zoom;
  const place = (length: number): number => {
    const room = length - reach;
    // A window larger than the image is centred on it, give or take an eighth of the window.
    return room > 0
      ? reach / 2 + room * random.next() - 0.5
      : length / 2 - 0.5 + random.uniform(-1, 1) * (reach / 8);
  };
  return {
    centreY: place(size.height),
    centreX: place(size.width),
    matrix: [cos / zoom, (-sin * flip) / zoom, sin / zoom, (cos * flip) / zoom],
  };
}

/** Applies a transform. `source` planes have equal size; the result is cropSize x cropSize. Cost: O(cropSize²). */
export function cutCrop(
  source: { readonly plane: Plane<"float32">; readonly labels: LabelImage },
  transform: CropTransform,
  cropSize: number,
): Crop {
  const { height, width } = source.plane;
  const from = source.plane.data;
  const fromLabels = source.labels.data;
  const [a, b, c, d] = transform.matrix;
  const middle = (cropSize - 1) / 2;
  const data = new Float32Array(cropSize * cropSize);
  const labels = new Int32Array(cropSize * cropSize);
  const valid = new Uint8Array(cropSize * cropSize);
  for (let y = 0, at = 0; y < cropSize; y++) {
    for (let x = 0; x < cropSize; x++, at++) {
      const sy = transform.centreY + a * (y - middle) + b * (x - middle);
      const sx = transform.centreX + c * (y - middle) + d * (x - middle);
      if (sy < -0.5 || sx < -0.5 || sy > height - 0.5 || sx > width - 0.5) continue;
      const y0 = Math.max(0, Math.floor(sy));
      const x0 = Math.max(0, Math.floor(sx));
      const y1 = Math.min(height - 1, y0 + 1);
      const x1 = Math.min(width - 1, x0 + 1);
      const fy = Math.max(0, sy - y0);
      const fx = Math.max(0, sx - x0);
      const top = (from[y0 * width + x0] as number) * (1 - fx) + (from[y0 * width + x1] as number) * fx;
      const bottom = (from[y1 * width + x0] as number) * (1 - fx) + (from[y1 * width + x1] as number) * fx;
      data[at] = top * (1 - fy) + bottom * fy;
      labels[at] = fromLabels[(fy < 0.5 ? y0 : y1) * width + (fx < 0.5 ? x0 : x1)] as number;
      valid[at] = 1;
    }
  }
  const size = { height: cropSize, width: cropSize };
  return {
    plane: { dtype: "float32", ...size, data },
    labels: { dtype: "int32", ...size, data: labels },
    valid,
  };
}
