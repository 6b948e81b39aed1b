/** The part of a movie that a correction can change: detections near what was touched, in space and time. */

import { FoundryError } from "../errors.ts";
import type { Detection } from "../lineage/index.ts";
import { type CandidateOptions, type CandidateWindow, findCandidates } from "./candidates.ts";
import { type FrameDetections, pickDetections } from "./detections.ts";
import { frameAtPosition, positionOf, type TrackGraph } from "./track-graph.ts";

export interface Region {
  /** Its candidates, to be scored. */
  readonly candidates: CandidateWindow;
  /** Position in the movie of each detection of the window, and back. */
  readonly positions: Int32Array;
  readonly placeOf: ReadonlyMap<number, number>;
  /** Positions of masks in conflict whose whole group is inside, so that it may be chosen again. */
  readonly maskOpen: ReadonlySet<number>;
  /** Pairs of positions in conflict. */
  readonly rivals: readonly (readonly [number, number])[];
}

export interface RegionOptions extends CandidateOptions {
  /** Frames before and after what was touched. Default 5: a decision seldom matters farther than a gap away. */
  readonly framesAround?: number;
  /** Radius in gates. Default 3: chains of cells that change places are rarely longer. */
  readonly gatesAround?: number;
}

/** Frames between the first and last touched detection: an accepted link over more is two corrections. */
const spanMax = 2000;

/**
 * @param frameAt  detections of a frame, numbered as when they were linked.
 * @param touched  detections that the new decisions name; at least one.
 * @throws FoundryError `tracking.constraint` for a detection that does not exist.
 * Cost: O(detections of the frames around).
 */
export function regionAround(
  graph: TrackGraph,
  frameAt: (t: number) => FrameDetections,
  touched: readonly Detection[],
  options: RegionOptions = {},
): Region {
  const { framesAround = 5, gatesAround = 3 } = options;
  const seeds = seedPositions(graph, touched);
  const at = seeds.map((position) => {
    const f = frameAtPosition(graph, position);
    const frame = frameAt(graph.firstFrame + f);
    const i = position - graph.offsets[f];
    return { f, y: frame.y[i], x: frame.x[i] };
  });
  const frameCount = graph.offsets.length - 1;
  const first = Math.max(0, at.reduce((min, { f }) => Math.min(min, f), frameCount) - framesAround);
  const last = Math.min(frameCount - 1, at.reduce((max, { f }) => Math.max(max, f), 0) + framesAround);
  if (last - first > spanMax)
    throw new FoundryError("tracking.constraint", {
      message: `A correction spans ${last - first} frames; at most ${spanMax} can be linked again at once.`,
      hint: "Correct the two places one after the other.",
      details: { touched },
    });
  const drift = driftSums(graph, first, last);
  const own = new Set(seeds);
  const [frames, picked, rivals]: [FrameDetections[], number[], [number, number][]] = [[], [], []];
  const maskOpen = new Set<number>();
  for (let f = first; f <= last; f++) {
    const near = at.filter((seed) => Math.abs(seed.f - f) <= framesAround);
    const radius = gatesAround * graph.scales[f]!.gatePx;
    const frame = frameAt(graph.firstFrame + f);
    const isNear = (i: number): boolean =>
      near.some((seed) => {
        const dy = frame.y[i] - seed.y - (drift.y[f - first] - drift.y[seed.f - first]);
        const dx = frame.x[i] - seed.x - (drift.x[f - first] - drift.x[seed.f - first]);
        return dy * dy + dx * dx <= radius * radius;
      });
    const chosen: number[] = [];
    for (let i = 0; near.length > 0 && i < frame.labels.length; i++)
      if (own.has(graph.offsets[f] + i) || isNear(i)) chosen.push(i);
    frames.push(pickDetections(frame, chosen));
    for (const i of chosen) picked.push(graph.offsets[f] + i);
    collectMasks(frame, graph.offsets[f], new Set(chosen), maskOpen, rivals);
  }
  const motions = graph.motions.slice(first + 1, last + 1).map((motion) => motion!);
  const middle = graph.scales[at[0]!.f]!;
  return {
    candidates: findCandidates(frames, motions, middle, options),
    positions: Int32Array.from(picked),
    placeOf: new Map(picked.map((position, place) => [position, place])),
    maskOpen,
    rivals,
  };
}

/** Touched detections with their present origins and successors, which lose or gain by any change. */
function seedPositions(graph: TrackGraph, touched: readonly Detection[]): number[] {
  const seeds = new Set<number>();
  for (const one of touched) {
    const position = positionOf(graph, one);
    if (position === -1)
      throw new FoundryError("tracking.constraint", {
        message: `A decision names cell ${one.label} of frame ${one.t}, which does not exist.`,
        hint: "Remove the decision, or bring the cell back.",
        details: { t: one.t, label: one.label },
      });
    seeds.add(position);
    if (graph.origins[position] !== -1) seeds.add(graph.origins[position]);
    for (let next = graph.firstSuccessor[position]; next !== -1; next = graph.nextSibling[next])
      seeds.add(next);
  }
  return [...seeds].sort((a, b) => a - b);
}

function driftSums(graph: TrackGraph, first: number, last: number): { y: Float64Array; x: Float64Array } {
  const [y, x] = [new Float64Array(last - first + 1), new Float64Array(last - first + 1)];
  for (let f = first + 1; f <= last; f++) {
    y[f - first] = y[f - first - 1] + graph.motions[f]!.driftY;
    x[f - first] = x[f - first - 1] + graph.motions[f]!.driftX;
  }
  return { y, x };
}

/** Groups of masks in conflict that lie inside with all their members. */
function collectMasks(
  { conflicts }: FrameDetections,
  offset: number,
  chosen: ReadonlySet<number>,
  open: Set<number>,
  rivals: [number, number][],
): void {
  if (conflicts === undefined) return;
  const neighbours = new Map<number, number[]>();
  for (let p = 0; p < conflicts.length; p++) {
    const list = neighbours.get(conflicts[p]) ?? [];
    neighbours.set(conflicts[p], [...list, conflicts[p ^ 1]]);
    if (p % 2 === 0) rivals.push([offset + conflicts[p], offset + conflicts[p + 1]]);
  }
  const seen = new Set<number>();
  for (const start of neighbours.keys()) {
    if (seen.has(start)) continue;
    const group = [start];
    seen.add(start);
    for (let k = 0; k < group.length; k++)
      for (const other of neighbours.get(group[k]!) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        group.push(other);
      }
    if (group.every((i) => chosen.has(i))) for (const i of group) open.add(offset + i);
  }
}
