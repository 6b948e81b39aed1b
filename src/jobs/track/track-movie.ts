/**
 * Links the label images of a movie as it streams by, and keeps what writers need: the graph and the packed labels.
 *
 * Memory: one window of detections, the graph (some 30 bytes a detection and motion per frame), and the deflated labels.
 * Pixels of a frame are let go as soon as it is measured.
 */
import { setImmediate } from "node:timers/promises";
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import {
  assignmentSolver,
  buildTrackGraph,
  type CandidateScores,
  type CandidateWindow,
  createTracker,
  exactSolver,
  type FrameDetections,
  greedySolver,
  type LinkedFrame,
  type LinkSolver,
  measureFrame,
  offerUnions,
  plainScorer,
  type TrackGraph,
  trackOfLabels,
  withFallback,
} from "#core/tracking/index.ts";
import { debrisFilter } from "./leave-out-debris.ts";
import { type Movie, planeOfFrame } from "./movie.ts";
import { openHighs } from "./open-highs.ts";
import { createPackedLabels } from "./packed-labels.ts";

export const trackSolvers = ["exact", "assignment", "greedy"] as const;

export type TrackSolver = (typeof trackSolvers)[number];

/** Labels of a frame, from a file or a model. */
export type LabelsOfFrame = (t: number, frame: ImageArray) => Promise<LabelImage>;

/** A `LinkScorer`, or one that computes elsewhere. */
export interface MovieScorer {
  readonly name: string;
  score(window: CandidateWindow): CandidateScores | Promise<CandidateScores>;
}

export interface TrackMovieOptions {
  readonly labelsOf: LabelsOfFrame;
  /** Channel whose values describe cells. */
  readonly channel: number;
  readonly solver: TrackSolver;
  /** What judges candidates, at once or later; default the plain one. */
  readonly scorer?: MovieScorer;
  /** Most frames a cell may be missing; 0 closes no gaps. */
  readonly gapFrames: number;
  /**
   * Off: labels are taken as they are. On, for those of a model: two small neighbours may also be one cell that was cut
   * (only the exact solver can choose), and debris is no cell.
   */
  readonly repairs: boolean;
  readonly signal: AbortSignal;
  /** Frames done. */
  readonly onFrame: (done: number) => void;
}

export interface TrackedMovie {
  readonly movie: Movie;
  readonly graph: TrackGraph;
  /** As recorded with results. */
  readonly solver: string;
  readonly scorer: string;
  /** Windows that were too hard for the exact solver and were solved by assignment. */
  readonly hardWindows: number;
  /** Bytes of the packed labels. */
  readonly packedBytes: number;
  /** Label image of frame `t` with the numbers of tracks; 0 where nothing was chosen. A new copy each time. */
  tracksOfFrame(t: number): LabelImage;
}

/** @throws FoundryError of movie and labels; what `signal` was aborted with. Cost: near linear in pixels and detections. */
export async function trackMovie(movie: Movie, options: TrackMovieOptions): Promise<TrackedMovie> {
  const { labelsOf, channel, gapFrames, signal, onFrame } = options;
  let hardWindows = 0;
  const solver = await openSolver(options.solver, () => hardWindows++);
  const scorer: MovieScorer = options.scorer ?? plainScorer();
  const tracker = createTracker({ solver, gapFramesMax: gapFrames });
  const packed = createPackedLabels(movie.height, movie.width);
  const waiting = new Map<number, FrameDetections>();
  const linked: LinkedFrame[] = [];
  const named: Int32Array[] = [];
  const unions = options.repairs && options.solver === "exact";
  const leaveOut = options.repairs ? debrisFilter() : (frame: FrameDetections) => frame;
  const take = async (window: CandidateWindow | null): Promise<void> => {
    if (window === null) return;
    for (const frame of tracker.commit(await scorer.score(window))) {
      linked.push(frame);
      named.push(Int32Array.from([...trackOfLabels(waiting.get(frame.t)!, frame.tracks)].flat()));
      waiting.delete(frame.t);
    }
  };
  for (let t = 0; t < movie.frameCount; t++) {
    signal.throwIfAborted();
    const frame = await movie.readFrame(t);
    const labels = await labelsOf(t, frame);
    packed.push(labels);
    const measured = leaveOut(measureFrame(labels, planeOfFrame(frame, channel), t));
    const detections = unions ? offerUnions(measured) : measured;
    waiting.set(t, detections);
    await take(tracker.push(detections));
    onFrame(t + 1);
    // Solving and reading block; Ctrl-C and progress need a turn.
    await setImmediate();
  }
  await take(tracker.finish());
  return {
    movie,
    graph: buildTrackGraph(linked),
    solver: solver.name,
    scorer: scorer.name,
    hardWindows,
    packedBytes: packed.bytes(),
    tracksOfFrame: (t) => paintInPlace(packed.read(t), named[t]!),
  };
}

async function openSolver(wanted: TrackSolver, onFallback: () => void): Promise<LinkSolver> {
  if (wanted === "greedy") return greedySolver;
  if (wanted === "assignment") return assignmentSolver;
  return withFallback(exactSolver(await openHighs()), assignmentSolver, onFallback);
}

/** @param pairs  label and track, flat. */
function paintInPlace(labels: LabelImage, pairs: Int32Array): LabelImage {
  const tracks = new Map<number, number>();
  for (let k = 0; k < pairs.length; k += 2) tracks.set(pairs[k]!, pairs[k + 1]!);
  const { data } = labels;
  let [last, track] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (label === 0) continue;
    if (label !== last) {
      last = label;
      track = tracks.get(label) ?? 0;
    }
    data[i] = track;
  }
  return labels;
}
