/**
 * A tracking as a forest over its detections: for each one the detection it came from.
 *
 * Built from tracks and from what is seen, by the same links that a store keeps (`linksFromTracks`), so a track with a
 * gap and two tracks joined by an only child are the same forest. Chains are the tracks that the biological scores
 * count: runs of one cell, cut where the format of the challenge would cut them.
 */
import { type Detection, linksFromTracks, type Track } from "../lineage/index.ts";

export interface TrackForest {
  /** Frame of each detection; detections are in order of frame, then label. */
  readonly frames: Int32Array;
  readonly labels: Int32Array;
  /** The detection each one came from, -1 for none. */
  readonly origin: Int32Array;
  /** How many came from it: 2 or more is a division. */
  readonly successors: Int32Array;
}

/**
 * @param byFrame  labels seen in each frame, in order of frame.
 * @param tracks  labels without a track stand alone; tracks that are never seen count for nothing.
 * Cost: O(n log n).
 */
export function plantForest(
  byFrame: readonly { readonly t: number; readonly labels: Int32Array }[],
  tracks: readonly Track[],
): TrackForest {
  const detections: Detection[] = [];
  for (const { t, labels } of byFrame) for (const label of labels) detections.push({ t, label });
  const origin = new Int32Array(detections.length).fill(-1);
  const successors = new Int32Array(detections.length);
  for (const { from, to } of linksFromTracks(tracks, detections)) {
    origin[to] = from;
    successors[from] = (successors[from] as number) + 1;
  }
  return {
    frames: Int32Array.from(detections, ({ t }) => t),
    labels: Int32Array.from(detections, ({ label }) => label),
    origin,
    successors,
  };
}

/**
 * What a link between parent and daughter is. "divisions": the origin has two or more successors, so an only child is
 * the same cell again. "table": every line with a parent in the challenge's file, only children and gaps too.
 */
export type ParentLinks = "divisions" | "table";

/** Whether the link into a detection (which has an origin) is one between parent and daughter. */
export function isParentLink(forest: TrackForest, to: number, rule: ParentLinks): boolean {
  const from = forest.origin[to] as number;
  if ((forest.successors[from] as number) > 1) return true;
  return rule === "table" && isCut(forest, from, to);
}

/** Where the challenge's files begin a new track: after a gap, or because the result says so. */
function isCut({ frames, labels }: TrackForest, from: number, to: number): boolean {
  return labels[from] !== labels[to] || frames[to] !== (frames[from] as number) + 1;
}

/** One run of a cell, first to last frame. */
export interface Chain {
  /** Its detections in order of frame. */
  readonly members: readonly number[];
  readonly first: number;
  readonly last: number;
  /** Chains that came from it; a division when there are two or more. */
  readonly children: readonly number[];
  /** Chain it came from, -1 for none. */
  readonly parent: number;
}

export interface Chains {
  readonly list: readonly Chain[];
  /** Chain of each detection. */
  readonly chainOf: Int32Array;
}

/** "cut": a gap or an only child begins a new track, as in the challenge's files. "join": it is the same track. */
export type OnlyChild = "cut" | "join";

/** Chains in order of their first detection. Cost: linear. */
export function chainsOf(forest: TrackForest, onlyChild: OnlyChild): Chains {
  const { frames, origin, successors } = forest;
  const chainOf = new Int32Array(frames.length);
  const drafts: { members: number[]; children: number[]; parent: number }[] = [];
  for (let at = 0; at < frames.length; at++) {
    const from = origin[at] as number;
    const goesOn =
      from >= 0 && (successors[from] as number) === 1 && (onlyChild === "join" || !isCut(forest, from, at));
    if (goesOn) {
      chainOf[at] = chainOf[from] as number;
      drafts[chainOf[at] as number]!.members.push(at);
      continue;
    }
    const parent = from < 0 ? -1 : (chainOf[from] as number);
    chainOf[at] = drafts.push({ members: [at], children: [], parent }) - 1;
    if (parent >= 0) drafts[parent]!.children.push(chainOf[at] as number);
  }
  const list = drafts.map((draft) => ({
    ...draft,
    first: frames[draft.members[0] as number] as number,
    last: frames[draft.members.at(-1) as number] as number,
  }));
  return { list, chainOf };
}
