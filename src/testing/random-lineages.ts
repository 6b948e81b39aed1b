/**
 * Random lineages that keep the laws: for round trips of every format of tracks.
 *
 * Written from the laws, not with the code under test: a track is born, lives, and ends, divides (two or three
 * daughters in the next frame), or has one daughter in view. Gaps are frames left out in the middle of a track.
 */
import type { PlacedDetection, PlacedLineage, TrackLink } from "#core/lineage/index.ts";
import type { Rng } from "#core/rng.ts";

export interface RandomLineageOptions {
  readonly frames: number;
  /** Cells that have no parent. */
  readonly founders: number;
  /** Whether a cell may be lost for some frames and seen again; default false. */
  readonly gaps?: boolean;
  /** Side of the plane in pixels; default 200. */
  readonly side?: number;
}

interface RandomTrack {
  readonly label: number;
  readonly first: number;
  readonly last: number;
  readonly parent: number | null;
}

/** Labels are drawn without order and with holes, as people's files have them. */
export function randomTracks(random: Rng, { frames, founders }: RandomLineageOptions): RandomTrack[] {
  const free = random.shuffle(Array.from({ length: 60 * founders }, (_, i) => i + 1));
  const tracks: RandomTrack[] = [];
  const grow = (first: number, parent: number | null): void => {
    const label = free.pop();
    if (label === undefined) return;
    const last = Math.min(frames - 1, first + random.int(frames));
    tracks.push({ label, first, last, parent });
    if (last >= frames - 1 || !random.chance(0.6)) return;
    const daughters = random.chance(0.15) ? 1 : random.chance(0.1) ? 3 : 2;
    for (let i = 0; i < daughters; i++) grow(last + 1, label);
  };
  for (let i = 0; i < founders; i++) grow(random.int(Math.max(1, frames - 1)), null);
  return random.shuffle(tracks);
}

/** A lineage with places and links, detections in order of frame, then of track. */
export function randomLineage(random: Rng, options: RandomLineageOptions): PlacedLineage {
  const { gaps = false, side = 200 } = options;
  const tracks = randomTracks(random, options);
  const seen = tracks.flatMap(({ label, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
      .filter((t) => t === first || t === last || !gaps || random.chance(0.8))
      .map(
        (t): PlacedDetection => ({
          t,
          label,
          z: 0,
          y: random.int(side * 8) / 8,
          x: random.int(side * 8) / 8,
          areaPx: 1 + random.int(400),
        }),
      ),
  );
  const detections = seen.sort((a, b) => a.t - b.t || a.label - b.label);
  const place = new Map(detections.map(({ t, label }, i) => [`${t}/${label}`, i]));
  const links: TrackLink[] = [];
  for (const { label, first, last, parent } of tracks) {
    let before: number | null = null;
    for (let t = first; t <= last; t++) {
      const at = place.get(`${t}/${label}`);
      if (at === undefined) continue;
      if (before !== null) links.push({ from: before, to: at, kind: "link" });
      before = at;
    }
    if (parent === null) continue;
    const from = place.get(`${first - 1}/${parent}`)!;
    links.push({ from, to: place.get(`${first}/${label}`)!, kind: "division" });
  }
  return { detections, links: links.sort((a, b) => a.to - b.to) };
}
