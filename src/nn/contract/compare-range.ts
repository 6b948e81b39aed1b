/**
 * An image beside the range of its model: what is unlike the training images, in plain words.
 */
import type { PlaneStatistics } from "./image-statistics.ts";
import type { PixelSize } from "./pixel-size.ts";
import type { Interval, TrainingRange } from "./training-range.ts";

/** What is known of an image; `null` and missing facts are not compared. */
export interface ImageFacts {
  readonly mpp: PixelSize | null;
  readonly modality?: string | undefined;
  readonly platform?: string | undefined;
  /** One entry per input channel of the model; `null` for a channel the image lacks. */
  readonly statistics?: readonly (PlaneStatistics | null)[] | undefined;
  /** Median diameter of the predicted objects, pixels of the model. */
  readonly cellDiameterPx?: number | null | undefined;
}

export type RangeWarningKind =
  | "pixelSize"
  | "channel"
  | "modality"
  | "platform"
  | "constant"
  | "background"
  | "noise"
  | "brightShare"
  | "cellSize";

export interface RangeWarning {
  readonly kind: RangeWarningKind;
  /** One or two sentences: what is unlike, and what to do. */
  readonly message: string;
}

// Zoom augmentation and resampling carry a model about this far beyond the pixel sizes it saw.
const PIXEL_SIZE_TOLERANCE = 1.25;
// Interval bounds are quantiles of few images; beyond half a width further an image is unlike them, not just at the end.
const WIDTH_TOLERANCE = 0.5;
// Differences below these are invisible, however narrow the training range was.
const STATISTIC_SLACK: { readonly [K in keyof PlaneStatistics]: number } = {
  background: 0.1,
  noise: 0.02,
  brightShare: 0.08,
};
const CELL_SIZE_TOLERANCE = 1.5;

/**
 * Everything in which an image lies outside a model's range; empty when nothing is known against it.
 *
 * @param range `null` (a model made before ranges were kept) gives no warnings.
 */
export function compareWithRange(facts: ImageFacts, range: TrainingRange | null): RangeWarning[] {
  if (range === null) return [];
  return [
    ...pixelSizeWarning(facts.mpp, range.mpp),
    ...wordWarning("modality", facts.modality, range.modalities),
    ...wordWarning("platform", facts.platform, range.platforms),
    ...(facts.statistics ?? []).flatMap((statistics, c) => intensityWarnings(statistics, c, range)),
    ...cellSizeWarning(facts.cellDiameterPx ?? null, range),
  ];
}

function pixelSizeWarning(mpp: PixelSize | null, range: Interval | null): RangeWarning[] {
  if (mpp === null || range === null) return [];
  const size = Math.sqrt(mpp.y * mpp.x);
  const trained = `the model was trained on ${amount(range)} µm`;
  if (size > range.high * PIXEL_SIZE_TOLERANCE) {
    const message = `Pixels of ${text(size)} µm are coarser than ${trained}: enlarging brings no detail back, so small or touching cells may be merged.`;
    return [{ kind: "pixelSize", message }];
  }
  if (size * PIXEL_SIZE_TOLERANCE < range.low) {
    const message = `Pixels of ${text(size)} µm are finer than ${trained}. The image is reduced; check that its pixel size is right.`;
    return [{ kind: "pixelSize", message }];
  }
  return [];
}

function wordWarning(
  kind: "modality" | "platform",
  word: string | undefined,
  known: readonly string[],
): RangeWarning[] {
  if (word === undefined || word.trim() === "" || known.length === 0) return [];
  const key = (value: string): string => value.trim().toLowerCase();
  if (known.some((one) => key(one) === key(word))) return [];
  const message = `The image's ${kind} is "${word.trim().slice(0, 100)}"; the model was trained on ${known.slice(0, 5).join(", ")}. Look at the result before you count on it.`;
  return [{ kind, message }];
}

const WORDS = {
  background: {
    low: "its background is darker",
    high: "its background is brighter",
    do: "Is this the right channel, and of the same kind of microscopy?",
  },
  noise: {
    low: "it is smoother (less noise)",
    high: "it is noisier",
    do: "Faint cells may be missed or invented.",
  },
  brightShare: {
    low: "less of it is bright",
    high: "more of it is bright",
    do: "It may be emptier or more crowded than the training images.",
  },
} as const;

function intensityWarnings(
  statistics: PlaneStatistics | null,
  c: number,
  range: TrainingRange,
): RangeWarning[] {
  const trained = range.intensity[c];
  if (trained === undefined) return [];
  if (statistics === null) {
    const message = `The image has no ${trained.role} channel; the model sees an empty one, which it may know less well.`;
    return [{ kind: "channel", message }];
  }
  const name = `The ${trained.role} channel`;
  if (statistics.noise === 0 && statistics.background === 0 && statistics.brightShare === 0) {
    const message = `${name} is the same everywhere; there is nothing to find in it.`;
    return [{ kind: "constant", message }];
  }
  return (Object.keys(WORDS) as (keyof PlaneStatistics)[]).flatMap((kind) => {
    const { low, high } = trained[kind];
    const slack = Math.max(STATISTIC_SLACK[kind], WIDTH_TOLERANCE * (high - low));
    const value = statistics[kind];
    const side = value < low - slack ? "low" : value > high + slack ? "high" : null;
    if (side === null) return [];
    const words = WORDS[kind];
    const message = `${name} is unlike the training images: ${words[side]} (${text(value)}; trained on ${amount(trained[kind])}). ${words.do}`;
    return [{ kind, message }];
  });
}

function cellSizeWarning(diameterPx: number | null, range: TrainingRange): RangeWarning[] {
  const trained = range.cellDiameterPx;
  if (diameterPx === null || trained === null) return [];
  const small = diameterPx * CELL_SIZE_TOLERANCE < trained.low;
  if (!small && diameterPx <= trained.high * CELL_SIZE_TOLERANCE) return [];
  const message = `The cells found are ${small ? "smaller" : "larger"} than those of the training images: ${text(diameterPx)} pixels across at the model's scale, trained on ${amount(trained)}. Check the pixel size, or set the scale.`;
  return [{ kind: "cellSize", message }];
}

const text = (value: number): string => String(Number(value.toPrecision(2)));
const amount = ({ low, high }: Interval): string =>
  text(low) === text(high) ? text(low) : `${text(low)} to ${text(high)}`;
