/**
 * Probabilities of candidates from motion, area and intensity, without training.
 *
 * A small generative model: a cell steps by a Gaussian with a long tail, keeps its area and intensity within spreads
 * measured from the movie, is missed now and then, divides at a rate, and appears at a rate anywhere, more often at the
 * sides. Daughters lie opposite each other around the parent, have its area together and are alike. Weights of all
 * origins of a detection are divided by their sum, so they are probabilities in form; the rates below were set by
 * hand, not fitted, which is what a learned scorer mends.
 */
import type { CandidateWindow } from "./candidates.ts";
import { areaOf, type FrameDetections, featureOf, lightOf } from "./detections.ts";
import type { CandidateScores, LinkScorer } from "./link-scorer.ts";
import { median, robustSpread } from "./motion.ts";

export interface PlainScorerOptions {
  /** Per cell and frame. Default 0.005: a cell cycle of 200 frames. */
  readonly divisionRate?: number;
  /** Probability that a cell is not detected in a frame. Default 0.02. */
  readonly missRate?: number;
  /** Probability that a detection in the middle of the field has no origin, or no successor. Default 0.005. */
  readonly appearanceRate?: number;
  /** The same within a cell's width of the side. Default 0.1. */
  readonly sideRate?: number;
}

export const defaultPlainScorerOptions: Required<PlainScorerOptions> = {
  divisionRate: 0.005,
  missRate: 0.02,
  appearanceRate: 0.005,
  sideRate: 0.1,
};

/** Share of steps from the wide part of the motion, and how much wider it is. */
const tailShare = 0.1;
const tailFactor = 3;
/** Share of measurements of area and intensity that are off (masks that merge or spill), with a wide spread. */
const outlierShare = 0.1;
const outlierSpread = 0.7;
/** A cell is seldom missed while another detection lies in its place: so much of the miss rate is then taken off. */
const strangerShare = 0.95;
/** Daughters: log ratio of their areas, and of their areas together to the parent's (a cell rounds up to divide). */
const sisterSpread = 0.25;
const sumSpread = 0.35;

export function plainScorer(options: PlainScorerOptions = {}): LinkScorer {
  const rates = { ...defaultPlainScorerOptions, ...options };
  return { name: "plain", score: (candidates) => scoreWindow(candidates, rates) };
}

const gauss1 = (value: number, sd: number): number =>
  Math.exp((-value * value) / (2 * sd * sd)) / (sd * Math.sqrt(2 * Math.PI));
const gauss2 = (square: number, sd: number): number =>
  Math.exp(-square / (2 * sd * sd)) / (2 * Math.PI * sd * sd);
const stepDensity = (square: number, sd: number): number =>
  (1 - tailShare) * gauss2(square, sd) + tailShare * gauss2(square, tailFactor * sd);
const changeDensity = (change: number, sd: number): number =>
  (1 - outlierShare) * gauss1(change, sd) + outlierShare * gauss1(change, Math.max(sd, outlierSpread));

/** Log area or log intensity of all detections of a window, with how the crowd is spread. */
interface Trait {
  /** NaN where not measured. */
  readonly log: Float64Array;
  readonly middle: number;
  readonly spread: number;
  /** Spread of the change of one cell in one frame; 0 = the trait is not used. */
  readonly change: number;
}

function traitOf(
  candidates: CandidateWindow,
  value: (frame: FrameDetections, at: number) => number,
  change: number,
  shifts: readonly number[] | null,
): Trait {
  const log = new Float64Array(candidates.frameOf.length).fill(Number.NaN);
  const known: number[] = [];
  let shift = 0;
  for (const [f, frame] of candidates.frames.entries()) {
    if (f > 0) shift += shifts?.[f - 1] ?? 0;
    for (let i = 0; i < frame.labels.length; i++) {
      const measured = value(frame, i);
      if (measured <= 0) continue;
      log[candidates.offsets[f] + i] = Math.log(measured) - shift;
      known.push(Math.log(measured) - shift);
    }
  }
  return {
    log,
    middle: median(known),
    spread: Math.max(0.1, robustSpread(known)),
    change: known.length === 0 ? 0 : change,
  };
}

/** How much likelier a change is for one cell than for a cell drawn from the crowd. */
function likeness(trait: Trait, from: number, to: number, frames: number): number {
  if (trait.change === 0) return 1;
  const [a, b] = [trait.log[from], trait.log[to]];
  if (Number.isNaN(a) || Number.isNaN(b)) return 1;
  return changeDensity(b - a, trait.change * Math.sqrt(frames)) / crowdDensity(trait, b);
}

const crowdDensity = (trait: Trait, value: number): number =>
  changeDensity(value - trait.middle, Math.max(trait.spread, trait.change));

