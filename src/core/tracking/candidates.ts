/**
 * The candidate graph of a few frames: which detections could be one cell, and which two could be daughters of one.
 *
 * Everything is gated by the motion scale of the data and found through bins, never all against all, and each detection
 * keeps only its nearest candidates, so the graph grows linearly with detections. Gaps are links that skip frames.
 * Divisions are candidates of their own (a parent with two daughters), because what tells a division is the pair:
 * two like cells on opposite sides of the place where one was.
 */
import { assert } from "../errors.ts";
import type { FrameDetections } from "./detections.ts";
import type { FrameMotion, MotionScale } from "./motion.ts";
import { insertNearest, nearestRoom, pointGrid } from "./point-grid.ts";

/** Frames with their candidates; the unit of scoring. Detections are counted through the window, frame after frame. */
export interface CandidateWindow {
  /** Consecutive frames. */
  readonly frames: readonly FrameDetections[];
  /** Position of the first detection of each frame; one more entry at the end: the number of detections. */
  readonly offsets: Int32Array;
  /** Place of the frame of each detection in `frames`. */
  readonly frameOf: Int32Array;
  /** From each frame to the next; one fewer than frames. */
  readonly motions: readonly FrameMotion[];
  readonly scale: MotionScale;
  /** Candidate links, sorted by `to`, then by distance. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Displacement of each candidate link without drift, pixels. */
  readonly distancePx: Float32Array;
  /** Candidate divisions, flat (parent, first daughter, second daughter); daughters are in the next frame. */
  readonly divisions: Int32Array;
}

export interface CandidateOptions {
  /** Most frames a cell may be missing between two detections of a link. Default 2. */
  readonly gapFramesMax?: number;
  /** Nearest detections of the previous frame that may be the same cell. Default 6; of each frame before that, 3. */
  readonly linksMax?: number;
  readonly gapLinksMax?: number;
  /** Candidate divisions of each detection. Default 6. */
  readonly divisionsMax?: number;
}

export const defaultCandidateOptions: Required<CandidateOptions> = {
  gapFramesMax: 2,
  linksMax: 6,
  gapLinksMax: 3,
  divisionsMax: 6,
};

/** Cost: linear in detections times candidates kept. Deterministic. */
export function findCandidates(
  frames: readonly FrameDetections[],
  motions: readonly FrameMotion[],
  scale: MotionScale,
  options: CandidateOptions = {},
): CandidateWindow {
  assert(motions.length === Math.max(0, frames.length - 1), "a motion between each two frames");
  const offsets = new Int32Array(frames.length + 1);
  for (const [f, frame] of frames.entries()) offsets[f + 1] = offsets[f] + frame.labels.length;
  const frameOf = new Int32Array(offsets[frames.length]);
  for (let f = 0; f < frames.length; f++) frameOf.fill(f, offsets[f], offsets[f + 1]);
  const settings = { ...defaultCandidateOptions, ...options };
  const grids = frames.map(({ y, x }) => pointGrid(y, x));
  const [from, to, distance]: [number[], number[], number[]] = [[], [], []];
  for (let f = 1; f < frames.length; f++) {
    const reach = Math.min(f, settings.gapFramesMax + 1);
    const { y, x } = frames[f];
    // Drift from each earlier frame to this one.
    const drifts = driftsBack(motions, f, reach);
    for (let i = 0; i < y.length; i++) {
      for (let back = 1; back <= reach; back++) {
        const found = nearestRoom(back === 1 ? settings.linksMax : settings.gapLinksMax);
        const gate = scale.gatePx * Math.sqrt(back);
        const drift = drifts[back - 1];
        grids[f - back].nearest(y[i] - drift.y, x[i] - drift.x, gate, found);
        for (let k = 0; k < found.count; k++) {
          from.push(offsets[f - back] + found.indices[k]);
          to.push(offsets[f] + i);
          distance.push(Math.sqrt(found.squares[k]));
        }
      }
    }
  }
  const divisions = findDivisions(frames, offsets, motions, scale, settings.divisionsMax);
  return {
    frames,
    offsets,
    frameOf,
    motions,
    scale,
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    distancePx: Float32Array.from(distance),
    divisions,
  };
}

function driftsBack(
  motions: readonly FrameMotion[],
  f: number,
  reach: number,
): { readonly y: number; readonly x: number }[] {
  const drifts: { y: number; x: number }[] = [];
  let [y, x] = [0, 0];
  for (let back = 1; back <= reach; back++) {
    y += motions[f - back].driftY;
    x += motions[f - back].driftX;
    drifts.push({ y, x });
  }
  return drifts;
}

/** Nearest detections of the next frame among which daughters are looked for. */
const daughtersConsidered = 7;

function findDivisions(
  frames: readonly FrameDetections[],
  offsets: Int32Array,
  motions: readonly FrameMotion[],
  { gatePx, radiusPx }: MotionScale,
  divisionsMax: number,
): Int32Array {
  const divisions: number[] = [];
  const found = nearestRoom(daughtersConsidered);
  // Daughters part by about the parent's width while it moves; their middle stays where one cell would be found.
  const daughterGate = Math.max(gatePx, 3 * radiusPx);
  const middleGate = Math.max(gatePx / 2, 1.5 * radiusPx);
  for (let f = 0; f + 1 < frames.length; f++) {
    const [before, after] = [frames[f], frames[f + 1]];
    const grid = pointGrid(after.y, after.x);
    for (let i = 0; i < before.labels.length; i++) {
      const y = before.y[i] + motions[f].driftY;
      const x = before.x[i] + motions[f].driftX;
      grid.nearest(y, x, daughterGate, found);
      const best = nearestRoom(divisionsMax);
      for (let a = 0; a < found.count; a++) {
        for (let b = a + 1; b < found.count; b++) {
          const [first, second] = [found.indices[a], found.indices[b]];
          const middleY = (after.y[first] + after.y[second]) / 2 - y;
          const middleX = (after.x[first] + after.x[second]) / 2 - x;
          const square = middleY * middleY + middleX * middleX;
          if (square <= middleGate * middleGate) insertNearest(best, a * daughtersConsidered + b, square);
        }
      }
      for (let k = 0; k < best.count; k++) {
        const first = found.indices[Math.floor(best.indices[k] / daughtersConsidered)];
        const second = found.indices[best.indices[k] % daughtersConsidered];
        divisions.push(
          offsets[f] + i,
          offsets[f + 1] + Math.min(first, second),
          offsets[f + 1] + Math.max(first, second),
        );
      }
    }
  }
  return Int32Array.from(divisions);
}
