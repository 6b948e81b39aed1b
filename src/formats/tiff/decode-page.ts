/**
 * The pixels of one TIFF page, channel by channel.
 *
 * Strips and tiles are handled alike: both are blocks of a grid. A block that decodes to fewer bytes than it should is
 * an error; a silent run of zeros inside an image would become a silent hole in a training set.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { inflateZlib } from "../inflate.ts";
import { damaged, type TiffFile, unsupported } from "./directory.ts";
import { decodeLzw } from "./lzw.ts";
import { decodePackBits } from "./packbits.ts";
import type { TiffPage } from "./page.ts";
import { dtypeOfSamples, rowBytesOf, unpackBlock } from "./samples.ts";

// Bit positions in a compressed block must stay below 2^32.
const BLOCK_BYTES_MAX = 2 ** 28;

/**
 * Decodes a page that `readPage` has checked.
 *
 * @returns samples in axes cyx (c = samples per pixel), row-major, in the type of `dtypeOfSamples`.
 * @throws FoundryError `format.tiff` naming the strip or tile that cannot be decoded.
 */
export function decodePage(file: TiffFile, page: TiffPage): TypedArrays[Dtype] {
  const out = typedArray(dtypeOfSamples(page.kind, page.bits), page.samples * page.height * page.width);
  const across = Math.ceil(page.width / page.blockWidth);
  const down = Math.ceil(page.height / page.blockHeight);
  for (let block = 0; block < page.offsets.length; block++) {
    const inPlane = block % (across * down);
    const y0 = Math.floor(inPlane / across) * page.blockHeight;
    const x0 = (inPlane % across) * page.blockWidth;
    // Tiles are always whole; the last strip holds only the rows that are left.
    const rows = Math.min(page.blockHeight, page.height - y0);
    const values = decodeBlock(file, page, block, rows);
    const firstChannel = page.planar ? Math.floor(block / (across * down)) : 0;
    placeBlock(out, page, values, { y0, x0, rows, firstChannel });
  }
  return out;
}

function decodeBlock(file: TiffFile, page: TiffPage, block: number, rows: number): TypedArrays[Dtype] {
  const side = page.planar ? 1 : page.samples;
  const rowLength = page.blockWidth * side;
  const rowBytes = rowBytesOf(rowLength, page.bits);
  const bytes = decompress(file, page, block, rowBytes * rows, rowBytes * page.blockHeight);
  const values = unpackBlock(bytes, {
    bits: page.bits,
    kind: page.kind,
    predictor: page.predictor,
    littleEndian: file.littleEndian,
    rowLength,
    stride: side,
  });
  if (values !== null) return values;
  throw unsupported(
    file.name,
    `page ${page.index}`,
    "it holds 64-bit integers beyond 2^53",
    "Save it with 32 bits per pixel.",
  );
}

/** Exactly `needed` bytes of a block, in a buffer of its own. */
function decompress(
  file: TiffFile,
  page: TiffPage,
  block: number,
  needed: number,
  whole: number,
): Uint8Array {
  const place = `page ${page.index}, ${page.tiled ? "tile" : "strip"} ${block}`;
  const offset = page.offsets[block]!;
  let stored = file.bytes.subarray(offset, offset + page.byteCounts[block]!);
  if (page.compression !== 1 && stored.length > BLOCK_BYTES_MAX) {
    throw unsupported(file.name, place, "it is larger than 256 MiB", "Save the image in smaller strips.");
  }
  if (page.reversedBits) stored = stored.map(reverseBits);
  if (page.compression === 1) {
    if (stored.length < needed) throw tooShort(file.name, place, stored.length, needed);
    return stored.slice(0, needed);
  }
  if (page.compression === 8 || page.compression === 32946) {
    // Some writers fill the last strip up to its full height.
    const inflated = inflateZlib(stored, whole);
    if (!inflated.ok) throw damaged(file.name, place, inflated.reason);
    if (inflated.bytes.length < needed) throw tooShort(file.name, place, inflated.bytes.length, needed);
    return inflated.bytes.subarray(0, needed);
  }
  const out = new Uint8Array(needed);
  const written = page.compression === 5 ? decodeLzw(stored, out) : decodePackBits(stored, out);
  if (written < 0) throw damaged(file.name, place, "its LZW codes are damaged");
  if (written < needed) throw tooShort(file.name, place, written, needed);
  return out;
}

function tooShort(name: string, place: string, found: number, needed: number) {
  return damaged(name, place, `it holds ${found} of the ${needed} bytes it needs`);
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) reversed |= 128 >> bit;
  return reversed;
}

interface Placement {
  readonly y0: number;
  readonly x0: number;
  readonly rows: number;
  readonly firstChannel: number;
}

function placeBlock(
  out: TypedArrays[Dtype],
  page: TiffPage,
  values: TypedArrays[Dtype],
  at: Placement,
): void {
  const { width, height, blockWidth } = page;
  const side = page.planar ? 1 : page.samples;
  const columns = Math.min(blockWidth, width - at.x0);
  for (let channel = 0; channel < side; channel++) {
    const plane = (at.firstChannel + channel) * height * width;
    for (let y = 0; y < at.rows; y++) {
      const to = plane + (at.y0 + y) * width + at.x0;
      const from = y * blockWidth * side + channel;
      if (side === 1) out.set(values.subarray(from, from + columns), to);
      else for (let x = 0; x < columns; x++) out[to + x] = values[from + x * side]!;
    }
  }
}
