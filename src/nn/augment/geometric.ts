/**
 * Where a crop is cut and how it is turned: random similarity transforms. The cutting itself is `cut-planes.ts`.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import type { Rng } from "#core/rng.ts";
import type { Bend } from "./bend.ts";
import { cutPlanes } from "./cut-planes.ts";

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

/** Source = centre + matrix · (target + bend - middle of the crop). */
export interface CropTransform {
  readonly centreY: number;
  readonly centreX: number;
  /** Row-major 2x2. */
  readonly matrix: readonly [number, number, number, number];
  /** Shifts in pixels of the crop, applied before the matrix. */
  readonly bend?: Bend | undefined;
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

/** One plane and its labels; see `cutPlanes`. */
export function cutCrop(
  source: { readonly plane: Plane<"float32">; readonly labels: LabelImage },
  transform: CropTransform,
  cropSize: number,
): Crop {
  const { planes, labels, valid } = cutPlanes(
    { planes: [source.plane], labels: [source.labels] },
    transform,
    cropSize,
  );
  return { plane: planes[0] as Plane<"float32">, labels: labels[0] as LabelImage, valid };
}
