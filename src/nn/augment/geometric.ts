/**
 * Where a crop is cut and how it is turned: random similarity transforms. The cutting itself is `cut-planes.ts`.
 */
import type { Rng } from "#core/rng.ts";
import type { Bend } from "./bend.ts";

export interface GeometricSettings {
  readonly zoomMin: number;
  readonly zoomMax: number;
  /** By any angle instead of quarter turns. */
  readonly freeRotation: boolean;
  /** False keeps crops upright; default true. */
  readonly turns?: boolean | undefined;
  /** False never mirrors; default true. */
  readonly flips?: boolean | undefined;
}

/** A place of the plane that a crop shall show, pixels. */
export interface Place {
  readonly y: number;
  readonly x: number;
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

/**
 * Draws a transform: where, how large, turned and flipped how. The crop lies inside the image as far as it fits.
 *
 * @param places  one of these will lie inside the crop; default: the crop may lie anywhere.
 */
export function randomTransform(
  random: Rng,
  size: { readonly height: number; readonly width: number },
  cropSize: number,
  settings: GeometricSettings,
  places: readonly Place[] | null = null,
): CropTransform {
  const { turns = true, flips = true } = settings;
  const zoom = settings.zoomMin * (settings.zoomMax / settings.zoomMin) ** random.next();
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = !turns
    ? QUARTERS[0]
    : settings.freeRotation
      ? [Math.cos(angle), Math.sin(angle)]
      : random.pick(QUARTERS);
  const flip = flips && random.chance(0.5) ? -1 : 1;
  const reach = cropSize / zoom;
  const matrix = [cos / zoom, (-sin * flip) / zoom, sin / zoom, (cos * flip) / zoom] as const;
  const centre =
    places === null || places.length === 0
      ? { y: anywhere(random, size.height, reach), x: anywhere(random, size.width, reach) }
      : around(random, random.pick(places), size, reach, [cos, sin]);
  return { centreY: centre.y, centreX: centre.x, matrix };
}

function anywhere(random: Rng, length: number, reach: number): number {
  const room = length - reach;
  // A window larger than the image is centred on it, give or take an eighth of the window.
  return room > 0
    ? reach / 2 + room * random.next() - 0.5
    : length / 2 - 0.5 + random.uniform(-1, 1) * (reach / 8);
}

// Within this share of the window from its centre, along both axes, a place is inside however the window is turned.
const INSIDE = 0.35;

/** A centre near the place, moved into the image unless the place would fall out of the turned window. */
function around(
  random: Rng,
  place: Place,
  size: { readonly height: number; readonly width: number },
  reach: number,
  [cos, sin]: readonly [number, number],
): Place {
  const near = (at: number): number => at + random.uniform(-INSIDE, INSIDE) * reach;
  const free = { y: near(place.y), x: near(place.x) };
  const within = (at: number, length: number): number =>
    length > reach ? Math.min(length - reach / 2 - 0.5, Math.max(reach / 2 - 0.5, at)) : length / 2 - 0.5;
  const moved = { y: within(free.y, size.height), x: within(free.x, size.width) };
  const [dy, dx] = [place.y - moved.y, place.x - moved.x];
  const half = reach / 2 - 1;
  const inside = Math.abs(cos * dy + sin * dx) <= half && Math.abs(cos * dx - sin * dy) <= half;
  return inside ? moved : free;
}
