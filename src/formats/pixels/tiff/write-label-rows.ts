/**
 * A label image of any size as tiled TIFF, written while its rows come in.
 *
 * For images larger than memory: what is kept is one row of tiles. 32-bit labels, tiles of 512 pixels, Deflate,
 * little-endian, OME-XML in the description; classic TIFF while 4 GiB suffice for the worst case, BigTIFF beyond. The
 * directory comes last and the header, written first, is set to point at it. The same rows give the same bytes.
 */
import { zlibSync } from "fflate";
import type { LabelImage } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { labelOmeXml } from "./label-ome-xml.ts";
import type { LabelTiffOptions } from "./write-label-tiff.ts";

/** Where bytes go: a file that can be written at any place. */
export interface ByteSink {
  write(at: number, bytes: Uint8Array): Promise<void>;
}

export interface LabelRowsOptions extends LabelTiffOptions {
  /** Size of the whole image, pixels. */
  readonly height: number;
  readonly width: number;
  /** Makes a zlib stream; default the library's own in JavaScript. */
  readonly deflate?: (bytes: Uint8Array) => Uint8Array;
  /** BigTIFF; default only where classic TIFF might not suffice. */
  readonly big?: boolean;
}

export interface LabelRowsWriter {
  /** Takes the next rows, over the full width. */
  add(rows: LabelImage): Promise<void>;
  /** Writes what is left and the directory. @returns bytes of the file. */
  finish(): Promise<number>;
}

// A multiple of 16, as TIFF wants; 1 MiB of labels, which viewers read at once.
const TILE_PX = 512;
const TILE_BYTES = TILE_PX * TILE_PX * 4;
// Deflate stores what it cannot shrink in blocks with 5 bytes each per 16 KiB at worst; 1 % is far beyond.
const CLASSIC_BYTES_MAX = 0.99 * 2 ** 32;

/** @returns a writer of one image. Memory: one row of tiles (width x 512 x 4 bytes), 16 bytes per tile. */
export function createLabelRowsWriter(sink: ByteSink, options: LabelRowsOptions): LabelRowsWriter {
  const { height, width } = options;
  const deflate = options.deflate ?? ((bytes: Uint8Array) => zlibSync(bytes, { level: 6 }));
  const across = Math.ceil(width / TILE_PX);
  const big = options.big ?? across * Math.ceil(height / TILE_PX) * TILE_BYTES > CLASSIC_BYTES_MAX;
  /** Rows of the current row of tiles. */
  const band = new Int32Array(TILE_PX * width);
  let filled = 0;
  let rowsTaken = 0;
  let at = big ? 16 : 8;
  const offsets: number[] = [];
  const byteCounts: number[] = [];
  let tile = new Uint8Array(TILE_BYTES);
  const append = async (bytes: Uint8Array): Promise<void> => {
    await sink.write(at, bytes);
    at += bytes.length + (bytes.length & 1);
  };
  const flush = async (): Promise<void> => {
    for (let column = 0; column < across; column++) {
      tile = tile.fill(0);
      fillTile(tile, band, width, filled, column);
      const packed = deflate(tile);
      offsets.push(at);
      byteCounts.push(packed.length);
      await append(packed);
    }
    filled = 0;
  };
  return {
    async add(rows) {
      assert(rows.width === width, "rows span the whole image");
      for (let y = 0; y < rows.height; ) {
        const count = Math.min(rows.height - y, TILE_PX - filled);
        band.set(rows.data.subarray(y * width, (y + count) * width), filled * width);
        filled += count;
        rowsTaken += count;
        y += count;
        if (filled === TILE_PX) await flush();
      }
    },
    async finish() {
      if (filled > 0) await flush();
      assert(rowsTaken === height, "every row of the image is given once");
      const directory = encodeDirectory(directoryTags(options, offsets, byteCounts), at, big);
      await sink.write(0, header(at, big));
      await append(directory);
      return at;
    },
  };
}

/** Little-endian labels of one tile; beyond the image 0. */
function fillTile(tile: Uint8Array, band: Int32Array, width: number, rows: number, column: number): void {
  const view = new DataView(tile.buffer);
  const x0 = column * TILE_PX;
  const x1 = Math.min(width, x0 + TILE_PX);
  for (let y = 0; y < rows; y++) {
    let to = y * TILE_PX * 4;
    for (let x = x0; x < x1; x++, to += 4) {
      const label = band[y * width + x] as number;
      if (label !== 0) view.setUint32(to, label, true);
    }
  }
}

