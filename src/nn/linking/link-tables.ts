/**
 * Who reads whom: candidates of a window as columns, and for every detection the candidates that come in and go out.
 *
 * Links and divisions are one list of "ways" (links first). The tables have fixed heights, so a detection keeps the
 * likeliest ways only; a way that finds no room at one of its ends is left out at all of them, so that what is summed over
 * a detection is what can be chosen. Each table has its opposite, along which gradients travel back.
 */
import type { CandidateWindow } from "#core/tracking/index.ts";

/** Ways in and out of one detection. 12 links and the divisions of near parents fit; crowds of points lose far ones. */
export const waysMax = 28;

export interface WayTables {
  /** Detections, and ways kept. */
  readonly detections: number;
  readonly ways: number;
  /** Position of each way among the window's links, or among its divisions from `linkCount` on. */
  readonly linkCount: number;
  readonly candidate: Int32Array;
  /** Detection each way comes from, [ways]. */
  readonly source: Int32Array;
  /** Detections each way leads to, [2, ways]; the second row is -1 for links. */
  readonly targets: Int32Array;
  /** Ways out of and into each detection, [waysMax, detections], -1 where empty. */
  readonly out: Int32Array;
  readonly into: Int32Array;
}

/**
 * @param link, division  how likely each candidate is before anything is learned; decides what finds room.
 * Cost: O(n log n) in candidates. Deterministic.
 */
export function wayTables(
  window: CandidateWindow,
  link: ArrayLike<number>,
  division: ArrayLike<number>,
): WayTables {
  const { from, to, divisions, frameOf } = window;
  const detections = frameOf.length;
  const total = from.length + divisions.length / 3;
  const likely = (c: number): number => (c < from.length ? link[c]! : division[c - from.length]!);
  const ends = (c: number): [source: number, first: number, second: number] => {
    if (c < from.length) return [from[c]!, to[c]!, -1];
    const d = 3 * (c - from.length);
    return [divisions[d]!, divisions[d + 1]!, divisions[d + 2]!];
  };
  const [outCount, inCount] = [new Uint8Array(detections), new Uint8Array(detections)];
  const kept = new Uint8Array(total);
  const order = Array.from({ length: total }, (_, c) => c).sort((a, b) => likely(b) - likely(a) || a - b);
  for (const c of order) {
    const [source, first, second] = ends(c);
    if (outCount[source] === waysMax || inCount[first] === waysMax) continue;
    if (second >= 0 && inCount[second] === waysMax) continue;
    outCount[source]!++;
    inCount[first]!++;
    if (second >= 0) inCount[second]!++;
    kept[c] = 1;
  }
  const candidate = Int32Array.from(order.filter((c) => kept[c] === 1).sort((a, b) => a - b));
  const ways = candidate.length;
  const [source, targets] = [new Int32Array(ways), new Int32Array(2 * ways)];
  const [out, into] = [0, 1].map(() => new Int32Array(waysMax * detections).fill(-1)) as [
    Int32Array,
    Int32Array,
  ];
  outCount.fill(0);
  inCount.fill(0);
  for (const [w, c] of candidate.entries()) {
    const [start, first, second] = ends(c);
    source[w] = start;
    targets[w] = first;
    targets[ways + w] = second;
    out[outCount[start]!++ * detections + start] = w;
    into[inCount[first]!++ * detections + first] = w;
    if (second >= 0) into[inCount[second]!++ * detections + second] = w;
  }
  const linkCount = candidate.findIndex((c) => c >= from.length);
  return {
    detections,
    ways,
    linkCount: linkCount === -1 ? ways : linkCount,
    candidate,
    source,
    targets,
    out,
    into,
  };
}

/** Tables with room to spare, and their opposites, as the training step reads them (float32, -1 = none). */
export interface PaddedTables {
  readonly source: Float32Array;
  readonly targets: Float32Array;
  readonly out: Float32Array;
  readonly into: Float32Array;
  /** Place of each way in `out` [1, ways] and in `into` [2, ways]; `into` as flat places in `targets`. */
  readonly placeOut: Float32Array;
  readonly placeIn: Float32Array;
  readonly intoFlat: Float32Array;
}

/** Links keep the first columns, divisions begin at column `linkRoom`. */
export function padTables(
  tables: WayTables,
  detectionRoom: number,
  linkRoom: number,
  wayRoom: number,
): PaddedTables {
  const { detections, linkCount, ways } = tables;
  const column = (w: number): number => (w < linkCount ? w : w - linkCount + linkRoom);
  const empty = (length: number): Float32Array => new Float32Array(length).fill(-1);
  const padded = {
    source: empty(wayRoom),
    targets: empty(2 * wayRoom),
    out: empty(waysMax * detectionRoom),
    into: empty(waysMax * detectionRoom),
    placeOut: empty(wayRoom),
    placeIn: empty(2 * wayRoom),
    intoFlat: empty(waysMax * detectionRoom),
  };
  for (let w = 0; w < ways; w++) {
    padded.source[column(w)] = tables.source[w]!;
    padded.targets[column(w)] = tables.targets[w]!;
    padded.targets[wayRoom + column(w)] = tables.targets[ways + w]!;
  }
  for (let k = 0; k < waysMax; k++)
    for (let i = 0; i < detections; i++) {
      const place = k * detectionRoom + i;
      const [o, w] = [tables.out[k * detections + i]!, tables.into[k * detections + i]!];
      if (o >= 0) {
        padded.out[place] = column(o);
        padded.placeOut[column(o)] = place;
      }
      if (w >= 0) {
        const row = tables.targets[w] === i ? 0 : 1;
        padded.into[place] = column(w);
        padded.placeIn[row * wayRoom + column(w)] = place;
        padded.intoFlat[place] = row * wayRoom + column(w);
      }
    }
  return padded;
}
