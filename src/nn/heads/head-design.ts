/**
 * What a head is: the one idea by which a network says which pixels belong to which cell.
 *
 * A design brings what a label image becomes as targets, the loss, what the released model answers, and how that becomes
 * labels. Everything else (trunk, batches, optimiser, tiles) is the same for all designs, so they can be compared. A
 * network for two compartments has the channels of its head once per compartment.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { Value } from "../graph/index.ts";

/** What a network should answer for a crop. */
export interface HeadTargets {
  /** One map per channel of the design, row-major, of the crop's size. */
  readonly maps: readonly ArrayLike<number>[];
  /** Weight of each pixel in the loss, about 1. */
  readonly weight: ArrayLike<number>;
}

/** Parameters that calibration on the validation groups may change. */
export type TunedThreshold =
  | "smoothingPx"
  | "foregroundThreshold"
  | "seedThreshold"
  | "seedProminence"
  | "foregroundMeanMin";

export interface HeadDesign {
  /** Channels of the network's output, in order; the loss has one term for each. */
  readonly channels: readonly string[];
  /** Targets of a label image as it is after geometric augmentation. Not changed. */
  targets(labels: LabelImage): HeadTargets;
  /**
   * Loss of each channel: [channels].
   *
   * @param logits, targets [n, channels, h, w]. @param weights [n, 1, h, w]; 0 leaves a pixel out.
   */
  loss(logits: Value, targets: Value, weights: Value): Value;
  /** What a released model answers, by name, each [n, 1, h, w]; names as in `outputNames`. */
  outputs(logits: Value): Readonly<Record<string, Value>>;
  readonly outputNames: readonly string[];
  /** Label image of what a released model answered. @param maps in the order of `outputNames`. */
  decode(maps: readonly Plane<"float32">[], params: DeepWatershedParams): LabelImage;
  /** Parameters of `decode` before calibration. */
  readonly start: DeepWatershedParams;
  /** What calibration may change, in this order. */
  readonly tuned: readonly TunedThreshold[];
}

/**
 * The outputs that a contract describes. Designs with other outputs take part in comparisons, but cannot be released.
 */
export const releasedOutputs = ["innerDistance", "foreground"] as const;

export const isReleasable = ({ outputNames }: Pick<HeadDesign, "outputNames">): boolean =>
  outputNames.join() === releasedOutputs.join();
