/**
 * Tiled uint8 TIFF files of any size for tests, written tile by tile: bright round cells on a dim ground, a few kinds of
 * tiles again and again, so that a slide of 10^9 pixels takes seconds and little disk.
 */

import { open } from "node:fs/promises";
import { deflateSync } from "node:zlib";

const TILE = 512;
/** Kinds of tiles: enough that neighbours differ. */
const KINDS = 7;

/** Cells of 24 pixels across, on a grid with some places empty; intensities with noise of four grey values. */
function tilePixels(kind: number): Uint8Array {
  const tile = new Uint8Array(TILE * TILE);
  let seed = 12_345 + kind;
  const noise = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 30;
  };
  for (let y = 0; y < TILE; y++) {
    for (let x = 0; x < TILE; x++) {
      const [cy, cx] = [Math.floor(y / 64), Math.floor(x / 64)];
      const away = Math.hypot((y % 64) - 32, (x % 64) - 32);
      const empty = (cy * 8 + cx + kind) % KINDS === 0;
      tile[y * TILE + x] = 12 + noise() + (empty || away > 12 ? 0 : 150);
    }
  }
  return tile;
}

export interface LargeTiff {
  readonly height: number;
  readonly width: number;
  /** BigTIFF; default false. */
  readonly big?: boolean;
}

/** Value of the pixel that the file has there. */
export function largeTiffPixel(y: number, x: number): number {
  const kind = kindAt(Math.floor(y / TILE), Math.floor(x / TILE));
  return tilePixels(kind)[(y % TILE) * TILE + (x % TILE)] as number;
}

const kindAt = (row: number, column: number): number => (row * 3 + column * 5) % KINDS;

/** Writes the file. @returns its size in bytes. */
export async function writeLargeTiff(
  path: string,
  { height, width, big = false }: LargeTiff,
): Promise<number> {
  const kinds = Array.from({ length: KINDS }, (_, kind) => deflateSync(tilePixels(kind), { level: 4 }));
  const [down, across] = [Math.ceil(height / TILE), Math.ceil(width / TILE)];
  const offsets: number[] = [];
  const counts: number[] = [];
  const file = await open(path, "w");
  let at = 16;
  for (let row = 0; row < down; row++) {
    const parts: Buffer[] = [];
    for (let column = 0; column < across; column++) {
      const bytes = kinds[kindAt(row, column)] as Buffer;
      parts.push(bytes, Buffer.alloc(bytes.length & 1));
      offsets.push(at);
      counts.push(bytes.length);
      at += bytes.length + (bytes.length & 1);
    }
    const joined = Buffer.concat(parts);
    await file.write(joined, 0, joined.length, at - joined.length);
  }
  const directory = directoryAt(at, { height, width, big }, offsets, counts);
  await file.write(directory.bytes, 0, directory.bytes.length, at);
  const head = Buffer.alloc(16);
  head.write("II");
  head.writeUInt16LE(big ? 43 : 42, 2);
  if (big) head.writeUInt16LE(8, 4);
  if (big) head.writeBigUInt64LE(BigInt(directory.at), 8);
  else head.writeUInt32LE(directory.at, 4);
  await file.write(head, 0, 16, 0);
  await file.close();
  return at + directory.bytes.length;
}

/** Offsets and lengths of the tiles, then the one directory. */
function directoryAt(
  at: number,
  { height, width, big }: Required<LargeTiff>,
  offsets: readonly number[],
  counts: readonly number[],
): { readonly at: number; readonly bytes: Buffer } {
  const size = big ? 8 : 4;
  const list = (values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * size);
    for (const [i, value] of values.entries()) {
      if (big) bytes.writeBigUInt64LE(BigInt(value), i * 8);
      else bytes.writeUInt32LE(value, i * 4);
    }
    return bytes;
  };
  const lists = Buffer.concat([list(offsets), list(counts)]);
  const n = offsets.length;
  const entries: readonly (readonly [tag: number, count: number, value: number])[] = [
    [256, 1, width],
    [257, 1, height],
    [258, 1, 8],
    [259, 1, 8],
    [262, 1, 1],
    [277, 1, 1],
    [322, 1, TILE],
    [323, 1, TILE],
    [324, n, at],
    [325, n, at + n * size],
  ];
  const entryBytes = big ? 20 : 12;
  const directory = Buffer.alloc((big ? 8 : 2) + entries.length * entryBytes + size);
  if (big) directory.writeBigUInt64LE(BigInt(entries.length), 0);
  else directory.writeUInt16LE(entries.length, 0);
  for (const [i, [tag, count, value]] of entries.entries()) {
    const to = (big ? 8 : 2) + i * entryBytes;
    directory.writeUInt16LE(tag, to);
    directory.writeUInt16LE(big ? 16 : 4, to + 2);
    if (big) directory.writeBigUInt64LE(BigInt(count), to + 4);
    else directory.writeUInt32LE(count, to + 4);
    if (big) directory.writeBigUInt64LE(BigInt(value), to + 12);
    else directory.writeUInt32LE(value, to + 8);
  }
  return { at: at + lists.length, bytes: Buffer.concat([lists, directory]) };
}
