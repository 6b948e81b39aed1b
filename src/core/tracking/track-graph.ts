/**
 * The solution graph of a movie in typed arrays: origin, successors and track of every detection.
 *
 * 500,000 detections take some 15 MB. Tracks and links of `core/lineage` are made from it when they are asked for; the
 * arrays are what corrections change in place.
 */
import { assert } from "../errors.ts";
import {
  checkLineage,
  type LineageFinding,
  type Presence,
  type Track,
  type TrackLink,
  withDaughters,
} from "../lineage/index.ts";
import type { FrameMotion, MotionScale } from "./motion.ts";
import type { LinkedFrame } from "./tracker.ts";

export interface TrackGraph {
  /** Frame of the movie at `offsets[0]`. */
  readonly firstFrame: number;
  /** Position of the first detection of each frame; one more entry at the end. */
  readonly offsets: Int32Array;
  /** By position: label in its frame, track (0 = mask not chosen), origin (-1 = none), 1 where the origin divides. */
  readonly labels: Int32Array;
  readonly tracks: Int32Array;
  readonly origins: Int32Array;
  readonly divided: Uint8Array;
  /** By position: first of its successors, and the next successor of the same origin; -1 for none. */
  readonly firstSuccessor: Int32Array;
  readonly nextSibling: Int32Array;
  /** By frame: motion from the frame before (`null` in the first), and what its links were judged by. */
  readonly motions: readonly (FrameMotion | null)[];
  readonly scales: readonly MotionScale[];
  /** Next track that nobody has. */
  nextTrack: number;
}

/**
 * Gathers final frames and checks the laws of a lineage on the whole.
 *
 * @param frames  what a tracker gave, in order. Cost: O(detections).
 */
export function buildTrackGraph(frames: Iterable<LinkedFrame>): TrackGraph {
  const all = [...frames];
  const offsets = new Int32Array(all.length + 1);
  for (const [f, frame] of all.entries()) offsets[f + 1] = frame.firstPosition + frame.labels.length;
  const count = offsets[all.length];
  const graph: TrackGraph = {
    firstFrame: all[0]?.t ?? 0,
    offsets,
    labels: new Int32Array(count),
    tracks: new Int32Array(count),
    origins: new Int32Array(count),
    divided: new Uint8Array(count),
    firstSuccessor: new Int32Array(count).fill(-1),
    nextSibling: new Int32Array(count).fill(-1),
    motions: all.map(({ motion }) => motion),
    scales: all.map(({ scale }) => scale),
    nextTrack: 1,
  };
  for (const frame of all) {
    graph.labels.set(frame.labels, frame.firstPosition);
    graph.tracks.set(frame.tracks, frame.firstPosition);
    graph.origins.set(frame.origins, frame.firstPosition);
    graph.divided.set(frame.divided, frame.firstPosition);
  }
  // Backwards, so that successors come out in order of position.
  for (let at = count - 1; at >= 0; at--) {
    graph.nextTrack = Math.max(graph.nextTrack, graph.tracks[at] + 1);
    if (graph.origins[at] !== -1) linkInPlace(graph, graph.origins[at], at);
  }
  assertLaws(checkTrackGraph(graph));
  return graph;
}

function linkInPlace(graph: TrackGraph, from: number, to: number): void {
  graph.origins[to] = from;
  graph.nextSibling[to] = graph.firstSuccessor[from];
  graph.firstSuccessor[from] = to;
}

/** Gives a detection another origin (-1 = none). Tracks are not touched. */
export function moveOriginInPlace(graph: TrackGraph, to: number, from: number, divided: boolean): void {
  const old = graph.origins[to];
  if (old !== -1) {
    if (graph.firstSuccessor[old] === to) graph.firstSuccessor[old] = graph.nextSibling[to];
    else {
      let before = graph.firstSuccessor[old];
      while (graph.nextSibling[before] !== to) before = graph.nextSibling[before];
      graph.nextSibling[before] = graph.nextSibling[to];
    }
    graph.nextSibling[to] = -1;
  }
  graph.origins[to] = -1;
  graph.divided[to] = from !== -1 && divided ? 1 : 0;
  if (from !== -1) linkInPlace(graph, from, to);
}

