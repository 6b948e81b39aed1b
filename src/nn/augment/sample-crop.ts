/** One augmented crop, made exactly as training makes it, with what was done to it: for previews. */
import type { LabelImage, Plane } from "#core/array/index.ts";
import type { Rng } from "#core/rng.ts";
import { augmentPlanes, type MadeChange } from "./augment-planes.ts";
import { cutPlanes } from "./cut-planes.ts";
import { type CropTransform, type Place, randomTransform } from "./geometric.ts";
import type { AugmentPlan } from "./plan.ts";
import { plannedTransform } from "./plan-geometry.ts";

export interface SampleSource {
  /** Normalised, all of one size; zeros for a channel the image lacks. */
  readonly planes: readonly Plane<"float32">[];
  readonly roles: readonly string[];
  readonly labels: readonly LabelImage[];
  /** Where there is something to see: each crop shows one of these; empty: anywhere. */
  readonly places: readonly Place[];
}

export interface SampleCrop {
  readonly planes: readonly Plane<"float32">[];
  readonly labels: readonly LabelImage[];
  readonly made: readonly MadeChange[];
}

/** Deterministic in `random`. @param cropSize  side of the result, pixels. Cost: as one crop of training. */
export function sampleCrop(
  source: SampleSource,
  plan: AugmentPlan,
  cropSize: number,
  random: Rng,
): SampleCrop {
  const size = source.planes[0] ?? { height: cropSize, width: cropSize };
  const transform = plannedTransform(random, size, cropSize, plan.geometry, source.places);
  return finished(source, transform, cropSize, plan, random);
}

/** A crop as it was taken, for comparison. Deterministic in `random`. */
export function plainCrop(source: SampleSource, cropSize: number, random: Rng): SampleCrop {
  const size = source.planes[0] ?? { height: cropSize, width: cropSize };
  const still = { zoomMin: 1, zoomMax: 1, freeRotation: false, turns: false, flips: false };
  const { centreY, centreX, matrix } = randomTransform(random, size, cropSize, still, source.places);
  // On whole pixels, so that nothing is interpolated: the middle of an even crop lies between two.
  const whole = (centre: number): number => Math.round(centre - (cropSize - 1) / 2) + (cropSize - 1) / 2;
  return finished(source, { centreY: whole(centreY), centreX: whole(centreX), matrix }, cropSize, null, null);
}

function finished(
  { planes, labels, roles }: SampleSource,
  transform: CropTransform,
  cropSize: number,
  plan: AugmentPlan | null,
  random: Rng | null,
): SampleCrop {
  const cut = cutPlanes({ planes, labels }, transform, cropSize);
  if (plan === null || random === null) return { planes: cut.planes, labels: cut.labels, made: [] };
  const made: MadeChange[] = [];
  const changed = augmentPlanes(cut.planes, plan, random, roles, (one) => made.push(one));
  return { planes: changed, labels: cut.labels, made };
}
