/** Scores of a solution graph whose detections are known to be those of the reference (same masks, same labels). */
import type { Track } from "#core/lineage/index.ts";
import { createTrackScorer, matchKnownPairs, type TrackingScores } from "#core/track-metrics/index.ts";
import { type FrameDetections, type TrackGraph, tracksOf } from "#core/tracking/index.ts";

/** @param truth  reference label of each detection of a frame; 0 for none. */
export function scoreGraph(
  frames: readonly FrameDetections[],
  truth: (f: number, at: number) => number,
  referenceLabels: readonly (readonly number[])[],
  reference: readonly Track[],
  graph: TrackGraph,
): TrackingScores {
  const scorer = createTrackScorer({ reference, predicted: tracksOf(graph) });
  for (const [f, frame] of frames.entries()) {
    const pairs: [number, number][] = [];
    const predicted: number[] = [];
    for (let at = 0; at < frame.labels.length; at++) {
      const track = graph.tracks[graph.offsets[f]! + at]!;
      if (track === 0) continue;
      predicted.push(track);
      const label = truth(f, at);
      if (label !== 0) pairs.push([label, track]);
    }
    scorer.addMatch(matchKnownPairs(frame.t, referenceLabels[f]!, predicted, pairs));
  }
  return scorer.scores();
}
