/**
 * An augmentation plan: which named changes a crop may get, how often and how strong, as plain JSON.
 *
 * The plan is stored with the run, so that what a model has seen is written down and can be made again. The order of the
 * changes is the order of the light: specimen, lens, lamp, detector, file.
 */
import { FoundryError } from "#core/errors.ts";
import type { ChangeName } from "./changes/index.ts";
import { changes, isChangeName } from "./changes/index.ts";
import type { ImageTerms } from "./image-terms.ts";

/** Lowest and highest value drawn. */
export type DrawnRange = readonly [low: number, high: number];

export interface PlannedChange {
  readonly name: ChangeName;
  /** How often, 0..1. */
  readonly chance: number;
  readonly ranges: Readonly<Record<string, DrawnRange>>;
  /** Why this range is plausible here, for people. */
  readonly why: string;
}

export interface PlannedGeometry {
  /** Zoom factors, drawn evenly over factors: 0.5 shows twice the field of view. */
  readonly zoom: DrawnRange;
  /** By any angle; by quarter turns, which keep pixels as they are; or not at all. */
  readonly turn: "any" | "quarters" | "none";
  readonly flip: boolean;
  /** Small elastic deformation; null for none. */
  readonly bend: {
    readonly chance: number;
    /** Standard deviation of the shift of a node, pixels. */
    readonly amplitudePx: number;
    /** Distance of nodes, pixels. */
    readonly spacingPx: number;
  } | null;
  readonly why: string;
}

/** The kinds of image that differ in what can happen to them. */
export const augmentFamilies = [
  "fluorescence",
  "multiplexed",
  "ions",
  "phase",
  "brightfield",
  "histology",
  "unknown",
] as const;
export type AugmentFamily = (typeof augmentFamilies)[number];

/** What is known of an image; every part may be missing. Words as written in the metadata or as training buckets. */
export interface AugmentDomain {
  /** What the words stand for; terms decide before words do. */
  readonly terms?: ImageTerms | undefined;
  readonly modality?: string | undefined;
  readonly platform?: string | undefined;
  /** Coarse appearance: "fluorescence", "histology", "phase" … */
  readonly kind?: string | undefined;
  /** Of the planes a model sees, in order. */
  readonly roles?: readonly string[] | undefined;
  /** Pixel size of the planes as the model sees them; null or missing when unknown. */
  readonly mppUm?: number | null | undefined;
  readonly compartment?: string | undefined;
}

export interface AugmentPlan {
  readonly version: 1;
  readonly family: AugmentFamily;
  /** What the plan was chosen by, in a sentence. */
  readonly reason: string;
  readonly geometry: PlannedGeometry;
  readonly changes: readonly PlannedChange[];
}

const refuse = (message: string): FoundryError =>
  new FoundryError("training.config", {
    message: `The augmentation plan cannot be used: ${message}.`,
    hint: "Take the plan that the program proposes, or correct the one you wrote.",
  });

const isRange = (range: unknown): range is DrawnRange =>
  Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= range[1];

const isChance = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;

/** More changes than there are names would repeat one; a plan of this length is an error of whoever wrote it. */
const changesMax = 100;

/** @throws FoundryError `training.config` saying what is wrong with a plan from outside. */
export function assertAugmentPlan(plan: AugmentPlan): void {
  if (typeof plan !== "object" || plan === null || plan.version !== 1) throw refuse("its version is not 1");
  if (!augmentFamilies.includes(plan.family)) throw refuse(`its family "${String(plan.family)}" is unknown`);
  assertGeometry(plan.geometry);
  if (!Array.isArray(plan.changes) || plan.changes.length > changesMax)
    throw refuse("its changes are no list");
  for (const change of plan.changes) assertChange(change);
}

// Beyond a factor of ten a cell is a dot or fills the crop.
const ZOOM_MAX = 10;

const turns: readonly unknown[] = ["any", "quarters", "none"];

function assertGeometry(geometry: PlannedGeometry): void {
  const { zoom, turn, flip, bend } = geometry ?? {};
  if (!isRange(zoom) || zoom[0] < 1 / ZOOM_MAX || zoom[1] > ZOOM_MAX)
    throw refuse("geometry.zoom is not a range within 0.1 and 10");
  if (!turns.includes(turn) || typeof flip !== "boolean")
    throw refuse('geometry.turn must be "any", "quarters" or "none", geometry.flip true or false');
  if (bend === null) return;
  const fits =
    isChance(bend?.chance) &&
    bend.amplitudePx >= 0 &&
    bend.amplitudePx <= 50 &&
    bend.spacingPx >= 2 &&
    bend.spacingPx <= 1000;
  if (!fits) throw refuse("geometry.bend needs a chance, amplitudePx 0..50 and spacingPx 2..1000");
}

function assertChange({ name, chance, ranges }: PlannedChange): void {
  if (typeof name !== "string" || !isChangeName(name)) throw refuse(`there is no change "${String(name)}"`);
  if (!isChance(chance)) throw refuse(`the chance of "${name}" is not within 0 and 1`);
  const { strengths } = changes[name];
  const unknown = Object.keys(ranges ?? {}).find((key) => !Object.hasOwn(strengths, key));
  if (unknown !== undefined) throw refuse(`"${name}" has no strength "${unknown}"`);
  for (const [key, { low, high }] of Object.entries(strengths)) {
    const range = ranges?.[key];
    if (!isRange(range) || range[0] < low || range[1] > high)
      throw refuse(`"${name}" needs ${key} as a range within ${low} and ${high}`);
  }
}
