/**
 * Windows with known truth from simulated movies, to train a linker on: many densities, speeds, intervals and faults.
 *
 * Each movie is drawn by its number alone, so a run needs no store of examples and repeats. In time: frames are left out
 * (a longer interval), the stage jumps, intensities are sometimes not measured, cut cells are sometimes offered whole.
 */
import type { Track } from "#core/lineage/index.ts";
import {
  type ErrorShares,
  injectDetectionErrors,
  type MovieWishes,
  simulateDetections,
} from "#core/movie/index.ts";
import { type Rng, rng } from "#core/rng.ts";
import {
  type CandidateWindow,
  detectionsFromPoints,
  type FrameDetections,
  type FrameMotion,
  findCandidates,
  measureMotion,
  offerUnions,
  poolMotion,
} from "#core/tracking/index.ts";
import type { LinkingSize } from "./link-network.ts";
import { fitsIn, sizeOf } from "./linking-feeds.ts";
import { type WindowInputs, windowInputs } from "./window-inputs.ts";
import { type ShownCells, type WindowTargets, windowTargets } from "./window-targets.ts";

export interface KnownFrames {
  readonly frames: readonly FrameDetections[];
  /** Tracks in each detection, by frame and position. */
  readonly shown: ShownCells;
  readonly tracks: ReadonlyMap<number, Track>;
  /** From each frame to the next. */
  readonly motions: readonly FrameMotion[];
}

export interface KnownWindow {
  readonly inputs: WindowInputs;
  readonly targets: WindowTargets;
}

const framesSimulated = 32;

/** A movie with everything that training varies. Deterministic in `seed` and `number`. */
export function knownMovie(seed: number, number: number): KnownFrames {
  const random = rng(seed, "linking movies", number);
  const side = 192 + random.int(160);
  const wishes: MovieWishes = {
    height: side,
    width: side,
    density: Math.exp(random.uniform(Math.log(0.05), Math.log(0.5))),
    frameCount: framesSimulated,
    frameIntervalMin: random.uniform(3, 14),
    // Short cycles, so that divisions are not one in two hundred examples.
    cycleH: random.uniform(5, 22),
    missedFrames: random.uniform(0, 0.05),
  };
  const movie = simulateDetections(wishes, `${seed} linking ${number}`);
  const stride = random.chance(0.3) ? 2 : 1;
  const shares: ErrorShares = {
    split: random.uniform(0, 0.03),
    merge: random.uniform(0, 0.03),
    miss: random.uniform(0, 0.04),
    false: random.uniform(0, 0.03),
  };
  const look = {
    jitterPx: random.uniform(0.1, 1),
    lit: random.chance(0.9),
    jump: random.chance(0.2) ? random.uniform(0, 6) : 0,
    unions: random.chance(0.8),
  };
  const frames: FrameDetections[] = [];
  const shown: (readonly number[])[][] = [];
  for (const frame of movie.frames) {
    if (frame.t % stride !== 0) continue;
    const { detections } = injectDetectionErrors(frame, movie.params, shares, random, look.jitterPx);
    const [jumpY, jumpX] = [look.jump * random.normal(), look.jump * random.normal()];
    const made = detectionsFromPoints({
      t: frames.length,
      height: side,
      width: side,
      labels: detections.map(({ label }) => label),
      y: detections.map(({ y }) => y + jumpY),
      x: detections.map(({ x }) => x + jumpX),
      areaPx: detections.map(({ areaPx }) => areaPx),
      ellipses: detections.map(({ long, short, angle }) => ({ major: 2 * long, minor: 2 * short, angle })),
      ...(look.lit ? { meanIntensity: detections.map(({ brightness }) => brightness) } : {}),
    });
    const own = detections.map(({ cells }) => [...cells]);
    frames.push(look.unions ? offerUnions(made) : made);
    shown.push(own);
  }
  const motions = frames.slice(1).map((frame, f) => measureMotion(frames[f]!, frame));
  return { frames, shown, motions, tracks: new Map(movie.tracks().map((track) => [track.label, track])) };
}

/** `count` frames from `first` as a tracker would see them. */
function candidatesOf({ frames, motions }: KnownFrames, first: number, count: number): CandidateWindow {
  const own = frames.slice(first, first + count);
  return findCandidates(own, motions.slice(first, first + own.length - 1), poolMotion(motions, own));
}

/** Truth of unions is that of their pieces. */
function shownIn(frames: readonly FrameDetections[], shown: ShownCells): ShownCells {
  return frames.map(({ labels, parts = [] }, f) => {
    const own = Array.from({ length: labels.length }, (_, i) => shown[f]![i] ?? []);
    for (let k = 0; k < parts.length; k += 3)
      own[parts[k]!] = [...new Set([...own[parts[k + 1]!]!, ...own[parts[k + 2]!]!])];
    return own;
  });
}

/** @param frameCount  frames of the window; fewer are taken where it would not fit in `room`; `null` if none fits. */
export function knownWindow(
  movie: KnownFrames,
  first: number,
  frameCount: number,
  room: LinkingSize | null,
  random: Rng,
): KnownWindow | null {
  for (let count = Math.min(frameCount, movie.frames.length - first); count >= 2; count--) {
    const window = candidatesOf(movie, first, count);
    if (window.frameOf.length === 0) return null;
    const inputs = windowInputs(window);
    if (room !== null && !fitsIn(sizeOf(inputs), room)) continue;
    const frames = movie.frames.slice(first, first + count);
    const shown = shownIn(frames, movie.shown.slice(first, first + count));
    return { inputs, targets: windowTargets(window, inputs.tables, shown, movie.tracks, random) };
  }
  return null;
}

/** Windows of movie `number`, as far as they fit. */
export function windowsOfMovie(
  seed: number,
  number: number,
  each: { readonly windows: number; readonly frames: number },
  room: LinkingSize | null,
): KnownWindow[] {
  const movie = knownMovie(seed, number);
  const random = rng(seed, "linking windows", number);
  const windows: KnownWindow[] = [];
  for (let k = 0; k < each.windows; k++) {
    const first = random.int(Math.max(1, movie.frames.length - each.frames + 1));
    const window = knownWindow(movie, first, each.frames, room, random);
    if (window !== null) windows.push(window);
  }
  return windows;
}
