/**
 * How far cells move between frames, measured from the data: the length that gates every candidate.
 *
 * Two detections that are each other's nearest are nearly always one cell, so their displacements show drift (the
 * median vector) and motion (what remains) before anything is linked. A jump of the stage of more than half the
 * distance between cells makes wrong neighbours mutual; so the drift is first guessed by a vote of displacements
 * between near detections, in which true pairs agree and wrong ones scatter.
 */
import { areaOf, type FrameDetections, lightOf } from "./detections.ts";
import { nearestRoom, type PointGrid, pointGrid } from "./point-grid.ts";

/** From one frame to the next. */
export interface FrameMotion {
  /** Displacement of the whole field in pixels. */
  readonly driftY: number;
  readonly driftX: number;
  /** Median change of log intensity (bleaching); 0 when intensities are not measured. */
  readonly lightShift: number;
  /** Of mutual nearest neighbours without drift: median and 95th percentile of the distance, pixels. */
  readonly medianPx: number;
  readonly highPx: number;
  /** Robust standard deviations of the change of log area and log intensity; 0 when not measured. */
  readonly areaSpread: number;
  readonly lightSpread: number;
  /** Mutual nearest neighbours found. */
  readonly pairs: number;
}

/** Of several frames together: what a candidate is judged by. */
export interface MotionScale {
  /** Standard deviation of the displacement of a cell per axis and frame, pixels. */
  readonly sigmaPx: number;
  /** Farthest a cell is looked for after one frame. */
  readonly gatePx: number;
  /** Radius of a median cell (of the circle with its area); 0 when areas are not measured. */
  readonly radiusPx: number;
  readonly areaSpread: number;
  readonly lightSpread: number;
}

/** A Gaussian's median distance in two dimensions is this many sigmas. */
const medianInSigmas = Math.sqrt(2 * Math.LN2);
/** A median absolute deviation is this share of a Gaussian's standard deviation. */
const madInSigmas = 0.6745;
/** Below half a pixel a displacement is the rounding of masks. */
const sigmaFloorPx = 0.5;
/** Changes of area and intensity of one cell are never trusted to be smaller than this (log units). */
const spreadFloor = 0.05;

/** @returns the motion between two frames; without pairs (an empty frame) zeros. Cost: near linear. */
export function measureMotion(before: FrameDetections, after: FrameDetections): FrameMotion {
  const [gridBefore, gridAfter] = [pointGrid(before.y, before.x), pointGrid(after.y, after.x)];
  let drift = voteDrift(before, after, gridAfter);
  let pairs: number[] = [];
  for (let round = 0; round < 2; round++) {
    pairs = mutualPairs(before, after, gridBefore, gridAfter, drift);
    if (pairs.length === 0) break;
    const [dy, dx] = displacements(before, after, pairs);
    // Few pairs tell own motion, not the field's.
    if (pairs.length >= 2 * driftPairsMin) drift = { y: median(dy), x: median(dx) };
  }
  const [dy, dx] = displacements(before, after, pairs);
  const distances = dy.map((y, i) => Math.hypot(y - drift.y, dx[i] - drift.x)).sort((a, b) => a - b);
  const area = logChanges(before, after, pairs, areaOf);
  const light = logChanges(before, after, pairs, lightOf);
  return {
    driftY: drift.y,
    driftX: drift.x,
    lightShift: median(light),
    medianPx: quantile(distances, 0.5),
    highPx: quantile(distances, 0.95),
    areaSpread: robustSpread(area),
    lightSpread: robustSpread(light),
    pairs: pairs.length / 2,
  };
}

/** Fewer mutual neighbours than this say nothing about drift. */
const driftPairsMin = 5;

/**
 * Pools what several frames say.
 *
 * @param motions  at least the ones around the frames to be linked; those without pairs are ignored.
 * @param frames  for the size of cells.
 */
