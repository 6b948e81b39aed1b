/**
 * Pairs of 64-bit hashes within a small distance of each other, also after flips and turns, without comparing all pairs.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): hashes are cut into three chunks; of two hashes at most four bits
 * apart, one chunk is at most one bit apart, so looking up each chunk and its one-bit neighbours finds every pair. A
 * million hashes take seconds, where all pairs would take hours. Only pairs on different sides matter, and only hashes
 * of the smaller sides are looked up.
 */

import { bitCount, dihedralHashes } from "../image/index.ts";

export interface HashedPlanes {
  /** Upper and lower 32 bits of each hash. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Which side of the split each plane is on: small numbers. */
  readonly side: Uint8Array;
}

/** Three chunks of 22, 21 and 21 bits: four differing bits leave one of them with at most one. */
export const hashDistanceMax = 4;

const chunkBits = [22, 21, 21] as const;

/** A plane with more look-alikes than this is one of a crowd; the first ones show what is wrong. */
const partnersMax = 16;

/** Positions in the chunk tables, by value of the chunk. */
interface ChunkTable {
  readonly bits: number;
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

const chunkOf = (chunk: number, high: number, low: number): number => {
  if (chunk === 0) return high >>> 10;
  return chunk === 1 ? ((high & 0x3ff) << 11) | (low >>> 21) : low & 0x1fffff;
};

/**
 * Calls `visit` once for each pair of planes on different sides whose hashes, or one of the flipped and turned ones,
 * differ in at most four bits.
 *
 * Order is deterministic. At most 16 partners per plane of a smaller side. Memory: about 50 bytes per plane. Cost: per
 * plane of the smaller sides, 8 views times 67 look-ups.
 */
export function nearPairs(
  planes: HashedPlanes,
  visit: (a: number, b: number, distance: number) => void,
): void {
  const { high, low, side } = planes;
  const count = high.length;
  const tables = chunkBits.map((bits, chunk) => makeTable(planes, chunk, bits));
  const largest = largestSide(side);
  const seen = new Int32Array(count).fill(-1);
  for (let a = 0; a < count; a++) {
    if (side[a] === largest) continue;
    let partners = 0;
    seen[a] = a;
    for (const view of dihedralHashes({ high: high[a] as number, low: low[a] as number })) {
      for (let chunk = 0; chunk < tables.length && partners < partnersMax; chunk++) {
        const table = tables[chunk] as ChunkTable;
        const value = chunkOf(chunk, view.high, view.low) & (2 ** table.bits - 1);
        for (let bit = -1; bit < table.bits; bit++) {
          const bucket = bit < 0 ? value : value ^ (1 << bit);
          for (let at = table.starts[bucket] as number; at < (table.starts[bucket + 1] as number); at++) {
            const b = table.members[at] as number;
            // A pair of two smaller sides is found from both; it is told once.
            if (side[b] === side[a] || seen[b] === a || (side[b] !== largest && b < a)) continue;
            const distance =
              bitCount((high[b] as number) ^ view.high) + bitCount((low[b] as number) ^ view.low);
            if (distance > hashDistanceMax) continue;
            seen[b] = a;
            visit(a, b, distance);
            if (++partners >= partnersMax) break;
          }
          if (partners >= partnersMax) break;
        }
      }
      if (partners >= partnersMax) break;
    }
  }
}

/** Counting sort by chunk. Few planes share fewer, larger buckets: the low bits of a chunk choose. */
function makeTable({ high, low }: HashedPlanes, chunk: number, bitsMax: number): ChunkTable {
  const count = high.length;
  const bits = Math.min(bitsMax, Math.max(4, Math.ceil(Math.log2(count + 1)) + 1));
  const mask = 2 ** bits - 1;
  const starts = new Int32Array(2 ** bits + 1);
  const bucketOf = (i: number): number => chunkOf(chunk, high[i] as number, low[i] as number) & mask;
  for (let i = 0; i < count; i++) {
    const next = bucketOf(i) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let b = 0; b < 2 ** bits; b++) starts[b + 1] = (starts[b + 1] as number) + (starts[b] as number);
  const fill = starts.slice();
  const members = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf(i);
    members[fill[bucket] as number] = i;
    fill[bucket] = (fill[bucket] as number) + 1;
  }
  return { bits, starts, members };
}

function largestSide(side: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const value of side) counts[value] = (counts[value] as number) + 1;
  return counts.indexOf(Math.max(...counts));
}
