/** Runs work of core that asks to have windows linked, by a solver and a scorer that may be a network. */

import {
  buildTrackGraph,
  type CandidateScores,
  type CandidateWindow,
  createTracker,
  type FrameDetections,
  type Linking,
  type LinkSolver,
  type TrackGraph,
} from "#core/tracking/index.ts";

/** A `LinkScorer`, or one that computes elsewhere. */
export interface MovieScorer {
  readonly name: string;
  score(window: CandidateWindow): CandidateScores | Promise<CandidateScores>;
}

interface WindowLinker {
  readonly solver: LinkSolver;
  readonly scorer: MovieScorer;
}

/** The result of the work. @throws what the scorer throws. */
export async function withLinks<Result>(work: Linking<Result>, linker: WindowLinker): Promise<Result> {
  let asked = work.next();
  while (asked.done !== true) asked = work.next(await linkWindow(asked.value, linker));
  return asked.value;
}

/** All frames as one problem. */
export async function linkWindow(
  frames: readonly FrameDetections[],
  { solver, scorer }: WindowLinker,
): Promise<TrackGraph> {
  const tracker = createTracker({ solver, commitFrames: frames.length + 1, aheadFrames: 0 });
  for (const frame of frames) tracker.push(frame);
  const window = tracker.finish();
  return buildTrackGraph(window === null ? [] : tracker.commit(await scorer.score(window)));
}
