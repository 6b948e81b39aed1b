/** Scores of tracks over detections of which it is known what they are. */

import type { Track } from "#core/lineage/index.ts";
import { createTrackScorer, matchKnownPairs, type TrackingScores } from "#core/track-metrics/index.ts";
import { type TrackGraph, tracksOf } from "#core/tracking/index.ts";
import type { KnownMovie } from "./simulated-movie.ts";

export const scoreGraph = (movie: KnownMovie, graph: TrackGraph): TrackingScores =>
  scoreTracks(movie, graph.tracks, tracksOf(graph));

/** @param tracks  track of each detection through the movie; 0 for none. */
export function scoreTracks(
  movie: KnownMovie,
  tracks: Int32Array,
  predicted: readonly Track[],
): TrackingScores {
  const scorer = createTrackScorer({ reference: movie.reference, predicted });
  let position = 0;
  for (const [f, { t, labels }] of movie.frames.entries()) {
    const pairs: [number, number][] = [];
    const shown: number[] = [];
    for (let at = 0; at < labels.length; at++, position++) {
      const track = tracks[position]!;
      if (track === 0) continue;
      shown.push(track);
      for (const cell of movie.cells[f]![at]!) pairs.push([cell, track]);
    }
    scorer.addMatch(matchKnownPairs(t, movie.referenceLabels[f]!, shown, pairs));
  }
  return scorer.scores();
}
