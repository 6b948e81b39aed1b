/**
 * Links the label images of a movie as it streams by, and keeps what writers need: the graph and the packed labels.
 *
 * Memory: one window of detections, the graph (some 30 bytes a detection and motion per frame), and the deflated labels.
 * Pixels of a frame are let go as soon as it is measured.
 */
import { setImmediate } from "node:timers/promises";
import type { ImageArray, LabelImage, Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import {
  assignmentSolver,
  buildTrackGraph,
  type CandidateWindow,
  createMaskRepairer,
  createTracker,
  exactSolver,
  type FrameDetections,
  greedySolver,
  type LabelledShape,
  type LinkedFrame,
  type LinkSolver,
  linkConfidences,
  type MaskRepair,
  measureFrame,
  measureShapes,
  offerUnions,
  plainScorer,
  type TrackGraph,
  type TrackingConstraints,
  trackOfLabels,
  withFallback,
} from "#core/tracking/index.ts";
import { debrisFilter } from "./leave-out-debris.ts";
import { type MovieScorer, withLinks } from "./link-windows.ts";
import { type Movie, planeOfFrame } from "./movie.ts";
import { openHighs } from "./open-highs.ts";
import { createPackedLabels, type PackedLabels } from "./packed-labels.ts";

export const trackSolvers = ["exact", "assignment", "greedy"] as const;

export type TrackSolver = (typeof trackSolvers)[number];

/** Labels of a frame, from a file or a model. */
export type LabelsOfFrame = (t: number, frame: ImageArray) => Promise<LabelImage>;

/** Cells of a frame, each by its own pixels. */
type CellsOfFrame = (t: number) => Promise<readonly LabelledShape[]>;

/** Where the cells come from. Shapes may share pixels; then there are no label images to keep or to repair. */
export type TrackMovieOptions = TrackOptions &
  (
    | { readonly labelsOf: LabelsOfFrame }
    | { readonly cellsOf: CellsOfFrame; readonly graphOnly: true; readonly repairs: false }
  );

interface TrackOptions {
  /** Channel whose values describe cells. */
  readonly channel: number;
  readonly solver: TrackSolver;
  /** What judges candidates, at once or later; default the plain one. */
  readonly scorer?: MovieScorer;
  /** Most frames a cell may be missing; 0 closes no gaps. */
  readonly gapFrames: number;
  /** For labels of a model: debris is no cell. Default: everything is. */
  readonly leaveOutDebris?: boolean;
  /**
   * Off: labels are taken as they are. On: masks are repaired by what is before and after them, each repair marked; two
   * small neighbours may also be one cell that was cut (only the exact solver can choose).
   */
  readonly repairs: boolean;
  /** What people decided, by frame and label; not together with repairs, which change labels. */
  readonly constraints?: TrackingConstraints;
  /** Only the graph is wanted: no label image is kept, and none can be asked for afterwards. Default: they are kept. */
  readonly graphOnly?: boolean;
  readonly signal: AbortSignal;
  /** Frames done. */
  readonly onFrame: (done: number) => void;
}

export interface TrackedMovie {
  readonly movie: Movie;
  readonly graph: TrackGraph;
  /** By position: how sure the scorer was of where the detection comes from; NaN where it was not asked. */
  readonly confidences: Float64Array;
  /** As recorded with results. */
  readonly solver: string;
  readonly scorer: string;
  /** Windows that were too hard for the exact solver and were solved by assignment. */
  readonly hardWindows: number;
  /** Bytes of the packed labels. */
  readonly packedBytes: number;
  /** What was repaired, by frame; labels are those of the masks, not tracks. */
  readonly repairs: readonly MaskRepair[];
  /** Masks of frame `t` as they were linked, repairs in them. A new copy each time. */
  masksOfFrame(t: number): LabelImage;
  /** Label image of frame `t` with the numbers of tracks; 0 where nothing was chosen. A new copy each time. */
  tracksOfFrame(t: number): LabelImage;
}

/** @throws FoundryError of movie and labels; what `signal` was aborted with. Cost: near linear in pixels and detections. */
export async function trackMovie(movie: Movie, options: TrackMovieOptions): Promise<TrackedMovie> {
  const { channel, gapFrames, signal, onFrame } = options;
  let hardWindows = 0;
  const solver = await openSolver(options.solver, () => hardWindows++);
  const scorer: MovieScorer = options.scorer ?? plainScorer();
  const { constraints = {} } = options;
  assert(
    !options.repairs || Object.keys(constraints).length === 0,
    "repairs change labels that decisions name",
  );
  const tracker = createTracker({ solver, gapFramesMax: gapFrames, constraints });
  const packed = options.graphOnly === true ? null : createPackedLabels(movie.height, movie.width);
  const waiting = new Map<number, FrameDetections>();
  const linked: LinkedFrame[] = [];
  const named: Int32Array[] = [];
  const repairs: MaskRepair[] = [];
  const confidences: number[] = [];
  const take = async (window: CandidateWindow | null): Promise<void> => {
    if (window === null) return;
    const scores = await scorer.score(window);
    const sure = linkConfidences(window, scores);
    for (const frame of tracker.commit(scores)) {
      linked.push(frame);
      confidences.push(...confidencesOf(frame, linked, window, sure));
      if (packed !== null)
        named.push(Int32Array.from([...trackOfLabels(waiting.get(frame.t)!, frame.tracks)].flat()));
      waiting.delete(frame.t);
    }
  };
  const masks = openMasks(options, movie, solver, scorer);
  const link = async (frames: readonly MeasuredFrame[]): Promise<void> => {
    for (const { t, labels, detections, repairs: made } of frames) {
      if (labels !== null) packed?.push(labels);
      repairs.push(...made);
      waiting.set(t, detections);
      await take(tracker.push(detections));
    }
  };
  for (let t = 0; t < movie.frameCount; t++) {
    signal.throwIfAborted();
    const frame = await movie.readFrame(t);
    await link(await masks.push({ t, image: frame, plane: planeOfFrame(frame, channel) }));
    onFrame(t + 1);
    // Solving and reading block; Ctrl-C and progress need a turn.
    await setImmediate();
  }
  await link(await masks.finish());
  await take(tracker.finish());
  return {
    movie,
    graph: buildTrackGraph(linked),
    confidences: Float64Array.from(confidences),
    solver: solver.name,
    scorer: scorer.name,
    hardWindows,
    packedBytes: packed?.bytes() ?? 0,
    repairs,
    masksOfFrame: (t) => keptLabels(packed).read(t),
    tracksOfFrame: (t) => paintInPlace(keptLabels(packed).read(t), named[t]!),
  };
}

function keptLabels(packed: PackedLabels | null): PackedLabels {
  assert(packed !== null, "label images were not kept: graphOnly was asked for");
  return packed;
}

/** How sure the scorer was of the origins of a final frame. @param linked  all final frames, this one last. */
function confidencesOf(
  frame: LinkedFrame,
  linked: readonly LinkedFrame[],
  window: CandidateWindow,
  sure: ReturnType<typeof linkConfidences>,
): number[] {
  const start = window.frames[0]!.t;
  return Array.from(frame.origins, (origin, i) => {
    if (origin === -1) return Number.NaN;
    // Origins are a few frames back at most, unless a person decided them.
    const source = linked.findLast(({ firstPosition }) => firstPosition <= origin)!;
    if (source.t < start) return Number.NaN;
    const from = window.offsets[source.t - start]! + origin - source.firstPosition;
    const to = window.offsets[frame.t - start]! + i;
    return sure(from, to, frame.divided[i] === 1) ?? Number.NaN;
  });
}

/** A frame ready to be linked. */
interface MeasuredFrame {
  readonly t: number;
  /** Null where cells were measured by their shapes. */
  readonly labels: LabelImage | null;
  readonly detections: FrameDetections;
  readonly repairs: readonly MaskRepair[];
}

interface MaskSource {
  push(frame: {
    readonly t: number;
    readonly image: ImageArray;
    readonly plane: Plane;
  }): Promise<MeasuredFrame[]>;
  finish(): Promise<MeasuredFrame[]>;
}

/** Measures frames one by one, or some frames late with their masks repaired. */
function openMasks(
  options: TrackMovieOptions,
  movie: Movie,
  solver: LinkSolver,
  scorer: MovieScorer,
): MaskSource {
  const leaveOut = options.leaveOutDebris === true ? debrisFilter() : (frame: FrameDetections) => frame;
  if ("cellsOf" in options) {
    const { cellsOf } = options;
    return {
      push: async ({ t, plane }) => {
        const detections = leaveOut(measureShapes(await cellsOf(t), movie, plane, t));
        return [{ t, labels: null, detections, repairs: [] }];
      },
      finish: async () => [],
    };
  }
  const { labelsOf } = options;
  const unions = options.repairs && options.solver === "exact";
  const measure = (labels: LabelImage, plane: Plane | null, t: number): FrameDetections => {
    const measured = leaveOut(measureFrame(labels, plane, t));
    return unions ? offerUnions(measured) : measured;
  };
  if (options.repairs) {
    const repairer = createMaskRepairer({ measure });
    return {
      push: async ({ t, image, plane }) =>
        withLinks(repairer.push({ t, labels: await labelsOf(t, image), plane }), { solver, scorer }),
      finish: () => withLinks(repairer.finish(), { solver, scorer }),
    };
  }
  return {
    push: async ({ t, image, plane }) => {
      const labels = await labelsOf(t, image);
      return [{ t, labels, detections: measure(labels, plane, t), repairs: [] }];
    },
    finish: async () => [],
  };
}

export async function openSolver(wanted: TrackSolver, onFallback: () => void): Promise<LinkSolver> {
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
