/**
 * How large the cells of an image are for a model, when nobody says the pixel size.
 *
 * A sample of the image is predicted at several scales. Where cells have about the size the model was trained on, it
 * finds many and is sure of them; at other scales it finds fragments, clumps or nothing. The scale with the most area
 * covered by objects that are sure and of a trained size wins, and the sizes found there refine it.
 */
import type { Plane } from "#core/array/index.ts";
import { resamplePlane } from "#core/image/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import type { InputContract } from "../contract/index.ts";
import type { Session } from "../engine/engine.ts";
import { objectConfidence } from "./confidence.ts";
import { labelMaps, mapNames, pairMaps } from "./label-maps.ts";
import { type NormalisationLimits, normaliseBetween } from "./model-input.ts";
import { predictMaps } from "./predict-planes.ts";
import { checkNotCanceled } from "./run-tile.ts";

export interface ScaleTrial {
  /** Model pixels per image pixel. */
  readonly scale: number;
  readonly cellCount: number;
  /** Median diameter of the objects found, pixels of the model; 0 without objects. */
  readonly diameterPx: number;
  /** Mean raw confidence of the objects, by area. */
  readonly confidence: number;
  /** What the trials are compared by. */
  readonly support: number;
}

export interface ScaleEstimate {
  /** Model pixels per image pixel. */
  readonly scale: number;
  /** Diameter of the cells in pixels of the image. */
  readonly cellDiameterPx: number;
  /** Objects behind the estimate. */
  readonly cellCount: number;
  /** False when few cells were found or two far scales did equally well: then a person should look. */
  readonly sure: boolean;
  readonly trials: readonly ScaleTrial[];
}

/** Octaves from a quarter to four: cells a quarter to four times as large as in training. Half octaves follow beside the best. */
const TRIED_OCTAVES = [-2, -1, 0, 1, 2];
// 362 squared at the model's scale: some hundred cells of 20 pixels. A larger trial costs more than it tells; it is cut.
const TRIAL_PIXELS_MAX = 2 ** 17;
// Below this a sample holds no cell of a trained size.
const TRIAL_SIDE_MIN = 24;
const CELLS_MIN = 5;
// Below this the best trial found noise, not cells.
const CONFIDENCE_MIN = 0.35;
// Enlarged noise is half sure of large areas: counted plainly it outweighs a few small cells that are sure. Of 379 images
// that their model never saw, eight were off by more than 1.4 with a power of one, six with two to four.
const CONFIDENCE_POWER = 3;
const RIVAL_SUPPORT = 0.8;
const RIVAL_RATIO = 1.5;

/** One part of an image, as the model's inputs, not normalised. */
export type ScaleSample = readonly (Plane | null)[];

/**
 * Estimates the scale from samples of an image.
 *
 * @param samples at the image's own pixel size; each at most about a megapixel.
 * @param limits of the normalisation, per input.
 * @returns `null` when the model does not say what size of cells it was trained on, or nothing like a cell was found at any
 * scale.
 * Cost: at most seven predictions of 362 x 362 pixels per sample.
 */
export async function estimateScale(
  session: Session,
  contract: InputContract,
  samples: readonly ScaleSample[],
  limits: readonly (NormalisationLimits | null)[],
  signal?: AbortSignal,
): Promise<ScaleEstimate | null> {
  const trained = contract.range?.cellDiameterPx;
  if (trained === undefined || trained === null) return null;
  const tryOctave = async (octave: number): Promise<ScaleTrial | null> => {
    const scale = 2 ** octave;
    const objects: FoundObject[] = [];
    let pixels = 0;
    for (const sample of samples) {
      checkNotCanceled(signal);
      const planes = scaledSample(sample, scale, limits);
      if (planes === null) continue;
      pixels += planes[0]?.data.length ?? 0;
      objects.push(...(await findObjects(session, contract, planes)));
    }
    return pixels === 0 ? null : summarise(scale, objects, pixels, trained);
  };
  const trials: ScaleTrial[] = [];
  const tryAll = async (octaves: readonly number[]): Promise<void> => {
    for (const octave of octaves) {
      const trial = await tryOctave(octave);
      if (trial !== null) trials.push(trial);
    }
  };
  await tryAll(TRIED_OCTAVES);
  const best = bestTrial(trials);
  if (best !== null) await tryAll([-0.5, 0.5].map((step) => Math.log2(best.scale) + step));
  return chooseScale(trials, trained.median);
}

