/**
 * Links a movie as it streams by, in overlapping windows, with memory that does not grow with the movie.
 *
 * A window is scored and solved whole, but only its first frames are final; the rest is solved again with what follows,
 * so a decision is never made at the edge of what is known. Scoring is left to the caller between `push` and `commit`,
 * because a learned scorer answers asynchronously; `trackFrames` is the loop for one that does not.
 */
import { assert } from "../errors.ts";
import { applyConstraintsInPlace } from "./apply-constraints.ts";
import {
  type CandidateOptions,
  type CandidateWindow,
  defaultCandidateOptions,
  findCandidates,
} from "./candidates.ts";
import {
  assertNamesExist,
  type CompiledConstraints,
  compileConstraints,
  detectionKey,
  type TrackingConstraints,
} from "./constraints.ts";
import type { FrameDetections } from "./detections.ts";
import { assertLineage, type LinkChoice, type LinkProblem, type LinkSolver } from "./link-problem.ts";
import type { CandidateScores, LinkScorer } from "./link-scorer.ts";
import { type FrameMotion, type MotionScale, measureMotion, poolMotion } from "./motion.ts";
import { nothingSettled, poseProblem } from "./pose-problem.ts";

export interface TrackerOptions extends CandidateOptions {
  readonly solver: LinkSolver;
  readonly constraints?: TrackingConstraints;
  /** Frames whose links are made final by one window, and frames beyond them that it looks at. Defaults 8 and 4. */
  readonly commitFrames?: number;
  readonly aheadFrames?: number;
}

/** A frame whose links are final. Positions count detections through the movie. */
export interface LinkedFrame {
  readonly t: number;
  /** Position of the frame's first detection. */
  readonly firstPosition: number;
  readonly labels: Int32Array;
  /** Track of each detection, from 1; 0 for a mask that was not chosen. */
  readonly tracks: Int32Array;
  /** Position each detection comes from; -1 for none. */
  readonly origins: Int32Array;
  /** 1 where the origin is a parent. */
  readonly divided: Uint8Array;
  /** From the frame before to this one; `null` in the first. */
  readonly motion: FrameMotion | null;
  /** What its links were judged by. */
  readonly scale: MotionScale;
}

export interface Tracker {
  /** Takes the next frame; frames come without holes, empty ones included. Returns a window to score, when one is full. */
  push(frame: FrameDetections): CandidateWindow | null;
  /** The last window of the movie; `null` when nothing is left. No frame may follow. */
  finish(): CandidateWindow | null;
  /** Solves the window handed out last. Returns the frames that are now final, in order. */
  commit(scores: CandidateScores): LinkedFrame[];
}

/** Frames back over which motion is pooled: long enough to be steady, short enough to follow a change. */
const motionHistory = 20;

interface Buffered {
  readonly frame: FrameDetections;
  readonly firstPosition: number;
  readonly motion: FrameMotion | null;
  /** Set once final. */
  tracks: Int32Array | null;
  /** 1: has a successor already. */
  readonly continued: Uint8Array;
  presence: Uint8Array | null;
}

interface State {
  readonly buffer: Buffered[];
  /** Place in the buffer of the first frame that is not final. */
  frontier: number;
  position: number;
  nextTrack: number;
  readonly history: FrameMotion[];
  /** Tracks and positions of detections that accepted links wait for. */
  readonly awaited: Map<number, { position: number; track: number }>;
  open: CandidateWindow | null;
  done: boolean;
}

/** @throws FoundryError `tracking.constraint` (here, or when a frame lacks a detection that a decision names). */
export function createTracker(options: TrackerOptions): Tracker {
  const compiled = compileConstraints(options.constraints);
  const settings = { commitFrames: 8, aheadFrames: 4, ...defaultCandidateOptions, ...options };
  assert(settings.commitFrames >= 1 && settings.aheadFrames >= 0, "a window makes at least one frame final");
  const state: State = {
    buffer: [],
    frontier: 0,
    position: 0,
    nextTrack: 1,
    history: [],
    awaited: new Map(),
    open: null,
    done: false,
  };
  const openWindow = (): CandidateWindow => {
    const frames = state.buffer.map(({ frame }) => frame);
    const motions = state.buffer.slice(1).map(({ motion }) => motion!);
    state.open = findCandidates(frames, motions, poolMotion(state.history, frames), settings);
    return state.open;
  };
  return {
    push(frame) {
      assert(!state.done && state.open === null, "a window is committed before the next frame");
      takeFrame(state, compiled, frame);
      const waiting = state.buffer.length - state.frontier;
      return waiting >= settings.commitFrames + settings.aheadFrames ? openWindow() : null;
    },
    finish() {
      assert(state.open === null, "a window is committed before the end");
      state.done = true;
      return state.frontier < state.buffer.length ? openWindow() : null;
    },
    commit(scores) {
      assert(state.open !== null, "no window waits for scores");
      const candidates = state.open;
      state.open = null;
      const final = state.done ? state.buffer.length - state.frontier : settings.commitFrames;
      const linked = commitWindow(state, compiled, candidates, scores, options.solver, final);
      const kept = Math.max(0, state.frontier - settings.gapFramesMax - 1);
      state.buffer.splice(0, kept);
      state.frontier -= kept;
      return linked;
    },
  };
}