export function poolMotion(motions: readonly FrameMotion[], frames: readonly FrameDetections[]): MotionScale {
  const seen = motions.filter(({ pairs }) => pairs > 0);
  const of = (value: (motion: FrameMotion) => number): number => median(seen.map(value));
  const areas: number[] = [];
  for (const frame of frames)
    for (let i = 0; i < frame.labels.length; i++) if (areaOf(frame, i) > 0) areas.push(areaOf(frame, i));
  const radiusPx = Math.sqrt(median(areas) / Math.PI);
  // Without pairs nothing is known: a cell is then looked for within a cell's width.
  const sigmaPx = Math.max(
    sigmaFloorPx,
    seen.length === 0 ? radiusPx / 2 : of(({ medianPx }) => medianPx) / medianInSigmas,
  );
  const high = of(({ highPx }) => highPx);
  return {
    sigmaPx,
    // Five sigmas hold all but 4 in a million of Gaussian steps; real motion has longer tails, seen in `highPx`; and
    // masks change shape, so half a cell's width is always looked at.
    gatePx: Math.max(5 * sigmaPx, 2 * high, 1.5 * radiusPx),
    radiusPx,
    areaSpread: Math.max(
      spreadFloor,
      of(({ areaSpread }) => areaSpread),
    ),
    lightSpread: Math.max(
      spreadFloor,
      of(({ lightSpread }) => lightSpread),
    ),
  };
}

interface Vector {
  readonly y: number;
  readonly x: number;
}

/** Detections asked, and neighbours of each, for the vote: enough for a peak, few enough to be quick. */
const votersMax = 300;
const votesEach = 6;

/** Most common displacement between near detections; zero unless it is clearly more common than none. */
function voteDrift(before: FrameDetections, after: FrameDetections, grid: PointGrid): Vector {
  const zero = { y: 0, x: 0 };
  if (Math.min(before.labels.length, after.labels.length) < 4 * driftPairsMin) return zero;
  const spacing = Math.sqrt((after.height * after.width) / after.labels.length);
  const bin = spacing / 4;
  const found = nearestRoom(votesEach);
  const votes = new Map<string, { count: number; y: number; x: number }>();
  const step = Math.max(1, Math.floor(before.labels.length / votersMax));
  for (let i = 0; i < before.labels.length; i += step) {
    grid.nearest(before.y[i], before.x[i], 2 * spacing, found);
    for (let k = 0; k < found.count; k++) {
      const y = after.y[found.indices[k]] - before.y[i];
      const x = after.x[found.indices[k]] - before.x[i];
      const key = `${Math.round(y / bin)},${Math.round(x / bin)}`;
      const vote = votes.get(key);
      if (vote === undefined) votes.set(key, { count: 1, y, x });
      else {
        vote.count++;
        vote.y += y;
        vote.x += x;
      }
    }
  }
  const none = votes.get("0,0")?.count ?? 0;
  let best = { count: 0, y: 0, x: 0 };
  for (const vote of votes.values()) if (vote.count > best.count) best = vote;
  // A random bin of a crowd gets about a sixteenth of the voters; a jump is believed when a third of them agree.
  const voters = Math.ceil(before.labels.length / step);
  if (best.count < 2 * none || best.count < voters / 3) return zero;
  return { y: best.y / best.count, x: best.x / best.count };
}

/** Positions (before, after), flat, of detections that are each other's nearest after drift. */
function mutualPairs(
  before: FrameDetections,
  after: FrameDetections,
  gridBefore: PointGrid,
  gridAfter: PointGrid,
  drift: Vector,
): number[] {
  const found = nearestRoom(1);
  const pairs: number[] = [];
  for (let i = 0; i < before.labels.length; i++) {
    gridAfter.nearest(before.y[i] + drift.y, before.x[i] + drift.x, Infinity, found);
    if (found.count === 0) break;
    const to = found.indices[0];
    gridBefore.nearest(after.y[to] - drift.y, after.x[to] - drift.x, Infinity, found);
    if (found.indices[0] === i) pairs.push(i, to);
  }
  return pairs;
}

function displacements(
  before: FrameDetections,
  after: FrameDetections,
  pairs: readonly number[],
): [dy: number[], dx: number[]] {
  const [dy, dx]: [number[], number[]] = [[], []];
  for (let p = 0; p < pairs.length; p += 2) {
    dy.push(after.y[pairs[p + 1]] - before.y[pairs[p]]);
    dx.push(after.x[pairs[p + 1]] - before.x[pairs[p]]);
  }
  return [dy, dx];
}

function logChanges(
  before: FrameDetections,
  after: FrameDetections,
  pairs: readonly number[],
  value: (frame: FrameDetections, at: number) => number,
): number[] {
  const changes: number[] = [];
  for (let p = 0; p < pairs.length; p += 2) {
    const [a, b] = [value(before, pairs[p]), value(after, pairs[p + 1])];
    if (a > 0 && b > 0) changes.push(Math.log(b / a));
  }
  return changes;
}

/** Of a sorted list; 0 for an empty one. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/** 0 for an empty list. */
export const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** Standard deviation of the middle of a distribution. */
export function robustSpread(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle))) / madInSigmas;
}