/** Whether a detection goes on with its origin's track. */
export const goesOn = ({ origins, divided }: TrackGraph, at: number): boolean =>
  origins[at] !== -1 && divided[at] === 0;

/** Place of the frame that holds a position. Cost: O(log frames). */
export function frameAtPosition({ offsets }: TrackGraph, position: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsets[middle] <= position) low = middle;
    else high = middle;
  }
  return low;
}

/** Position of a label in a frame; -1 when it is not there. Cost: O(detections of the frame). */
export function positionOf(
  graph: TrackGraph,
  { t, label }: { readonly t: number; readonly label: number },
): number {
  const f = t - graph.firstFrame;
  if (!(f >= 0 && f + 1 < graph.offsets.length)) return -1;
  const at = graph.labels.subarray(graph.offsets[f], graph.offsets[f + 1]).indexOf(label);
  return at === -1 ? -1 : graph.offsets[f] + at;
}

/** All positions of the track that holds one, ascending. */
export function trackPositions(graph: TrackGraph, at: number): number[] {
  let start = at;
  while (goesOn(graph, start)) start = graph.origins[start];
  const positions = [start];
  for (let next = graph.firstSuccessor[start]; next !== -1 && graph.divided[next] === 0; ) {
    positions.push(next);
    next = graph.firstSuccessor[next];
  }
  return positions;
}

/** The links of `core/lineage`, sorted by `to`. */
export function linksOf(graph: TrackGraph): TrackLink[] {
  const links: TrackLink[] = [];
  for (let to = 0; to < graph.origins.length; to++) {
    const from = graph.origins[to];
    if (from !== -1) links.push({ from, to, kind: graph.divided[to] === 1 ? "division" : "link" });
  }
  return links;
}

/** The tracks of `core/lineage`, in order of first frame. Cost: O(detections). */
export function tracksOf(graph: TrackGraph): Track[] {
  const rows = new Map<number, { label: number; first: number; last: number; parent: number | null }>();
  for (let f = 0; f + 1 < graph.offsets.length; f++) {
    const t = graph.firstFrame + f;
    for (let at = graph.offsets[f]; at < graph.offsets[f + 1]; at++) {
      const label = graph.tracks[at];
      if (label === 0) continue;
      const row = rows.get(label);
      if (row !== undefined) row.last = t;
      else
        rows.set(label, {
          label,
          first: t,
          last: t,
          parent: graph.origins[at] === -1 ? null : graph.tracks[graph.origins[at]],
        });
    }
  }
  return withDaughters([...rows.values()]);
}

/** Track -> frames in which it is seen. */
export function presenceOfTracks(graph: TrackGraph): Presence {
  const frames = new Map<number, number[]>();
  for (let f = 0; f + 1 < graph.offsets.length; f++) {
    for (let at = graph.offsets[f]; at < graph.offsets[f + 1]; at++) {
      if (graph.tracks[at] === 0) continue;
      const seen = frames.get(graph.tracks[at]);
      if (seen === undefined) frames.set(graph.tracks[at], [graph.firstFrame + f]);
      else seen.push(graph.firstFrame + f);
    }
  }
  return frames;
}

/**
 * Findings of the laws of a lineage. Gaps inside tracks are not among them: here they are allowed.
 *
 * Cost: O(detections).
 */
export function checkTrackGraph(graph: TrackGraph): LineageFinding[] {
  return checkLineage(tracksOf(graph), presenceOfTracks(graph)).filter(({ rule }) => rule !== "frameMissing");
}

/** Stops when a lineage breaks a law (an error, not a warning). */
function assertLaws(findings: readonly LineageFinding[]): void {
  const broken = findings.find(({ severity }) => severity === "error");
  assert(broken === undefined, `a solution breaks a law: ${broken?.message}`);
}
