/**
 * Tracks and where their labels are seen: the plain data of lineages.
 *
 * A track is one cell from its birth to its division, loss or the end of the movie; a lineage is tracks joined by
 * parents. Frames count from 0. What a movie shows is kept apart from what the table of tracks claims (`Presence`), so
 * that the two can be compared.
 */

export interface Track {
  /** Positive; the pixel value of the cell in every frame of a tracked movie. */
  readonly label: number;
  /** First and last frame in which the cell is seen, both included. */
  readonly first: number;
  readonly last: number;
  /** Label of the track it came from by division (or, in formats without gaps, after a gap); `null` for none. */
  readonly parent: number | null;
  /** Labels of the tracks that came from it, ascending. */
  readonly daughters: readonly number[];
}

/** Where an object of a movie is: its frame and its label in that frame. */
export interface Detection {
  readonly t: number;
  readonly label: number;
}

/**
 * "Same cell" (link) or "came from" (division) between two detections of different frames, by their positions in the
 * list of detections; `from` is the earlier one.
 */
export interface TrackLink {
  readonly from: number;
  readonly to: number;
  readonly kind: "link" | "division";
}

/** Label -> frames in which pixels have it, ascending, without repeats. */
export type Presence = ReadonlyMap<number, readonly number[]>;

/** Presence of what was seen; a detection may repeat (a cell cut by several focal planes). Cost: O(n log n). */
export function presenceOf(detections: Iterable<Detection>): Presence {
  const frames = new Map<number, Set<number>>();
  for (const { t, label } of detections) {
    const seen = frames.get(label);
    if (seen === undefined) frames.set(label, new Set([t]));
    else seen.add(t);
  }
  return new Map([...frames].map(([label, seen]) => [label, [...seen].sort((a, b) => a - b)]));
}

/** The same tracks with `daughters` filled in from the parents they name. Order is kept. */
export function withDaughters(tracks: readonly Omit<Track, "daughters">[]): Track[] {
  const daughters = new Map<number, number[]>();
  for (const { label, parent } of tracks) {
    if (parent === null) continue;
    const known = daughters.get(parent);
    if (known === undefined) daughters.set(parent, [label]);
    else known.push(label);
  }
  return tracks.map(({ label, first, last, parent }) => ({
    label,
    first,
    last,
    parent,
    daughters: (daughters.get(label) ?? []).toSorted((a, b) => a - b),
  }));
}
