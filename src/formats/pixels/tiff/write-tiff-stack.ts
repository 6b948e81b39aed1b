/**
 * Several planes of one size and kind as pages of one TIFF: label stacks of 3D frames, channels of a project.
 *
 * Little-endian, classic TIFF, Deflate strips, values as they are (no scaling, no renumbering). What the pages are is
 * told by the description of the first page, usually OME-XML. The same input gives the same bytes.
 */
import { zlibSync } from "fflate";
import type { Dtype, TypedArrays } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import { fault } from "../../fault.ts";
import { joinBytes } from "../../join-bytes.ts";
import { littleEndianBytes } from "../../little-endian.ts";

export interface TiffStackOptions {
  /** ImageDescription of the first page. */
  readonly description?: string;
  /** Micrometres per pixel, written as pixels per centimetre on every page. */
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  /** As `mpp`, but written as pixels per micrometre without a unit, as ImageJ wants it. */
  readonly perUnit?: { readonly y: number; readonly x: number };
}

/** [id, type, values or text]; 3 = uint16, 4 = uint32, 5 = rational (pairs), 2 = text. */
type Tag = readonly [id: number, type: 2 | 3 | 4 | 5, values: readonly number[] | string];

// TIFF 6.0 advises small strips; 64 KiB keeps the table short as well.
const STRIP_BYTES = 64 * 1024;
// Offsets of classic TIFF have 32 bits.
const FILE_BYTES_MAX = 2 ** 32 - 1;
const SAMPLE_FORMAT = { u: 1, i: 2, f: 3 } as const;

/**
 * @param pages  row-major planes of `height * width` values, at least one.
 * @throws FoundryError `limit.bytes` when the file would pass 4 GiB. Cost: linear; memory of the compressed file twice.
 */
export function writeTiffStack<D extends Dtype>(
  dtype: D,
  height: number,
  width: number,
  pages: readonly TypedArrays[D][],
  options: TiffStackOptions = {},
): Uint8Array {
  assert(pages.length > 0 && height > 0 && width > 0, "a stack has pages and pixels");
  const parts: Uint8Array[] = [Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0)];
  let at = 8;
  for (const [index, page] of pages.entries()) {
    assert(page.length === height * width, "a page has the size of the stack");
    const isLast = index === pages.length - 1;
    const directory = writePage(dtype, height, width, page, at, isLast, {
      ...(index === 0 && options.description !== undefined ? { description: options.description } : {}),
      mpp: options.mpp ?? null,
      ...(options.perUnit === undefined ? {} : { perUnit: options.perUnit }),
    });
    parts.push(directory);
    at += directory.length;
    if (at > FILE_BYTES_MAX)
      throw fault("limit.bytes", {
        file: "TIFF stack",
        reason: "it would pass 4 GiB",
        remedy: "Export fewer frames or planes per file, or OME-Zarr.",
      });
  }
  return joinBytes(parts);
}

/** Directory, its values, then the strips: `at` is where the bytes will lie in the file. */
function writePage(
  dtype: Dtype,
  height: number,
  width: number,
  page: TypedArrays[Dtype],
  at: number,
  isLast: boolean,
  options: TiffStackOptions,
): Uint8Array {
  const bytesPerValue = page.BYTES_PER_ELEMENT;
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_BYTES / (width * bytesPerValue))));
  const strips: Uint8Array[] = [];
  for (let y = 0; y < height; y += rows) {
    const values = page.subarray(y * width, Math.min(height, y + rows) * width);
    strips.push(zlibSync(littleEndianBytes(values), { level: 6 }));
  }
  const tags = pageTags(dtype, height, width, rows, bytesPerValue, options);
  const stripTags: Tag[] = [
    [273, 4, strips.map(() => 0)],
    [279, 4, strips.map((strip) => strip.length)],
  ];
  const sorted = [...tags, ...stripTags].toSorted((a, b) => a[0] - b[0]);
  const tableBytes = 2 + 12 * sorted.length + 4;
  const valueBytes = sorted.map(([, type, values]) => sizeOf(type, values));
  const outside = valueBytes.reduce((sum, size) => sum + (size > 4 ? size + (size & 1) : 0), 0);
  let stripAt = at + tableBytes + outside;
  const offsets = strips.map((strip) => {
    const here = stripAt;
    stripAt += strip.length;
    return here;
  });
  const end = stripAt + (stripAt & 1);
  const out = new Uint8Array(end - at);
  const view = new DataView(out.buffer);
  view.setUint16(0, sorted.length, true);
  let valueAt = tableBytes;
  sorted.forEach(([id, type, values], i) => {
    const entry = 2 + 12 * i;
    const size = valueBytes[i]!;
    view.setUint16(entry, id, true);
    view.setUint16(entry + 2, type, true);
    view.setUint32(entry + 4, typeof values === "string" ? size : values.length / (type === 5 ? 2 : 1), true);
    const place = size > 4 ? valueAt : entry + 8;
    writeValues(out, view, place, type, id === 273 ? offsets : values);
    if (size <= 4) return;
    view.setUint32(entry + 8, at + valueAt, true);
    valueAt += size + (size & 1);
  });
  view.setUint32(tableBytes - 4, isLast ? 0 : end, true);
  for (const [i, strip] of strips.entries()) out.set(strip, offsets[i]! - at);
  return out;
}

function pageTags(
  dtype: Dtype,
  height: number,
  width: number,
  rows: number,
  bytesPerValue: number,
  { description, mpp, perUnit }: TiffStackOptions,
): Tag[] {
  const tags: Tag[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, [8 * bytesPerValue]],
    [259, 3, [8]],
    [262, 3, [1]],
    [277, 3, [1]],
    [278, 4, [rows]],
    [305, 2, "Cell Foundry"],
    [339, 3, [SAMPLE_FORMAT[dtype[0] as "u" | "i" | "f"]]],
  ];
  if (description !== undefined) tags.push([270, 2, description]);
  if (perUnit !== undefined) {
    // Unit 1 is "none": the description names it.
    tags.push([282, 5, perMicrometre(perUnit.x)], [283, 5, perMicrometre(perUnit.y)], [296, 3, [1]]);
  }
  if (mpp !== undefined && mpp !== null) {
    // Pixels per centimetre as fractions with six decimals at most.
    tags.push([282, 5, perCentimetre(mpp.x)], [283, 5, perCentimetre(mpp.y)], [296, 3, [3]]);
  }
  return tags;
}

function perMicrometre(mpp: number): [number, number] {
  const denominator = Math.max(1, Math.min(1_000_000, Math.floor(0xffffffff * mpp)));
  return [Math.min(0xffffffff, Math.round(denominator / mpp)), denominator];
}

function perCentimetre(mpp: number): [number, number] {
  const perCm = 10_000 / mpp;
  const denominator = Math.max(1, Math.min(1_000_000, Math.floor(FILE_BYTES_MAX / perCm)));
  return [Math.min(FILE_BYTES_MAX, Math.round(perCm * denominator)), denominator];
}

function sizeOf(type: Tag[1], values: Tag[2]): number {
  if (typeof values === "string") return new TextEncoder().encode(values).length + 1;
  return values.length * (type === 3 ? 2 : 4);
}

function writeValues(out: Uint8Array, view: DataView, at: number, type: Tag[1], values: Tag[2]): void {
  if (typeof values === "string") {
    out.set(new TextEncoder().encode(values), at);
    return;
  }
  for (const [i, value] of values.entries()) {
    if (type === 3) view.setUint16(at + 2 * i, value, true);
    else view.setUint32(at + 4 * i, value, true);
  }
}
