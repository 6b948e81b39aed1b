/**
 * What a segmentation model expects and how its answer is read: stored with the weights, shown on the card.
 *
 * Contracts of version 1 (one nuclear channel, one compartment, no version field) are brought up to this form by
 * `upgradeContract`, so the rest of the program knows one form only.
 */
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { HeadName } from "../heads/index.ts";
import type { ChannelRole, Compartment } from "./compartment.ts";
import type { TrainingRange } from "./training-range.ts";

export interface ChannelContract {
  readonly role: ChannelRole;
  /** An image without a channel that is not required gives the network a plane of zeros in its place. */
  readonly required: boolean;
}

/** A compartment that a model outlines: where its planes are found and how they become labels. */
export interface CompartmentContract {
  readonly compartment: Compartment;
  /** Names of the outputs of the ONNX graph. */
  readonly outputs: { readonly innerDistance: string; readonly foreground: string };
  readonly postprocessing: DeepWatershedParams;
  /** Raw confidence to the share of objects that are right, as points of a rising line; null when not calibrated. */
  readonly confidence: { readonly knots: readonly (readonly [raw: number, calibrated: number])[] } | null;
}

export interface InputContract {
  readonly version: 2;
  /** One entry per input channel, in order; at least one is required. */
  readonly channels: readonly ChannelContract[];
  /** Pixel size the model was trained at, µm; `null` when the training images did not state theirs. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly normalisation: { readonly kind: "percentile"; readonly low: number; readonly high: number };
  /** Height and width of what the network sees are multiples of this. */
  readonly stride: number;
  /** Pixels around a place that can influence its result. */
  readonly receptiveRadiusPx: number;
  readonly architecture: string;
  /**
   * By which targets the outputs were learnt: fine-tuning goes on with the same. Absent: "deepWatershed", or a model that
   * was not trained by this program.
   */
  readonly head?: HeadName | undefined;
  /** One or two, nuclear first. */
  readonly compartments: readonly CompartmentContract[];
  /** `null` when it is not known what the model was trained on. */
  readonly range: TrainingRange | null;
}
