/** One augmented crop, made exactly as training makes it, with what was done to it: for previews. */
import type { LabelImage, Plane } from "#core/array/index.ts";
import type { Rng } from "#core/rng.ts";
import { augmentPlanes, type MadeChange } from "./augment-planes.ts";
import { cutPlanes } from "./cut-planes.ts";
import type { CropTransform } from "./geometric.ts";
import type { AugmentPlan } from "./plan.ts";
import { plannedTransform } from "./plan-geometry.ts";

export interface SampleSource {
  /** Normalised, all of one size; zeros for a channel the image lacks. */
  readonly planes: readonly Plane<"float32">[];
  readonly roles: readonly string[];
  readonly labels: readonly LabelImage[];
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
  return finished(source, plannedTransform(random, size, cropSize, plan.geometry), cropSize, plan, random);
}

/** The crop at the same place as it was taken: the middle of the image, for comparison. */
export function plainCrop(source: SampleSource, cropSize: number): SampleCrop {
  const { height = cropSize, width = cropSize } = source.planes[0] ?? {};
  const transform = { centreY: (height - 1) / 2, centreX: (width - 1) / 2, matrix: [1, 0, 0, 1] } as const;
  return finished(source, transform, cropSize, null, null);
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
