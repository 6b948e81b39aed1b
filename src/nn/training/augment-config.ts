/**
 * How a run augments: by what is known of each image, by the safe subset, or not at all; with the plans written out.
 *
 * The plans are part of the configuration, so a run that is repeated by a later version of the program sees the same changes.
 * They are written down once, when the run starts (`withAugmentPlans`), for the families its items belong to.
 */
import { FoundryError } from "#core/errors.ts";
import {
  type AugmentDomain,
  type AugmentFamily,
  type AugmentPlan,
  assertAugmentPlan,
  augmentFamilies,
  augmentFamilyOf,
  augmentPlanFor,
  noAugmentation,
} from "../augment/index.ts";
import type { ChannelContract, Compartment, PixelSize } from "../contract/index.ts";
import type { ImageDescription } from "./items.ts";

export const augmentModes = ["domain", "safe", "none"] as const;

export interface AugmentConfig {
  /** "domain": by each image's metadata; "safe": what any lens and camera can do; "none": crops are only cut. */
  readonly mode: (typeof augmentModes)[number];
  /** Plans by family of images; one that is missing is made by `augmentPlanFor`. */
  readonly plans: Readonly<Partial<Record<AugmentFamily, AugmentPlan>>>;
}

/** What of a configuration decides the plans. */
interface Planned {
  readonly augment: AugmentConfig;
  readonly channels: readonly ChannelContract[];
  readonly compartments: readonly Compartment[];
  readonly cellDiameterPx: number | null;
}

/** Family of an item in this run: under "safe" and "none" all are one. */
function familyOfItem({ augment, channels }: Planned, item: ImageDescription): AugmentFamily {
  if (augment.mode !== "domain") return "unknown";
  return augmentFamilyOf(domainOf(channels, item)).family;
}

function domainOf(
  channels: readonly ChannelContract[],
  { terms, modality, platform, kind }: ImageDescription,
): AugmentDomain {
  return { terms, modality, platform, kind, roles: channels.map(({ role }) => role) };
}

/** The plan for an item: the one written down, or else the one made now. Pure. */
export function planOfItem(config: Planned, mpp: PixelSize | null, item: ImageDescription): AugmentPlan {
  const family = familyOfItem(config, item);
  return config.augment.plans[family] ?? newPlan(config, mpp, item);
}

/** Of cultured cells and tissue alike, within a factor of two; it only decides how wide a blur or a haze may be. */
const usualDiameterUm: Readonly<Record<Compartment, number>> = { nuclear: 9, wholeCell: 16, cytoplasm: 16 };

/** About how many µm a pixel has where cells were brought to one diameter. */
function usualMppUm(compartments: readonly Compartment[], cellDiameterPx: number | null): number | null {
  if (typeof cellDiameterPx !== "number") return null;
  return usualDiameterUm[compartments[0] ?? "nuclear"] / cellDiameterPx;
}

function newPlan(
  { augment, channels, compartments, cellDiameterPx }: Planned,
  mpp: PixelSize | null,
  item: ImageDescription,
): AugmentPlan {
  if (augment.mode === "none") return noAugmentation;
  const mppUm = mpp === null ? usualMppUm(compartments, cellDiameterPx) : Math.sqrt(mpp.y * mpp.x);
  const domain = augment.mode === "safe" ? {} : domainOf(channels, item);
  // Two compartments together: zoom must do for the larger one.
  const plan = augmentPlanFor({ ...domain, mppUm, compartment: compartments.at(-1) });
  if (augment.mode !== "safe") return plan;
  return { ...plan, reason: "The safe subset was asked for: only what every camera and lens can do." };
}

/**
 * The configuration with a plan for every family among the items; plans that are there already stay.
 *
 * @param mpp  pixel size of the model. Pure and deterministic; a configuration that has its plans comes back equal.
 */
export function withAugmentPlans<T extends Planned>(
  config: T,
  mpp: PixelSize | null,
  items: readonly ImageDescription[],
): T {
  const found = new Map<AugmentFamily, ImageDescription>();
  for (const item of items) {
    const family = familyOfItem(config, item);
    if (!found.has(family)) found.set(family, item);
  }
  const plans: Partial<Record<AugmentFamily, AugmentPlan>> = { ...config.augment.plans };
  // In a fixed order, so that the stored text does not depend on the order of items.
  for (const family of augmentFamilies) {
    const item = found.get(family);
    if (item !== undefined) plans[family] ??= newPlan(config, mpp, item);
  }
  return { ...config, augment: { ...config.augment, plans } };
}

/** @throws FoundryError `training.config` for an unknown mode or a plan that cannot be used. */
export function assertAugmentConfig(augment: AugmentConfig): void {
  if (!augmentModes.includes(augment?.mode) || typeof augment.plans !== "object" || augment.plans === null) {
    throw new FoundryError("training.config", {
      message: `augment.mode must be one of ${augmentModes.join(", ")}, augment.plans an object.`,
      hint: "Correct the training configuration and start again.",
    });
  }
  for (const [family, plan] of Object.entries(augment.plans)) {
    assertAugmentPlan(plan);
    if (plan.family === family) continue;
    throw new FoundryError("training.config", {
      message: `The augmentation plan for "${family}" is one for "${plan.family}".`,
      hint: "Store each plan under its own family.",
    });
  }
}
