/** Draws where a crop is cut and how it is turned, zoomed and bent, as a plan says. */
import type { Rng } from "#core/rng.ts";
import { randomBend } from "./bend.ts";
import { type CropTransform, type Place, randomTransform } from "./geometric.ts";
import type { PlannedGeometry } from "./plan.ts";

/**
 * @param size  of the plane. @param cropSize  side of the crop, pixels.
 * @param places  one of these will lie inside the crop (before bending); default: anywhere. Deterministic in `random`, which moves on.
 */
export function plannedTransform(
  random: Rng,
  size: { readonly height: number; readonly width: number },
  cropSize: number,
  { zoom, turn, flip, bend }: PlannedGeometry,
  places: readonly Place[] | null = null,
): CropTransform {
  const transform = randomTransform(
    random,
    size,
    cropSize,
    {
      zoomMin: zoom[0],
      zoomMax: zoom[1],
      freeRotation: turn === "any",
      turns: turn !== "none",
      flips: flip,
    },
    places,
  );
  const own = random.stream("bend");
  if (bend === null || !own.chance(bend.chance)) return transform;
  return { ...transform, bend: randomBend(own, cropSize, bend.amplitudePx, bend.spacingPx) };
}
