/**
 * All scores of a tracking against a reference, frame by frame.
 *
 * Frames are matched one at a time and their pixels let go, so a movie of any length needs memory for its detections
 * only. Every score leaves with the rules it was made by. Volumes work as planes of height z x y.
 */
import type { LabelImage } from "../array/index.ts";
import { assert } from "../errors.ts";
import type { Track } from "../lineage/index.ts";
import { cellTrackingSums, detectionWeights, findOverlaps, segScore } from "../metrics/index.ts";
import { type DivisionScores, divisionScores } from "./division-scores.ts";
import { type FrameMatch, matchFrame, trackMatcherName } from "./frame-match.ts";
import { countGraphErrors, type GraphScores, graphScores, linkWeights } from "./graph-scores.ts";
import { type HotaScores, hotaScores, hotaThresholds } from "./hota.ts";
import { matchMovie } from "./movie-match.ts";
import type { OnlyChild, ParentLinks } from "./track-forest.ts";
import { cellCycleAccuracy, type TrackFractions, trackFractions } from "./track-fractions.ts";

export interface TrackScoreSettings {
  readonly parentLinks: ParentLinks;
  readonly onlyChild: OnlyChild;
  /** Tolerances in frames at which divisions are counted, ascending. */
  readonly tolerances: readonly number[];
}

export const defaultTrackScoreSettings: TrackScoreSettings = {
  parentLinks: "divisions",
  onlyChild: "cut",
  tolerances: [0, 1, 2, 3],
};

/** What depends on the tolerance for the frame of a division. */
export interface ToleranceScores {
  readonly tolerance: number;
  readonly division: DivisionScores;
  /** BC(i): F1 of branching events; null when the reference has none. */
  readonly bc: number | null;
  /** BIO(i): mean of CT, TF, BC(i) and CCA, of those that exist. */
  readonly bio: number | null;
  /** OP_CLB(i): mean of LNK and BIO(i). */
  readonly opClb: number | null;
}

export interface TrackingScores extends GraphScores, TrackFractions, HotaScores {
  readonly settings: TrackScoreSettings & {
    readonly matcher: string;
    readonly weights: { readonly detections: typeof detectionWeights; readonly links: typeof linkWeights };
    readonly hotaThresholds: readonly number[];
    readonly frameCount: number;
    /** Frames that SEG was measured in: those with a segmentation of their own, or all. */
    readonly segFrameCount: number;
  };
  /** SEG over all objects of its frames, 0..1. */
  readonly seg: number | null;
  readonly cca: number | null;
  readonly byTolerance: readonly ToleranceScores[];
  /** OP_CSB: mean of DET and SEG. OP_CTB: mean of SEG and TRA. */
  readonly opCsb: number | null;
  readonly opCtb: number | null;
}

export interface TrackScorer {
  /** @throws FoundryError `array.shapeMismatch`. Cost: O(pixels). */
  addFrame(t: number, reference: LabelImage, predicted: LabelImage): void;
  /** A frame that was matched elsewhere (`matchKnownPairs`). */
  addMatch(match: FrameMatch): void;
  /** A reference for SEG alone, where tracking has markers only; once added, SEG counts no other frames. */
  addSegmentation(reference: LabelImage, predicted: LabelImage): void;
  /** Scores of the frames so far. Cost: O(detections log detections). */
  scores(): TrackingScores;
}

/** @param tracks  both tables; labels are those of the frames. */
export function createTrackScorer(
  tracks: { readonly reference: readonly Track[]; readonly predicted: readonly Track[] },
  asked: Partial<TrackScoreSettings> = {},
): TrackScorer {
  const settings = { ...defaultTrackScoreSettings, ...asked };
  const frames = new Map<number, FrameMatch>();
  const segmentation = { segSum: 0, referenceCount: 0, frameCount: 0 };
  const addMatch = (match: FrameMatch): void => {
    assert(!frames.has(match.t), `frame ${match.t} is added once`);
    frames.set(match.t, match);
  };
  return {
    addFrame: (t, reference, predicted) => addMatch(matchFrame(t, findOverlaps(reference, predicted))),
    addMatch,
    addSegmentation: (reference, predicted) => {
      const sums = cellTrackingSums(findOverlaps(reference, predicted));
      segmentation.segSum += sums.segSum;
      segmentation.referenceCount += sums.referenceCount;
      segmentation.frameCount++;
    },
    scores: () => {
      const list = [...frames.values()];
      return scoreMovie(list, tracks, settings, segmentation.frameCount > 0 ? segmentation : sumFrames(list));
    },
  };
}

interface SegSums {
  readonly segSum: number;
  readonly referenceCount: number;
  readonly frameCount: number;
}

function sumFrames(frames: readonly FrameMatch[]): SegSums {
  return frames.reduce(
    (sum, { sums }) => ({
      segSum: sum.segSum + sums.segSum,
      referenceCount: sum.referenceCount + sums.referenceCount,
      frameCount: sum.frameCount + 1,
    }),
    { segSum: 0, referenceCount: 0, frameCount: 0 },
  );
}

function scoreMovie(
  frames: readonly FrameMatch[],
  tracks: { readonly reference: readonly Track[]; readonly predicted: readonly Track[] },
  settings: TrackScoreSettings,
  segmentation: SegSums,
): TrackingScores {
  const match = matchMovie(frames, tracks, settings.onlyChild);
  const graph = graphScores(countGraphErrors(match, settings.parentLinks));
  const fractions = trackFractions(match);
  const cca = cellCycleAccuracy(match);
  const seg = segScore({ ...segmentation, detSplits: 0, detMissed: 0, detFalse: 0 });
  const byTolerance = settings.tolerances.map((tolerance) => {
    const branching = divisionScores(match, { tolerance, frames: "exact" });
    const bc = branching.reference === 0 ? null : branching.f1;
    const bio = meanOfPresent([fractions.ct, fractions.tf, bc, cca]);
    const division = divisionScores(match, { tolerance, frames: "near" });
    return { tolerance, division, bc, bio, opClb: meanOfBoth(graph.lnk, bio) };
  });
  return {
    settings: {
      ...settings,
      matcher: trackMatcherName,
      weights: { detections: detectionWeights, links: linkWeights },
      hotaThresholds,
      frameCount: frames.length,
      segFrameCount: segmentation.frameCount,
    },
    ...graph,
    ...fractions,
    ...hotaScores(match),
    seg,
    cca,
    byTolerance,
    opCsb: meanOfBoth(graph.det, seg),
    opCtb: meanOfBoth(seg, graph.tra),
  };
}

function meanOfPresent(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}

const meanOfBoth = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : (a + b) / 2;
