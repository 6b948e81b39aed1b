/**
 * Cells of a file of tracks as shapes, where no label images lie beside it: polygons when the file has them, else discs.
 *
 * A disc is what a spot is: a centre and a size. It is not an outline, and layers made so are called silver.
 */
import { assert } from "#core/errors.ts";
import {
  type ObjectShape,
  objectShapeFromMask,
  type Ring,
  resolveOverlaps,
  shapeFromRings,
} from "#core/labels/index.ts";
import type { PlacedDetection } from "#core/lineage/index.ts";

export interface Spot extends PlacedDetection {
  /** Corners around the cell, x before y, pixel (x, y) covering [x, x + 1); `null` for none. */
  readonly ring: Ring | null;
}

export interface SpotShapes {
  /** In the order of the spots; `null` where a spot has no pixel of its own. */
  readonly shapes: readonly (ObjectShape | null)[];
  readonly notes: readonly string[];
}

// Larger than any cell at any magnification; beyond it a size is a slip of units.
const RADIUS_MAX = 1_000;

/** @param plane  size of the frames. Spots without size give no shape. Cost: linear in pixels covered. */
export function spotShapes(
  spots: readonly Spot[],
  plane: { readonly height: number; readonly width: number },
): SpotShapes {
  const drawn = spots.map((spot) => shapeOf(spot, plane));
  const some = drawn.flatMap((shape, i) => (shape === null ? [] : [i]));
  const { shapes, movedPixels, pairs } = resolveOverlaps(some.map((i) => drawn[i]!));
  const all: (ObjectShape | null)[] = spots.map(() => null);
  for (const [k, i] of some.entries()) all[i] = shapes[k] ?? null;
  const discs = spots.filter(({ ring }) => ring === null).length;
  const lost = all.filter((shape) => shape === null).length;
  return {
    shapes: all,
    notes: [
      ...(discs > 0
        ? [`${discs} of ${spots.length} cells have no outline and are discs of their size.`]
        : []),
      ...(movedPixels > 0
        ? [`${movedPixels} pixels belong to two cells (${pairs} pairs); the first in the file keeps them.`]
        : []),
      ...(lost > 0 ? [`${lost} cells have no pixel in the image.`] : []),
    ],
  };
}

function shapeOf(spot: Spot, plane: { height: number; width: number }): ObjectShape | null {
  const { t, ring, areaPx } = spot;
  const z = Math.max(0, Math.round(spot.z));
  if (ring !== null) return shapeFromRings([ring], { ...plane, t, z });
  return areaPx === null ? null : disc(spot, Math.sqrt(areaPx / Math.PI), plane, { t, z });
}

/** Pixels whose centres lie within the radius; at least the one under the centre. */
function disc(
  { y, x }: PlacedDetection,
  radius: number,
  plane: { readonly height: number; readonly width: number },
  at: { readonly t: number; readonly z: number },
): ObjectShape | null {
  assert(Number.isFinite(y) && Number.isFinite(x), "places are numbers");
  if (!(radius <= RADIUS_MAX)) return null;
  const [top, left] = [Math.max(0, Math.floor(y - radius)), Math.max(0, Math.floor(x - radius))];
  const bottom = Math.min(plane.height - 1, Math.ceil(y + radius));
  const right = Math.min(plane.width - 1, Math.ceil(x + radius));
  if (bottom < top || right < left) return null;
  const [height, width] = [bottom - top + 1, right - left + 1];
  const data = new Uint8Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const inside = (top + row - y) ** 2 + (left + column - x) ** 2 <= radius ** 2;
      const centre = top + row === Math.round(y) && left + column === Math.round(x);
      if (inside || centre) data[row * width + column] = 1;
    }
  return objectShapeFromMask({ dtype: "uint8", height, width, data }, { ...at, y: top, x: left });
}
