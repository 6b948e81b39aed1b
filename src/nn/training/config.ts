/**
 * Everything that decides a training run, as plain JSON.
 *
 * The same configuration, items and starting weights give the same bytes. Times and thread counts are not part of it. A
 * budget in minutes becomes a number of steps *before* the run (`estimateSteps`), so that the run itself stays reproducible.
 */
import type { ChannelContract, Compartment, PixelSize } from "../contract/index.ts";
import type { HeadName, TunedThreshold } from "../heads/index.ts";
import type { SegmentationArchitecture } from "../models/index.ts";
import {
  customArchitecture,
  describedArchitecture,
  nameOfTrunk,
  trunkOfDescription,
} from "../models/index.ts";
import type { AdamWSettings } from "../optimisers/index.ts";
import type { AugmentConfig } from "./augment-config.ts";
import { assertConfig } from "./check-config.ts";
import { untouchedWeightDefault } from "./pixel-weights.ts";

interface BalanceSettings {
  readonly fields: readonly string[];
  readonly cap: number;
}

/** Thresholds of the post-processing by compartment. */
export type FoundThresholds = Readonly<
  Partial<Record<Compartment, Readonly<Partial<Record<TunedThreshold, number>>>>>
>;

export interface SegmentationConfig {
  /** What the network takes, in order. */
  readonly channels: readonly ChannelContract[];
  /** What it outlines, in the order of `compartmentOrder`. */
  readonly compartments: readonly Compartment[];
  readonly head: HeadName;
  /** Member of the family that the next four describe, or "custom". */
  readonly architecture: string;
  readonly widths: readonly number[];
  readonly pool: "average" | "max";
  readonly skip: "add" | "concatenate";
  readonly decoderConvolutions: number;
  /** Side of the square crops in pixels; a multiple of the network's stride. */
  readonly cropSize: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly seed: number;
  readonly augment: AugmentConfig;
  /** Weight 0..1 of what a model proposed and nobody touched, in images that are not accepted as a whole. */
  readonly untouchedWeight: number;
  /** Percentiles of each image that become 0 and 1. */
  readonly percentileLow: number;
  readonly percentileHigh: number;
  /** Share of a leakage group in the crops grows with its items to this power: 1 = by items, 0 = all groups alike. */
  readonly groupPower: number;
  /** Share 0..0.9 of the crops that show simulated cells, where they can be simulated; 0 = images only. */
  readonly simulatedShare: number;
  /**
   * Whether a base's thresholds are fitted to the training images before its weights learn from them; without a base there is
   * nothing to fit. Runs of before this setting have none and kept the base's.
   */
  readonly fitThresholds?: boolean | undefined;
  /** Thresholds that were found for this run on images that it had not learnt from; they go before the base's and fitted ones. */
  readonly thresholds?: FoundThresholds | undefined;
  /** Metadata fields whose values are drawn alike, and how much more often a rare one may be drawn at most. */
  readonly balance: BalanceSettings;
  /** µm per pixel that images are brought to; null where cells decide; missing: the median of the training images. */
  readonly mpp?: PixelSize | null | undefined;
  /**
   * Median diameter in pixels to which cells are brought, so that the network meets cells of one size: each image by its own
   * cells where pixel sizes are unknown, else all alike. Null leaves images as they are.
   */
  readonly cellDiameterPx: number | null;
  /** What to do with images of unknown pixel size among others. */
  readonly unknownPixelSize: "refuse" | "fromCells";
  /** Steps between points of the curve. */
  readonly recordEvery: number;
  readonly validateEvery: number;
  /** At most this many validation items are scored during the run. */
  readonly validationItemsMax: number;
  readonly checkpointEvery: number;
}

/**
 * Size to which cells are brought when pixel sizes are unknown. Nuclei keep their edges at 20 pixels, whole cells have
 * processes and need more; larger costs time by the square.
 */
const usualDiameterPx: Readonly<Record<Compartment, number>> = { nuclear: 20, wholeCell: 30, cytoplasm: 30 };

const defaults: SegmentationConfig = {
  channels: [{ role: "nuclear", required: true }],
  compartments: ["nuclear"],
  head: "deepWatershed",
  architecture: "unet-16",
  ...trunkOfDescription(describedArchitecture("unet-16")),
  cropSize: 128,
  batchSize: 8,
  steps: 2000,
  learningRate: 3e-3,
  warmupSteps: 50,
  weightDecay: 0.01,
  clipNorm: 1,
  seed: 1,
  augment: { mode: "domain", plans: {} },
  untouchedWeight: untouchedWeightDefault,
  percentileLow: 1,
  percentileHigh: 99.8,
  groupPower: 0.5,
  simulatedShare: 0,
  fitThresholds: true,
  balance: { fields: [], cap: 4 },
  cellDiameterPx: 20,
  unknownPixelSize: "refuse",
  recordEvery: 10,
  validateEvery: 250,
  validationItemsMax: 24,
  checkpointEvery: 250,
};

export interface SegmentationOverrides extends Partial<Omit<SegmentationConfig, "augment">> {
  readonly augment?: Partial<AugmentConfig>;
}

/**
 * The configuration used when nobody says otherwise, with changes. An architecture by name brings its trunk and head; what
 * else is changed goes before.
 *
 * @throws FoundryError `training.config` when a changed value is out of range.
 */
export function defaultSegmentationConfig(overrides: SegmentationOverrides = {}): SegmentationConfig {
  const { architecture = defaults.architecture } = overrides;
  // A trunk of its own is given in full with the changes.
  const known = architecture === customArchitecture ? defaults.architecture : architecture;
  const description = describedArchitecture(known);
  const [first = "nuclear"] = overrides.compartments ?? defaults.compartments;
  const config = {
    ...defaults,
    cellDiameterPx: usualDiameterPx[first],
    head: description.head,
    ...trunkOfDescription(description),
    ...overrides,
    augment: { ...defaults.augment, ...overrides.augment },
  };
  assertConfig(config);
  return { ...config, architecture: nameOfTrunk(config) };
}

export function architectureOf(config: SegmentationConfig): SegmentationArchitecture {
  const { channels, widths, pool, skip, decoderConvolutions, head, compartments } = config;
  return { channels: channels.length, widths, pool, skip, decoderConvolutions, head, compartments };
}

export function optimiserOf(config: SegmentationConfig): AdamWSettings {
  const { weightDecay, clipNorm } = config;
  return { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay, clipNorm };
}