function scoreWindow(candidates: CandidateWindow, rates: Required<PlainScorerOptions>): CandidateScores {
  const { from, to, distancePx, divisions, frameOf, scale } = candidates;
  const count = frameOf.length;
  const area = traitOf(candidates, areaOf, scale.areaSpread, null);
  const light = traitOf(
    candidates,
    lightOf,
    scale.lightSpread,
    candidates.motions.map(({ lightShift }) => lightShift),
  );
  const appearing = new Float64Array(count);
  const disappearance = new Float32Array(count);
  for (const [f, frame] of candidates.frames.entries()) {
    const density = Math.max(1, frame.labels.length) / (frame.height * frame.width);
    const side = featureOf(frame, "sideDistancePx");
    const nearSide = Math.max(1.5 * scale.radiusPx, 2 * scale.sigmaPx);
    for (let i = 0; i < frame.labels.length; i++) {
      const rate = side(i) <= nearSide ? rates.sideRate : rates.appearanceRate;
      appearing[candidates.offsets[f] + i] = rate * density;
      disappearance[candidates.offsets[f] + i] = rate;
    }
  }
  const occupied = nextOccupied(candidates);
  const weights = new Float64Array(from.length);
  const sums = appearing.slice();
  for (let e = 0; e < from.length; e++) {
    const steps = frameOf[to[e]] - frameOf[from[e]];
    const alike = likeness(area, from[e], to[e], steps) * likeness(light, from[e], to[e], steps);
    const missed = steps === 1 ? 1 : rates.missRate ** (steps - 1) * (1 - strangerShare * occupied[from[e]]);
    weights[e] = missed * alike * stepDensity(distancePx[e] ** 2, scale.sigmaPx * Math.sqrt(steps));
    sums[to[e]] += weights[e];
  }
  const pairs = divisionWeights(candidates, area, light, rates.divisionRate);
  for (let d = 0; d < pairs.length; d++) {
    // Each daughter's share, so that a sure division has probability 1 for both.
    const share = Math.sqrt(pairs[d]);
    sums[divisions[3 * d + 1]] += share;
    sums[divisions[3 * d + 2]] += share;
  }
  return {
    link: Float32Array.from(weights, (weight, e) => weight / sums[to[e]]),
    division: Float32Array.from(
      pairs,
      (weight, d) => weight / (sums[divisions[3 * d + 1]] * sums[divisions[3 * d + 2]]),
    ),
    appearance: Float32Array.from(appearing, (weight, i) => weight / sums[i]),
    disappearance,
  };
}

/** How well the nearest detection of the next frame lies where each one would be found, 0..1. */
function nextOccupied({ from, to, distancePx, frameOf, scale }: CandidateWindow): Float64Array {
  const occupied = new Float64Array(frameOf.length);
  for (let e = 0; e < from.length; e++) {
    if (frameOf[to[e]] - frameOf[from[e]] !== 1) continue;
    const near = Math.exp(-(distancePx[e] ** 2) / (2 * (2 * scale.sigmaPx) ** 2));
    occupied[from[e]] = Math.max(occupied[from[e]], near);
  }
  return occupied;
}

/** Density of two daughters' places and measures under "they came from this parent", per pixel to the fourth. */
function divisionWeights(candidates: CandidateWindow, area: Trait, light: Trait, rate: number): Float64Array {
  const { divisions, frames, frameOf, offsets, motions, scale } = candidates;
  const weights = new Float64Array(divisions.length / 3);
  for (let d = 0; d < weights.length; d++) {
    const [parent, first, second] = divisions.subarray(3 * d, 3 * d + 3);
    const f = frameOf[parent];
    const [before, after] = [frames[f], frames[f + 1]];
    const [a, b, p] = [first - offsets[f + 1], second - offsets[f + 1], parent - offsets[f]];
    const middleY = (after.y[a] + after.y[b]) / 2 - before.y[p] - motions[f].driftY;
    const middleX = (after.x[a] + after.x[b]) / 2 - before.x[p] - motions[f].driftX;
    const apart = Math.hypot(after.y[a] - after.y[b], after.x[a] - after.x[b]);
    const middleSd = Math.hypot(scale.sigmaPx, 0.3 * scale.radiusPx);
    weights[d] =
      rate *
      stepDensity(middleY ** 2 + middleX ** 2, middleSd) *
      apartDensity(apart, daughterRadius(after, a, b, scale.radiusPx), scale.sigmaPx) *
      sisterLikeness(area, light, parent, first, second);
  }
  return weights;
}

function daughterRadius(frame: FrameDetections, a: number, b: number, radiusPx: number): number {
  const areas = areaOf(frame, a) + areaOf(frame, b);
  return areas > 0 ? Math.sqrt(areas / (2 * Math.PI)) : radiusPx * Math.SQRT1_2;
}

/**
 * Density of the vector between daughters, any direction: they just touch or have parted by up to about their widths.
 * Log-normal in length around 2.6 radii: touching is 2, and elongated plates lie closer than circles would.
 */
function apartDensity(apart: number, radius: number, sigma: number): number {
  const typical = Math.max(2.6 * radius, sigma);
  if (apart <= 0) return 0;
  return gauss1(Math.log(apart / typical), 0.4) / (2 * Math.PI * apart * apart);
}

/** How much likelier areas and intensities are for sisters of this parent than for two cells of the crowd. */
function sisterLikeness(area: Trait, light: Trait, parent: number, first: number, second: number): number {
  let ratio = 1;
  if (area.change > 0 && !Number.isNaN(area.log[parent] + area.log[first] + area.log[second])) {
    const [p, a, b] = [area.log[parent], area.log[first], area.log[second]];
    const together = Math.log((Math.exp(a) + Math.exp(b)) / Math.exp(p));
    const sisters =
      changeDensity(a - b, Math.max(sisterSpread, area.change)) * changeDensity(together, sumSpread);
    ratio *= sisters / (crowdDensity(area, a) * crowdDensity(area, b));
  }
  if (light.change > 0 && !Number.isNaN(light.log[first] + light.log[second])) {
    const [a, b] = [light.log[first], light.log[second]];
    const sisters =
      changeDensity(a - b, light.change * Math.SQRT2) * changeDensity((a + b) / 2 - light.middle, 0.5);
    ratio *= sisters / (crowdDensity(light, a) * crowdDensity(light, b));
  }
  return ratio;
}
