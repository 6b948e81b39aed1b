/**
 * The pixels of one TIFF page, channel by channel.
 *
 * Strips and tiles are handled alike: both are blocks of a grid.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { decompressBlock, type TiffDecoders } from "./decompress.ts";
import { type TiffFile, unsupported } from "./directory.ts";
import type { TiffPage } from "./page.ts";
import { dtypeOfSamples, rowBytesOf, unpackBlock } from "./samples.ts";

/**
 * Decodes a page that `readPage` has checked.
 *
 * @param decoders  from `loadTiffDecoders`, for pages compressed with JPEG or WebP.
 * @returns samples in axes cyx (c = samples per pixel), row-major, in the type of `dtypeOfSamples`.
 * @throws FoundryError `format.tiff` naming the strip or tile that cannot be decoded.
 */
export function decodePage(file: TiffFile, page: TiffPage, decoders: TiffDecoders = {}): TypedArrays[Dtype] {
  const out = typedArray(dtypeOfSamples(page.kind, page.bits), page.samples * page.height * page.width);
  const whole = { y0: 0, x0: 0, height: page.height, width: page.width };
  for (let block = 0; block < page.offsets.length; block++) {
    const offset = page.offsets[block]!;
    const stored = file.bytes.subarray(offset, offset + page.byteCounts[block]!);
    const at = blockPlace(page, block);
    placeBlock(out, page, decodeBlock(file, page, at, stored, decoders), at, whole);
  }
  return out;
}

/** Rows of a block and where they lie in the page. */
export interface BlockPlace {
  readonly block: number;
  readonly y0: number;
  readonly x0: number;
  readonly rows: number;
  readonly firstChannel: number;
}

export function blockPlace(page: TiffPage, block: number): BlockPlace {
  const across = Math.ceil(page.width / page.blockWidth);
  const perPlane = across * Math.ceil(page.height / page.blockHeight);
  const inPlane = block % perPlane;
  const y0 = Math.floor(inPlane / across) * page.blockHeight;
  const x0 = (inPlane % across) * page.blockWidth;
  const firstChannel = page.planar ? Math.floor(block / perPlane) : 0;
  // Tiles are always whole; the last strip holds only the rows that are left.
  return { block, y0, x0, rows: Math.min(page.blockHeight, page.height - y0), firstChannel };
}

/** @param stored  the block's bytes as they lie in the file. @returns its samples, rows of blockWidth pixels. */
export function decodeBlock(
  file: TiffFile,
  page: TiffPage,
  { block, rows }: BlockPlace,
  stored: Uint8Array,
  decoders: TiffDecoders,
): TypedArrays[Dtype] {
  const place = `page ${page.index}, ${page.tiled ? "tile" : "strip"} ${block}`;
  const side = page.planar ? 1 : page.samples;
  const rowLength = page.blockWidth * side;
  const rowBytes = rowBytesOf(rowLength, page.bits);
  const bytes = decompressBlock(page, { name: file.name, place, stored, rows, rowBytes }, decoders);
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

/** A rectangle of a page, pixels. */
export interface PageRegion {
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Copies what a block and a region share.
 *
 * @param out  the region's samples in axes cyx; changed.
 */
export function placeBlock(
  out: TypedArrays[Dtype],
  page: TiffPage,
  values: TypedArrays[Dtype],
  at: BlockPlace,
  region: PageRegion,
): void {
  const side = page.planar ? 1 : page.samples;
  const top = Math.max(at.y0, region.y0);
  const bottom = Math.min(at.y0 + at.rows, region.y0 + region.height);
  const left = Math.max(at.x0, region.x0);
  const right = Math.min(at.x0 + page.blockWidth, page.width, region.x0 + region.width);
  const columns = right - left;
  if (columns <= 0) return;
  for (let channel = 0; channel < side; channel++) {
    const plane = (at.firstChannel + channel) * region.height * region.width;
    for (let y = top; y < bottom; y++) {
      const to = plane + (y - region.y0) * region.width + left - region.x0;
      const from = ((y - at.y0) * page.blockWidth + left - at.x0) * side + channel;
      if (side === 1) out.set(values.subarray(from, from + columns), to);
      else for (let x = 0; x < columns; x++) out[to + x] = values[from + x * side]!;
    }
  }
}