function bestTrial(trials: readonly ScaleTrial[]): ScaleTrial | null {
  return trials.reduce<ScaleTrial | null>(
    (top, trial) => (trial.support > (top?.support ?? 0) ? trial : top),
    null,
  );
}

interface FoundObject {
  readonly areaPx: number;
  readonly confidence: number;
}

function scaledSample(
  sample: ScaleSample,
  scale: number,
  limits: readonly (NormalisationLimits | null)[],
): Plane<"float32">[] | null {
  const first = sample.find((plane) => plane !== null);
  if (first === undefined || first === null) return null;
  const [height, width] = [Math.round(first.height * scale), Math.round(first.width * scale)];
  if (Math.min(height, width) < TRIAL_SIDE_MIN) return null;
  // A sample too large at this scale is cut to its middle.
  const cut = Math.min(1, Math.sqrt(TRIAL_PIXELS_MAX / (height * width)));
  const [sourceHeight, sourceWidth] = [Math.round(first.height * cut), Math.round(first.width * cut)];
  const size = [Math.round(sourceHeight * scale), Math.round(sourceWidth * scale)] as const;
  return sample.map((plane, c) => {
    const one = limits[c];
    if (plane === null || one === null || one === undefined)
      return { dtype: "float32", height: size[0], width: size[1], data: new Float32Array(size[0] * size[1]) };
    const part = cut < 1 ? middleOf(plane, sourceHeight, sourceWidth) : plane;
    return normaliseBetween(scale === 1 ? part : resamplePlane(part, ...size), one);
  });
}

function middleOf(plane: Plane, height: number, width: number): Plane {
  const [y0, x0] = [(plane.height - height) >> 1, (plane.width - width) >> 1];
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = plane.data[(y0 + y) * plane.width + x0 + x] as number;
  return { dtype: "float32", height, width, data };
}

async function findObjects(
  session: Session,
  contract: InputContract,
  planes: readonly Plane<"float32">[],
): Promise<FoundObject[]> {
  const [first] = contract.compartments;
  if (first === undefined) return [];
  const maps = await predictMaps(session, planes, mapNames([first]), {
    stride: contract.stride,
    reach: contract.receptiveRadiusPx,
  });
  const pair = pairMaps(maps);
  const labels = labelMaps(pair, [first]).compartments[0]?.labels;
  if (labels === undefined || pair[0] === undefined) return [];
  const raw = objectConfidence(labels, pair[0]);
  const index = indexLabels(labels);
  return Array.from(index.labels, (label, k) => ({
    areaPx: index.areas[k] as number,
    confidence: raw.get(label) ?? 0,
  }));
}

const diameterOf = (areaPx: number): number => 2 * Math.sqrt(areaPx / Math.PI);

function summarise(
  scale: number,
  objects: readonly FoundObject[],
  pixels: number,
  trained: { readonly low: number; readonly high: number },
): ScaleTrial {
  const diameters = objects.map(({ areaPx }) => diameterOf(areaPx)).sort((a, b) => a - b);
  const area = objects.reduce((sum, { areaPx }) => sum + areaPx, 0);
  const sure = objects.reduce((sum, { areaPx, confidence }) => sum + areaPx * confidence, 0);
  const fitting = objects.reduce((sum, { areaPx, confidence }) => {
    const diameter = diameterOf(areaPx);
    const fits = diameter >= trained.low && diameter <= trained.high;
    return fits ? sum + areaPx * confidence ** CONFIDENCE_POWER : sum;
  }, 0);
  return {
    scale,
    cellCount: objects.length,
    diameterPx: diameters.length === 0 ? 0 : (diameters[diameters.length >> 1] as number),
    confidence: area === 0 ? 0 : sure / area,
    support: fitting / pixels,
  };
}

/** The best trial, refined by the size of the cells found there. */
export function chooseScale(trials: readonly ScaleTrial[], targetPx: number): ScaleEstimate | null {
  const best = bestTrial(trials);
  if (best === null || best.diameterPx === 0 || best.confidence < CONFIDENCE_MIN) return null;
  const cellDiameterPx = best.diameterPx / best.scale;
  // Another scale at which nearly as much fits, but with cells of quite another size.
  const rival = trials.some((trial) => {
    const ratio = trial.diameterPx / trial.scale / cellDiameterPx;
    return trial.support > RIVAL_SUPPORT * best.support && Math.max(ratio, 1 / ratio) > RIVAL_RATIO;
  });
  return {
    scale: targetPx / cellDiameterPx,
    cellDiameterPx,
    cellCount: best.cellCount,
    sure: best.cellCount >= CELLS_MIN && !rival,
    trials,
  };
}