function takeFrame(state: State, compiled: CompiledConstraints, frame: FrameDetections): void {
  const last = state.buffer.at(-1);
  assert(last === undefined || frame.t === last.frame.t + 1, "frames come one after the other");
  assertNamesExist(compiled, frame.t, frame.labels);
  const motion = last === undefined ? null : measureMotion(last.frame, frame);
  if (motion !== null) state.history.push(motion);
  if (state.history.length > motionHistory) state.history.shift();
  const count = frame.labels.length;
  state.buffer.push({
    frame,
    firstPosition: state.position,
    motion,
    tracks: null,
    continued: new Uint8Array(count),
    presence: null,
  });
  state.position += count;
}

function commitWindow(
  state: State,
  compiled: CompiledConstraints,
  candidates: CandidateWindow,
  scores: CandidateScores,
  solver: LinkSolver,
  final: number,
): LinkedFrame[] {
  const settled = nothingSettled(candidates);
  applyConstraintsInPlace(compiled, candidates, settled);
  for (let f = 0; f < state.frontier; f++) {
    const { continued, presence } = state.buffer[f]!;
    settled.inTaken.fill(1, candidates.offsets[f], candidates.offsets[f + 1]);
    for (let i = 0; i < continued.length; i++) {
      settled.outTaken[candidates.offsets[f] + i] |= continued[i];
      settled.presence[candidates.offsets[f] + i] = presence![i];
    }
  }
  const problem = poseProblem(candidates, scores, settled);
  const choice = solver.solve(problem);
  assertLineage(problem, choice, solver.name);
  const { origin, divided } = originsOf(problem, choice);
  const absent = new Set(choice.absent);
  const linked: LinkedFrame[] = [];
  for (let n = 0; n < final; n++, state.frontier++) {
    const f = state.frontier;
    const own = state.buffer[f]!;
    own.presence = settled.presence
      .slice(candidates.offsets[f], candidates.offsets[f + 1])
      .map((presence, i) => (presence === 0 || absent.has(candidates.offsets[f] + i) ? 0 : 1));
    linked.push(finishFrame(state, compiled, candidates, f, origin, divided));
  }
  return linked;
}

function originsOf(
  { count, from, to, divisions }: LinkProblem,
  choice: LinkChoice,
): { origin: Int32Array; divided: Uint8Array } {
  const origin = new Int32Array(count).fill(-1);
  const divided = new Uint8Array(count);
  for (const e of choice.links) origin[to[e]] = from[e];
  for (const d of choice.divisions) {
    for (const daughter of divisions.subarray(3 * d + 1, 3 * d + 3)) {
      origin[daughter] = divisions[3 * d];
      divided[daughter] = 1;
    }
  }
  return { origin, divided };
}

/** Gives the detections of a frame their tracks, and marks what they come from as continued. */
function finishFrame(
  state: State,
  compiled: CompiledConstraints,
  candidates: CandidateWindow,
  f: number,
  origin: Int32Array,
  divided: Uint8Array,
): LinkedFrame {
  const own = state.buffer[f]!;
  const { labels, t } = own.frame;
  const tracks = new Int32Array(labels.length);
  const origins = new Int32Array(labels.length).fill(-1);
  const divisions = new Uint8Array(labels.length);
  own.tracks = tracks;
  for (let i = 0; i < labels.length; i++) {
    if (own.presence![i] === 0) continue;
    const key = detectionKey({ t, label: labels[i] });
    const at = candidates.offsets[f] + i;
    const decided = compiled.size === 0 ? undefined : compiled.origins.get(key);
    let before = -1;
    if (decided !== undefined && decided.from !== null) {
      const from = state.awaited.get(detectionKey(decided.from))!;
      origins[i] = from.position;
      before = from.track;
      divisions[i] = decided.kind === "division" ? 1 : 0;
    } else if (decided === undefined && origin[at] !== -1) {
      const back = candidates.frameOf[origin[at]];
      const place = origin[at] - candidates.offsets[back];
      const source = state.buffer[back]!;
      source.continued[place] = 1;
      origins[i] = source.firstPosition + place;
      before = source.tracks![place];
      divisions[i] = divided[at];
    }
    tracks[i] = before === -1 || divisions[i] === 1 ? state.nextTrack++ : before;
    if (compiled.fated.has(key))
      state.awaited.set(key, { position: own.firstPosition + i, track: tracks[i] });
  }
  return {
    t,
    firstPosition: own.firstPosition,
    labels,
    tracks,
    origins,
    divided: divisions,
    motion: own.motion,
    scale: candidates.scale,
  };
}

/** Links all frames with a scorer that answers at once; frames are asked for one by one and given back when final. */
export function* trackFrames(
  frames: Iterable<FrameDetections>,
  options: TrackerOptions & { readonly scorer: LinkScorer },
): Generator<LinkedFrame> {
  const tracker = createTracker(options);
  for (const frame of frames) {
    const candidates = tracker.push(frame);
    if (candidates !== null) yield* tracker.commit(options.scorer.score(candidates));
  }
  const last = tracker.finish();
  if (last !== null) yield* tracker.commit(options.scorer.score(last));
}
