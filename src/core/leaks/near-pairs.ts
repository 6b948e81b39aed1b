/**
 * Pairs of 64-bit hashes within a small distance of each other, also after flips and turns, without comparing all pairs.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): hashes are cut into chunks of 24, 24 and 16 bits. Of two hashes at
 * most four bits apart, the first or the second chunk is at most one bit apart or the third one equal, for otherwise at
 * least 2 + 2 + 1 bits would differ. Looking up two chunks with their one-bit neighbours and the third as it is finds
 * every pair. A million hashes take seconds, where all pairs would take hours. Only pairs on different sides matter, and only hashes
 * of the smaller sides are looked up.
 */

import { bitCount, dihedralHashes, type PerceptualHash } from "../image/index.ts";

export interface HashedPlanes {
  /** Upper and lower 32 bits of each hash. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Which side of the split each plane is on: small numbers. */
  readonly side: Uint8Array;
}

export const hashDistanceMax = 4;

/** Chunks and how many bits of each may differ: (1 + 1) + (1 + 1) + (0 + 1) is above the distance looked for. */
const chunks = [
  { bits: 24, near: true },
  { bits: 24, near: true },
  { bits: 16, near: false },
] as const;

/** Buckets beyond this many would take more memory than they save time. */
const bucketBitsMax = 21;

/** A plane with more look-alikes than this is one of a crowd; the first ones show what is wrong. */
const partnersMax = 16;

/** A set with more pairs is full of copies; going on would only take memory. */
const pairsMax = 1_000_000;

/** Planes by value of one chunk. */
interface ChunkTable {
  /** Bits of the chunk that choose the bucket. */
  readonly bucketBits: number;
  readonly starts: Int32Array;
  readonly members: Int32Array;
  /** One bit per value of the chunk: whether any plane has it. Small enough for the processor's cache, so most look-ups end here. */
  readonly filled: Int32Array;
}

const chunkOf = (chunk: number, high: number, low: number): number => {
  if (chunk === 0) return high >>> 8;
  return chunk === 1 ? ((high & 0xff) << 16) | (low >>> 16) : low & 0xffff;
};

/** What has been told so far. */
interface Told {
  readonly pairs: Set<number>;
  readonly partners: Uint8Array;
  readonly visit: (a: number, b: number, distance: number) => void;
}

/**
 * Calls `visit` once for each pair of planes on different sides whose hashes, or one of the flipped and turned ones,
 * differ in at most four bits.
 *
 * Order is deterministic. At most 16 partners per plane of a smaller side, a million pairs in all. Memory: about 30
 * bytes per plane. Cost: per plane of the smaller sides, 8 views times 51 look-ups; some seconds for a million planes.
 */
export function nearPairs(
  planes: HashedPlanes,
  visit: (a: number, b: number, distance: number) => void,
): void {
  const { side, high } = planes;
  const largest = largestSide(side);
  const told: Told = { pairs: new Set(), partners: new Uint8Array(high.length), visit };
  chunks.forEach(({ bits }, chunk) => {
    const table = makeTable(planes, chunk, bits);
    for (let a = 0; a < high.length; a++) {
      if (side[a] !== largest) lookUp(planes, a, { table, chunk, largest }, told);
    }
  });
}

function lookUp(
  planes: HashedPlanes,
  a: number,
  { table, chunk, largest }: { readonly table: ChunkTable; readonly chunk: number; readonly largest: number },
  told: Told,
): void {
  const { bits, near } = chunks[chunk] as (typeof chunks)[number];
  const mask = 2 ** table.bucketBits - 1;
  for (const view of dihedralHashes({ high: planes.high[a] as number, low: planes.low[a] as number })) {
    const own = chunkOf(chunk, view.high, view.low);
    for (let bit = -1; bit < (near ? bits : 0); bit++) {
      const value = bit < 0 ? own : own ^ (1 << bit);
      if ((((table.filled[value >>> 5] as number) >>> (value & 31)) & 1) === 0) continue;
      const bucket = value & mask;
      const end = table.starts[bucket + 1] as number;
      for (let at = table.starts[bucket] as number; at < end; at++) {
        if ((told.partners[a] as number) >= partnersMax) return;
        tell(planes, a, table.members[at] as number, { view, largest }, told);
      }
    }
  }
}

function tell(
  { high, low, side }: HashedPlanes,
  a: number,
  b: number,
  { view, largest }: { readonly view: PerceptualHash; readonly largest: number },
  told: Told,
): void {
  // A pair of two smaller sides is found from both; it is told once.
  if (side[b] === side[a] || (side[b] !== largest && b < a)) return;
  const distance = bitCount((high[b] as number) ^ view.high) + bitCount((low[b] as number) ^ view.low);
  if (distance > hashDistanceMax || told.pairs.size >= pairsMax) return;
  const key = a * high.length + b;
  if (told.pairs.has(key)) return;
  told.pairs.add(key);
  told.partners[a] = (told.partners[a] as number) + 1;
  told.visit(a, b, distance);
}

/** Counting sort by chunk. Few planes share fewer, larger buckets: the low bits of a chunk choose. */
function makeTable({ high, low }: HashedPlanes, chunk: number, bits: number): ChunkTable {
  const count = high.length;
  const bucketBits = Math.min(bits, bucketBitsMax, Math.max(4, Math.ceil(Math.log2(count + 1)) + 1));
  const mask = 2 ** bucketBits - 1;
  const starts = new Int32Array(2 ** bucketBits + 1);
  const filled = new Int32Array(2 ** (bits - 5));
  const chunkAt = (i: number): number => chunkOf(chunk, high[i] as number, low[i] as number);
  for (let i = 0; i < count; i++) {
    const value = chunkAt(i);
    filled[value >>> 5] = (filled[value >>> 5] as number) | (1 << (value & 31));
    const next = (value & mask) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let b = 0; b < 2 ** bucketBits; b++) starts[b + 1] = (starts[b + 1] as number) + (starts[b] as number);
  const fill = starts.slice();
  const members = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const bucket = chunkAt(i) & mask;
    members[fill[bucket] as number] = i;
    fill[bucket] = (fill[bucket] as number) + 1;
  }
  return { bucketBits, starts, members, filled };
}

function largestSide(side: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const value of side) counts[value] = (counts[value] as number) + 1;
  return counts.indexOf(Math.max(...counts));
}