function header(directoryAt: number, big: boolean): Uint8Array {
  const bytes = new Uint8Array(big ? 16 : 8);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, big ? 43 : 42, 0]);
  if (big) {
    bytes.set([8, 0, 0, 0], 4);
    view.setBigUint64(8, BigInt(directoryAt), true);
  } else view.setUint32(4, directoryAt, true);
  return bytes;
}

/** Types: 2 text, 3 uint16, 4 uint32, 5 rational, 16 uint64 (BigTIFF). */
interface RowsTag {
  readonly id: number;
  readonly type: 2 | 3 | 4 | 5 | 16;
  readonly values: readonly number[] | string;
}

function directoryTags(
  { height, width, description, mpp = null }: LabelRowsOptions,
  offsets: readonly number[],
  byteCounts: readonly number[],
): RowsTag[] {
  const xml = labelOmeXml({
    height,
    width,
    type: "uint32",
    mpp,
    ...(description === undefined ? {} : { description }),
  });
  const tags: RowsTag[] = [
    { id: 256, type: 4, values: [width] },
    { id: 257, type: 4, values: [height] },
    { id: 258, type: 3, values: [32] },
    { id: 259, type: 3, values: [8] },
    { id: 262, type: 3, values: [1] },
    { id: 270, type: 2, values: xml },
    { id: 277, type: 3, values: [1] },
    { id: 305, type: 2, values: "Cell Foundry" },
    { id: 322, type: 4, values: [TILE_PX] },
    { id: 323, type: 4, values: [TILE_PX] },
    { id: 324, type: 16, values: offsets },
    { id: 325, type: 4, values: byteCounts },
    { id: 339, type: 3, values: [1] },
  ];
  if (mpp !== null) {
    tags.push({ id: 282, type: 5, values: perCentimetre(mpp.x) });
    tags.push({ id: 283, type: 5, values: perCentimetre(mpp.y) });
    tags.push({ id: 296, type: 3, values: [3] });
  }
  return tags.sort((a, b) => a.id - b.id);
}

function perCentimetre(mpp: number): [number, number] {
  const perCm = 10_000 / mpp;
  const denominator = Math.max(1, Math.min(1_000_000, Math.floor(0xffffffff / perCm)));
  return [Math.min(0xffffffff, Math.round(perCm * denominator)), denominator];
}

/** Directory with its values behind it, to lie at `at`. Offsets are 32-bit in classic TIFF. */
function encodeDirectory(tags: readonly RowsTag[], at: number, big: boolean): Uint8Array {
  const entryBytes = big ? 20 : 12;
  const inlineBytes = big ? 8 : 4;
  const table = (big ? 8 : 2) + entryBytes * tags.length + (big ? 8 : 4);
  const encoded = tags.map((tag) => ({ tag, bytes: encodeValues(tag, big) }));
  const outside = encoded.reduce((sum, { bytes }) => sum + roomFor(bytes.length, inlineBytes), 0);
  const out = new Uint8Array(table + outside);
  const view = new DataView(out.buffer);
  if (big) view.setBigUint64(0, BigInt(tags.length), true);
  else view.setUint16(0, tags.length, true);
  let valuesAt = table;
  encoded.forEach(({ tag, bytes }, i) => {
    const entry = (big ? 8 : 2) + entryBytes * i;
    view.setUint16(entry, tag.id, true);
    view.setUint16(entry + 2, tag.type === 16 && !big ? 4 : tag.type, true);
    const count =
      typeof tag.values === "string" ? bytes.length : tag.values.length / (tag.type === 5 ? 2 : 1);
    if (big) view.setBigUint64(entry + 4, BigInt(count), true);
    else view.setUint32(entry + 4, count, true);
    const field = entry + (big ? 12 : 8);
    if (bytes.length <= inlineBytes) {
      out.set(bytes, field);
      return;
    }
    if (big) view.setBigUint64(field, BigInt(at + valuesAt), true);
    else view.setUint32(field, at + valuesAt, true);
    out.set(bytes, valuesAt);
    valuesAt += roomFor(bytes.length, inlineBytes);
  });
  return out;
}

/** Bytes that a value takes behind the table: none when it fits its entry, else an even number. */
const roomFor = (bytes: number, inlineBytes: number): number =>
  bytes <= inlineBytes ? 0 : bytes + (bytes & 1);

function encodeValues({ type, values }: RowsTag, big: boolean): Uint8Array {
  if (typeof values === "string") return new TextEncoder().encode(`${values}\0`);
  const size = type === 3 ? 2 : type === 16 && big ? 8 : 4;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    if (size === 2) view.setUint16(2 * i, value, true);
    else if (size === 8) view.setBigUint64(8 * i, BigInt(value), true);
    else view.setUint32(4 * i, value, true);
  }
  return bytes;
}
