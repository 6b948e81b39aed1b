/**
 * Links between detections to tracks, and back.
 *
 * Links are what a tracker makes and a store keeps; tracks are what people and files name. The two are the same facts:
 * `linksFromTracks(tracksFromLinks(d, l))` gives `l` again when no detection has two origins and labels are those of
 * the tracks. A detection with one "link" goes on; with a "division", or with several successors of any kind, its
 * track ends and each successor begins a track with it as parent.
 */
import { assert } from "../errors.ts";
import { type Detection, type Track, type TrackLink, withDaughters } from "./track.ts";

export interface TracksFromLinksOptions {
  /**
   * Label wanted for each detection; a track takes that of its first detection unless an earlier track has it.
   * Default: 1, 2, 3 … in order of first frame.
   */
  readonly labels?: readonly number[];
  /**
   * Whether a track may skip frames. Without gaps a skipped frame ends the track and the rest becomes its only child,
   * as the Cell Tracking Challenge writes it. Default true.
   */
  readonly gaps?: boolean;
}

export interface TracksFromLinks {
  /** In order of first frame, then of label. */
  readonly tracks: readonly Track[];
  /** Label of the track of each detection. */
  readonly labels: Int32Array;
  /** Links left out: they go back in time, or their target has another origin already. Positions in `links`. */
  readonly dropped: readonly number[];
}

/**
 * @param detections  only their frames matter, and their order for ties.
 * @param links  positions in `detections`. The first of two links into one detection counts.
 * @throws Error `internal:` for positions outside the list. Cost: O(n log n).
 */
export function tracksFromLinks(
  detections: readonly { readonly t: number }[],
  links: readonly TrackLink[],
  options: TracksFromLinksOptions = {},
): TracksFromLinks {
  const gaps = options.gaps ?? true;
  const { origin, successors, dropped } = joinLinks(detections, links);
  const goesOn = (at: number): number | null => {
    const next = successors[at]!;
    if (next.length !== 1 || next[0]!.kind === "division") return null;
    const to = next[0]!.to;
    return gaps || detections[to]!.t === detections[at]!.t + 1 ? to : null;
  };
  const order = detections.map((_, i) => i).sort((a, b) => detections[a]!.t - detections[b]!.t || a - b);
  const labels = new Int32Array(detections.length);
  const naming = nameTracks(options.labels);
  const rows: Omit<Track, "daughters">[] = [];
  for (const start of order) {
    if (labels[start] !== 0) continue;
    const label = naming(start);
    let last = start;
    for (let at: number | null = start; at !== null; at = goesOn(at)) {
      labels[at] = label;
      last = at;
    }
    const from = origin[start]!;
    rows.push({
      label,
      first: detections[start]!.t,
      last: detections[last]!.t,
      parent: from < 0 ? null : (labels[from] as number),
    });
  }
  const tracks = withDaughters(rows).toSorted((a, b) => a.first - b.first || a.label - b.label);
  return { tracks, labels, dropped };
}

interface Joined {
  /** Position of the detection each one came from; -1 for none. */
  readonly origin: Int32Array;
  readonly successors: readonly (readonly TrackLink[])[];
  readonly dropped: number[];
}

function joinLinks(detections: readonly { readonly t: number }[], links: readonly TrackLink[]): Joined {
  const origin = new Int32Array(detections.length).fill(-1);
  const successors: TrackLink[][] = detections.map(() => []);
  const dropped: number[] = [];
  for (const [position, link] of links.entries()) {
    const from = detections[link.from];
    const to = detections[link.to];
    assert(from !== undefined && to !== undefined, `link ${position} joins detections that exist`);
    if (to.t <= from.t || origin[link.to] !== -1) {
      dropped.push(position);
      continue;
    }
    origin[link.to] = link.from;
    successors[link.from]!.push(link);
  }
  return { origin, successors, dropped };
}

/** Gives each new track the label wanted for its first detection, else the next one that nobody wants. */
function nameTracks(wanted: readonly number[] | undefined): (start: number) => number {
  let next = wanted === undefined ? 1 : wanted.reduce((highest, label) => Math.max(highest, label), 0) + 1;
  const taken = new Set<number>();
  return (start) => {
    const wish = wanted?.[start];
    if (wish !== undefined && wish > 0 && !taken.has(wish)) {
      taken.add(wish);
      return wish;
    }
    return next++;
  };
}

/**
 * Links along each track and from each parent's last detection to its daughter's first.
 *
 * Frames a track lacks are skipped. An only child that begins right after its parent is a division with one daughter
 * in view; an only child after a gap is the same cell again ("link"). Of several detections with one label in a frame
 * (focal planes of a cell) the first stands for all.
 *
 * @returns sorted by `to`. Tracks without detections, and parents that are not before their daughters, give no links.
 * Cost: O(n log n).
 */
export function linksFromTracks(tracks: readonly Track[], detections: readonly Detection[]): TrackLink[] {
  const byLabel = new Map<number, number[]>();
  for (const [position, { label }] of detections.entries()) {
    const list = byLabel.get(label);
    if (list === undefined) byLabel.set(label, [position]);
    else list.push(position);
  }
  for (const list of byLabel.values()) list.sort((a, b) => detections[a]!.t - detections[b]!.t || a - b);
  const childCount = new Map<number, number>();
  for (const { parent } of tracks)
    if (parent !== null) childCount.set(parent, (childCount.get(parent) ?? 0) + 1);
  const links: TrackLink[] = [];
  const t = (position: number): number => detections[position]!.t;
  for (const { label, parent } of tracks) {
    const own = byLabel.get(label) ?? [];
    let before: number | null = null;
    for (const position of own) {
      if (before !== null && t(position) === t(before)) continue;
      if (before !== null) links.push({ from: before, to: position, kind: "link" });
      before = position;
    }
    if (parent === null || own.length === 0) continue;
    const mother = lastInFrame(byLabel.get(parent) ?? [], t);
    if (mother === null || t(mother) >= t(own[0]!)) continue;
    const again = childCount.get(parent) === 1 && t(own[0]!) > t(mother) + 1;
    links.push({ from: mother, to: own[0]!, kind: again ? "link" : "division" });
  }
  return links.sort((a, b) => a.to - b.to || a.from - b.from);
}

/** First position of the last frame in a list sorted by frame. */
function lastInFrame(positions: readonly number[], t: (position: number) => number): number | null {
  const last = positions.at(-1);
  if (last === undefined) return null;
  return positions.find((position) => t(position) === t(last)) ?? last;
}
