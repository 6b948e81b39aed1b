/**
 * A lineage with places: what files of tracks (GEFF, TrackMate, tables) hold when they bring no outlines.
 *
 * The plain data of `track.ts` and nothing beside them: detections gain a centre and a size, links stay positions in the
 * list of detections. Tracks follow from both (`tracksFromLinks`), so that no file format needs a model of its own.
 */
import type { Detection, TrackLink } from "./track.ts";

/** One cell in one frame, whatever the number of focal planes it is cut by. */
export interface PlacedDetection extends Detection {
  /** Centre of mass: focal plane, row, column in pixels; pixel centres lie at whole numbers. */
  readonly z: number;
  readonly y: number;
  readonly x: number;
  /** Pixels of the cell in all focal planes; `null` when nothing says how large it is. */
  readonly areaPx: number | null;
}

export interface PlacedLineage {
  readonly detections: readonly PlacedDetection[];
  /** Positions in `detections`. */
  readonly links: readonly TrackLink[];
}

/** What a graph of detections says of itself, for formats that state it. */
export interface LineageGroups {
  /** From 1, per detection: the longest runs without branching, a division with one daughter not being one. */
  readonly tracklets: Int32Array;
  /** From 1, per detection: everything that is joined by links. */
  readonly lineages: Int32Array;
}

/**
 * Tracklets (maximal paths) and lineages (connected parts) of a graph of detections.
 *
 * Both follow from the links alone, whatever their kind: this is how the graph exchange file format defines them, and
 * why an only daughter shares the tracklet of its parent there though it has a track of its own. Numbers are given in
 * order of the first detection. Cost: linear.
 */
export function groupsOfLineage({ detections, links }: PlacedLineage): LineageGroups {
  const count = detections.length;
  const origins = new Int32Array(count);
  const successors = new Int32Array(count);
  for (const { from, to } of links) {
    successors[from]!++;
    origins[to]!++;
  }
  const joined = (wanted: (from: number, to: number) => boolean): Int32Array => {
    const parent = Int32Array.from({ length: count }, (_, i) => i);
    const rootOf = (at: number): number => {
      let root = at;
      while (parent[root] !== root) root = parent[root]!;
      for (let i = at; parent[i] !== root; ) [i, parent[i]] = [parent[i]!, root];
      return root;
    };
    for (const { from, to } of links) {
      if (!wanted(from, to)) continue;
      const [a, b] = [rootOf(from), rootOf(to)];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
    const numbers = new Int32Array(count);
    let next = 1;
    for (let i = 0; i < count; i++) {
      const root = rootOf(i);
      if (numbers[root] === 0) numbers[root] = next++;
      numbers[i] = numbers[root]!;
    }
    return numbers;
  };
  return {
    tracklets: joined((from, to) => successors[from] === 1 && origins[to] === 1),
    lineages: joined(() => true),
  };
}
