/**
 * Everything that decides a training run, as plain JSON.
 *
 * The same configuration, items and starting weights give the same bytes. Times and thread counts are not part of it. A
 * budget in minutes becomes a number of steps *before* the run (`estimateSteps`), so that the run itself stays reproducible.
 */
import { FoundryError } from "#core/errors.ts";
import type { UnetArchitecture } from "../models/index.ts";
import { headNames, strideOf } from "../models/index.ts";
import type { AdamWSettings } from "../optimisers/index.ts";

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
  readonly channels: 1;
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
  channels: 1,
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

const refuse = (message: string, details: Record<string, unknown>): FoundryError =>
  new FoundryError("training.config", {
    message,
    details,
    hint: "Correct the training configuration and start again.",
  });

/** Allowed range of each number; the upper ends keep memory and time of one step within an ordinary machine. */
const ranges: Readonly<Record<string, readonly [number, number, "integer" | "real"]>> = {
  channels: [1, 1, "integer"],
  decoderConvolutions: [1, 2, "integer"],
  cropSize: [8, 2048, "integer"],
  batchSize: [1, 256, "integer"],
  steps: [1, 10_000_000, "integer"],
  learningRate: [1e-8, 1, "real"],
  warmupSteps: [0, 1_000_000, "integer"],
  weightDecay: [0, 10, "real"],
  clipNorm: [1e-6, 1e6, "real"],
  seed: [0, 2 ** 53 - 1, "integer"],
  percentileLow: [0, 100, "real"],
  percentileHigh: [0, 100, "real"],
  groupPower: [0, 1, "real"],
  recordEvery: [1, 1_000_000, "integer"],
  validateEvery: [1, 10_000_000, "integer"],
  validationItemsMax: [1, 100_000, "integer"],
  checkpointEvery: [1, 10_000_000, "integer"],
};

/** @throws FoundryError `training.config` naming the first value that is out of range. */
export function assertConfig(config: SegmentationConfig): void {
  for (const [name, [low, high, kind]] of Object.entries(ranges)) {
    const value: unknown = config[name as keyof SegmentationConfig];
    const fits = typeof value === "number" && value >= low && value <= high;
    if (!fits || (kind === "integer" && !Number.isInteger(value))) {
      throw refuse(
        `${name} is ${String(value)}; it must be ${kind === "integer" ? "a whole number" : "a number"} from ${low} to ${high}.`,
        { name, value },
      );
    }
  }
  const { widths, cropSize, augment, balance, unknownPixelSize } = config;
  if (!Array.isArray(balance?.fields) || balance.fields.some((field) => typeof field !== "string"))
    throw refuse("balance.fields must be a list of metadata fields.", { balance });
  if (!(balance.cap >= 1 && balance.cap <= 1000))
    throw refuse("balance.cap must lie within 1 and 1000.", { balance });
  if (unknownPixelSize !== "refuse" && unknownPixelSize !== "fromCells")
    throw refuse('unknownPixelSize must be "refuse" or "fromCells".', { unknownPixelSize });
  if (
    widths.length < 1 ||
    widths.length > 7 ||
    widths.some((w) => !Number.isInteger(w) || w < 1 || w > 2048)
  ) {
    throw refuse("widths must be 1 to 7 whole numbers from 1 to 2048.", { widths });
  }
  const stride = strideOf(architectureOf(config));
  if (cropSize % stride !== 0)
    throw refuse(`cropSize ${cropSize} is no multiple of the network's stride ${stride}.`, {
      cropSize,
      stride,
    });
  if (config.percentileLow >= config.percentileHigh)
    throw refuse("percentileLow must lie below percentileHigh.", {});
  if (!(augment.zoomMin >= 0.1 && augment.zoomMin <= augment.zoomMax && augment.zoomMax <= 10)) {
    throw refuse("augment.zoomMin and zoomMax must lie within 0.1 and 10.", { augment });
  }
  for (const name of ["gain", "offset", "gamma", "noise", "blurPx"] as const) {
    if (!(augment[name] >= 0 && augment[name] <= 20))
      throw refuse(`augment.${name} must lie within 0 and 20.`, { augment });
  }
}

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

export function architectureOf(config: SegmentationConfig): UnetArchitecture {
  const { channels, widths, pool, skip, decoderConvolutions } = config;
  return { channels, widths, pool, skip, decoderConvolutions, outputs: headNames.length };
}

export function optimiserOf(config: SegmentationConfig): AdamWSettings {
  const { weightDecay, clipNorm } = config;
  return { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay, clipNorm };
}
