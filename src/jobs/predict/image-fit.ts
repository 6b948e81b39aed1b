/**
 * What a person sees at a glance about an image and a model does not: touching cells run together, faint ones are missed, cells are
 * taken for larger or smaller ones. Said in steps around what the model does by itself, for every model alike.
 */
import { FoundryError } from "#core/errors.ts";
import {
  type CompartmentContract,
  type InputContract,
  type PostprocessingChanges,
  type PredictOptions,
  SCALE_MAX,
  SCALE_MIN,
} from "#nn/index.ts";

/** Nothing said means as the model does. */
export interface ImageFit {
  /** Touching cells: -2 (kept together) to 2 (cut apart). */
  readonly touching?: number | undefined;
  /** Faint cells: -2 (left out) to 2 (taken). */
  readonly faint?: number | undefined;
  /** About how wide a cell is, pixels of the image, in place of the model's own look at it. */
  readonly diameterPx?: number | undefined;
}

/** Each step asks half as much of a dip between two cells before it cuts, on a map smoothed less by a quarter. */
const [prominenceStep, smoothingStep] = [2, 0.75];
/** Each step asks that much less of the probability that a pixel belongs to a cell, 0..1. */
const foregroundStep = 0.1;
const [shareMin, shareMax] = [0.05, 0.95];

const withinShares = (value: number): number => Math.min(shareMax, Math.max(shareMin, value));

/**
 * Thresholds and scale that a fit asks of a model.
 *
 * @returns what `predict` takes; empty for an empty fit.
 * @throws FoundryError `request.invalid` for a width of cells asked of a model that does not know its cells' width.
 */
export function fitToImage(
  contract: Pick<InputContract, "compartments" | "range">,
  fit: ImageFit | undefined,
): Pick<PredictOptions, "changes" | "scale"> {
  const { touching = 0, faint = 0, diameterPx } = fit ?? {};
  return {
    ...(touching === 0 && faint === 0 ? {} : { changes: changesOf(contract.compartments, touching, faint) }),
    ...(diameterPx === undefined ? {} : { scale: scaleFor(contract, diameterPx) }),
  };
}

function changesOf(
  compartments: readonly CompartmentContract[],
  touching: number,
  faint: number,
): PostprocessingChanges {
  return Object.fromEntries(
    compartments.map(({ compartment, postprocessing: own }) => [
      compartment,
      {
        ...(touching === 0
          ? {}
          : {
              seedProminence: Math.min(1, own.seedProminence * prominenceStep ** -touching),
              smoothingPx: own.smoothingPx * smoothingStep ** touching,
            }),
        ...(faint === 0
          ? {}
          : {
              foregroundThreshold: withinShares(own.foregroundThreshold - foregroundStep * faint),
              ...(own.foregroundMeanMin === undefined
                ? {}
                : { foregroundMeanMin: withinShares(own.foregroundMeanMin - foregroundStep * faint) }),
            }),
      },
    ]),
  );
}

function scaleFor({ range }: Pick<InputContract, "range">, diameterPx: number): number {
  const median = range?.cellDiameterPx?.median;
  if (median !== undefined) return Math.min(SCALE_MAX, Math.max(SCALE_MIN, median / diameterPx));
  throw new FoundryError("request.invalid", {
    message: "This model does not say how wide its cells are, so a width cannot be asked of it.",
    hint: "Leave the width of cells empty, or use a model that was trained here.",
  });
}
