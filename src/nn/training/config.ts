/**
 * Everything that decides a training run, as plain JSON.
 *
 * The same configuration, items and starting weights give the same bytes. Times and thread counts are not part of it. A
 * budget in minutes becomes a number of steps *before* the run (`estimateSteps`), so that the run itself stays reproducible.
 */
import type { ChannelContract, Compartment } from "../contract/index.ts";
import type { HeadName } from "../heads/index.ts";
import type { SegmentationArchitecture } from "../models/index.ts";
import type { AdamWSettings } from "../optimisers/index.ts";
import { assertConfig } from "./check-config.ts";

/** Random changes to each training crop. Intensities are after percentile normalisation, so about 0..1. */
export interface AugmentSettings {
  /** Zoom factors, log-uniform: 0.5 shows twice the field of view. */
  readonly zoomMin: number;
  readonly zoomMax: number;
  /** Turn by any angle instead of quarter turns only. */
  readonly freeRotation: boolean;
  /** Intensities times exp(±gain) plus ±offset. */
  readonly gain: number;
  readonly offset: number;
  /** Intensities to the power exp(±gamma). */
  readonly gamma: number;
  /** Largest standard deviation of added noise. */
  readonly noise: number;
  /** Largest standard deviation of blur in pixels; applied to a third of the crops. */
  readonly blurPx: number;
}

interface BalanceSettings {
  readonly fields: readonly string[];
  readonly cap: number;
}

export interface SegmentationConfig {
  /** What the network takes, in order. */
  readonly channels: readonly ChannelContract[];
  /** What it outlines, in the order of `compartmentOrder`. */
  readonly compartments: readonly Compartment[];
  readonly head: HeadName;
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
  readonly augment: AugmentSettings;
  /** Percentiles of each image that become 0 and 1. */
  readonly percentileLow: number;
  readonly percentileHigh: number;
  /** Share of a leakage group in the crops grows with its items to this power: 1 = by items, 0 = all groups alike. */
  readonly groupPower: number;
  /** Metadata fields whose values are drawn alike, and how much more often a rare one may be drawn at most. */
  readonly balance: BalanceSettings;
  /** What to do with images of unknown pixel size among others. */
  readonly unknownPixelSize: "refuse" | "fromCells";
  /** Steps between points of the curve. */
  readonly recordEvery: number;
  readonly validateEvery: number;
  /** At most this many validation items are scored during the run. */
  readonly validationItemsMax: number;
  readonly checkpointEvery: number;
}

const defaults: SegmentationConfig = {
  channels: [{ role: "nuclear", required: true }],
  compartments: ["nuclear"],
  head: "deepWatershed",
  widths: [16, 32, 64, 128],
  pool: "average",
  skip: "add",
  decoderConvolutions: 1,
  cropSize: 128,
  batchSize: 8,
  steps: 2000,
  learningRate: 3e-3,
  warmupSteps: 50,
  weightDecay: 0.01,
  clipNorm: 1,
  seed: 1,
  augment: {
    zoomMin: 0.5,
    zoomMax: 2,
    freeRotation: true,
    gain: 0.4,
    offset: 0.1,
    gamma: 0.4,
    noise: 0.08,
    blurPx: 1.5,
  },
  percentileLow: 1,
  percentileHigh: 99.8,
  groupPower: 0.5,
  balance: { fields: [], cap: 4 },
  unknownPixelSize: "refuse",
  recordEvery: 10,
  validateEvery: 250,
  validationItemsMax: 24,
  checkpointEvery: 250,
};

export interface SegmentationOverrides extends Partial<Omit<SegmentationConfig, "augment">> {
  readonly augment?: Partial<AugmentSettings>;
}

/**
 * The configuration used when nobody says otherwise, with changes.
 *
 * @throws FoundryError `training.config` when a changed value is out of range.
 */
export function defaultSegmentationConfig(overrides: SegmentationOverrides = {}): SegmentationConfig {
  const config = { ...defaults, ...overrides, augment: { ...defaults.augment, ...overrides.augment } };
  assertConfig(config);
  return config;
}

export function architectureOf(config: SegmentationConfig): SegmentationArchitecture {
  const { channels, widths, pool, skip, decoderConvolutions, head, compartments } = config;
  return { channels: channels.length, widths, pool, skip, decoderConvolutions, head, compartments };
}

export function optimiserOf(config: SegmentationConfig): AdamWSettings {
  const { weightDecay, clipNorm } = config;
  return { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay, clipNorm };
}
