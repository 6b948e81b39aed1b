/**
 * From the raw confidence of objects to the share of such objects that are right.
 *
 * "Right" means that an object matches one of the reference at IoU 0.5. The line from raw to calibrated is fitted on
 * validation images by isotonic regression (pool adjacent violators; Zadrozny and Elkan 2002) over bins of equal count,
 * with each bin shrunk a little towards the overall share, so that a bin of twenty lucky objects does not promise
 * certainty. It is stored as knots in the model's contract and says nothing about images outside the model's range.
 */
import type { LabelImage, Mask } from "#core/array/index.ts";
import { countedObjects } from "#core/metrics/index.ts";

export interface ConfidenceSample {
  /** As `objectConfidence` gives it, 0..1. */
  readonly raw: number;
  /** Whether the object matches a reference object at IoU 0.5. */
  readonly right: boolean;
}

/** Rising line through points; the same form as in the contract. */
export interface ConfidenceCurve {
  readonly knots: readonly (readonly [raw: number, calibrated: number])[];
}

// Fewer objects than this say nothing about ten bins.
const SAMPLES_MIN = 100;
// Twenty points draw any calibration curve seen so far; with 50 objects each the error of a share stays below 0.07.
const BINS_MAX = 20;
const BIN_SAMPLES_MIN = 50;
// Weight of the overall share in each bin, in objects.
const SHRINKAGE = 4;

/**
 * Fits the curve.
 *
 * @returns knots with rising `raw` and never falling `calibrated`, 0..1; `null` with fewer than 100 objects.
 * Deterministic; the order of samples does not matter. Cost: O(n log n).
 */
export function fitConfidence(samples: readonly ConfidenceSample[]): ConfidenceCurve | null {
  if (samples.length < SAMPLES_MIN) return null;
  const sorted = [...samples].sort((a, b) => a.raw - b.raw);
  const overall = shareRight(sorted);
  const binCount = Math.min(BINS_MAX, Math.floor(sorted.length / BIN_SAMPLES_MIN));
  const pools: Pool[] = [];
  for (const bin of equalBins(sorted, Math.max(2, binCount))) {
    const right = bin.filter((sample) => sample.right).length;
    pools.push({
      raw: bin.reduce((sum, sample) => sum + sample.raw, 0) / bin.length,
      calibrated: (right + SHRINKAGE * overall) / (bin.length + SHRINKAGE),
      count: bin.length,
    });
    mergeViolators(pools);
  }
  return { knots: pools.map(({ raw, calibrated }) => [round(raw), round(calibrated)] as const) };
}

interface Pool {
  raw: number;
  calibrated: number;
  count: number;
}

/** Bins of nearly equal count; equal raw values stay together. */
function equalBins(sorted: readonly ConfidenceSample[], count: number): ConfidenceSample[][] {
  const bins: ConfidenceSample[][] = [];
  let from = 0;
  for (let b = 1; b <= count && from < sorted.length; b++) {
    let to = Math.max(from + 1, Math.round((b * sorted.length) / count));
    while (to < sorted.length && sorted[to]?.raw === sorted[to - 1]?.raw) to++;
    bins.push(sorted.slice(from, to));
    from = to;
  }
  return bins;
}

/** Joins the last pools until their values rise. */
function mergeViolators(pools: Pool[]): void {
  for (;;) {
    const last = pools.at(-1);
    const before = pools.at(-2);
    if (last === undefined || before === undefined || before.calibrated < last.calibrated) return;
    const count = before.count + last.count;
    const mean = (a: number, b: number): number => (a * before.count + b * last.count) / count;
    pools.splice(-2, 2, {
      raw: mean(before.raw, last.raw),
      calibrated: mean(before.calibrated, last.calibrated),
      count,
    });
  }
}

/** Calibrated confidence of a raw one: linear between knots, constant beyond them; unchanged without a curve. */
export function calibrated(curve: ConfidenceCurve | null, raw: number): number {
  const knots = curve?.knots ?? [];
  const first = knots[0];
  const last = knots.at(-1);
  if (first === undefined || last === undefined) return raw;
  if (raw <= first[0]) return first[1];
  for (let k = 1; k < knots.length; k++) {
    const [x1, y1] = knots[k] as readonly [number, number];
    if (raw > x1) continue;
    const [x0, y0] = knots[k - 1] as readonly [number, number];
    return x1 > x0 ? y0 + ((y1 - y0) * (raw - x0)) / (x1 - x0) : y1;
  }
  return last[1];
}

export interface ReliabilityBin {
  /** Confidences in [low, high). */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly meanConfidence: number;
  /** Share of these objects that are right. */
  readonly shareRight: number;
}

export interface Reliability {
  /** Expected calibration error: mean distance of confidence and share, weighted by count; 0..1. */
  readonly expectedCalibrationError: number;
  readonly count: number;
  /** Bins of equal width that hold objects. */
  readonly bins: readonly ReliabilityBin[];
}

/** How far confidences can be believed. `binCount` bins of equal width over 0..1, default 10. */
export function reliability(
  samples: readonly { readonly confidence: number; readonly right: boolean }[],
  binCount = 10,
): Reliability {
  const groups = Array.from({ length: binCount }, (): (typeof samples)[number][] => []);
  for (const sample of samples) {
    const b = Math.min(binCount - 1, Math.max(0, Math.floor(sample.confidence * binCount)));
    groups[b]?.push(sample);
  }
  const bins = groups.flatMap((group, b): ReliabilityBin[] => {
    if (group.length === 0) return [];
    const mean = group.reduce((sum, sample) => sum + sample.confidence, 0) / group.length;
    return [
      {
        low: b / binCount,
        high: (b + 1) / binCount,
        count: group.length,
        meanConfidence: mean,
        shareRight: shareRight(group),
      },
    ];
  });
  const error = bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.meanConfidence - bin.shareRight), 0);
  return {
    expectedCalibrationError: error / Math.max(1, samples.length),
    count: samples.length,
    bins,
  };
}

/**
 * Samples of one image: raw confidence of each predicted object and whether it is right.
 *
 * Above an IoU of 0.5 an object has at most one partner, so no assignment is needed; exactly 0.5 counts as right.
 * @param uncounted  pixels that say nothing, as `uncountedPixels` gives them: objects mostly there are no samples.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels).
 */
export function confidenceSamples(
  reference: LabelImage,
  predicted: LabelImage,
  confidence: ReadonlyMap<number, number>,
  uncounted?: Mask,
): ConfidenceSample[] {
  const { pairs, predictedLabels } = countedObjects(reference, predicted, uncounted).overlaps;
  const right = new Set(pairs.filter(({ iou }) => iou >= 0.5).map((pair) => pair.predicted));
  return Array.from(predictedLabels, (label, k) => ({
    raw: confidence.get(label) ?? 0,
    right: right.has(k),
  }));
}

function shareRight(samples: readonly { readonly right: boolean }[]): number {
  return samples.filter((sample) => sample.right).length / Math.max(1, samples.length);
}

/** Four decimals: more would pretend to a precision that validation cannot give. */
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
