/**
 * TIFF and BigTIFF directories: finding them and reading their tags, nothing about pixels.
 *
 * Written here rather than taken from a library because these bytes are hostile until proved otherwise: the chain of
 * directories may be circular, a tag may claim 2^32 values, an offset may point anywhere. Values are read only when
 * asked for, and only after it is clear that they lie inside the file. Source: TIFF 6.0; BigTIFF as in libtiff.
 */
import { fault } from "../../fault.ts";

/** One tag: `at` is the offset of its values, already resolved. */
export interface TiffTag {
  readonly id: number;
  readonly type: number;
  readonly count: number;
  readonly at: number;
  readonly bytesEach: number;
  /** The values lie in the directory itself. */
  readonly inline: boolean;
}

export interface TiffDirectory {
  readonly index: number;
  readonly tags: ReadonlyMap<number, TiffTag>;
}

export interface TiffFile {
  readonly name: string;
  /** The whole file, or of a file read by ranges only the values of its tags. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Length of the whole file, bytes. */
  readonly size: number;
  readonly littleEndian: boolean;
  readonly big: boolean;
  readonly directories: readonly TiffDirectory[];
  /** Numbers that may still be read from tags; shared by all pages and counted down. */
  readonly budget: { numbers: number };
}

// A stack of 65,536 planes is larger than any acquisition that belongs into one TIFF.
const DIRECTORIES_MAX = 65_536;
// TIFF allows 65,535 tags in a directory; files of microscopes hold below 60.
const TAGS_MAX = 1_024;
// 65,536 planes with 30 tags each. Directories may overlap, so the file size alone does not bound this.
const TAGS_TOTAL_MAX = 2_000_000;
// As above for values of tags: many directories may point at one long list. The largest image accepted needs half of
// this even when each row of 64 pixels is a strip of its own.
const NUMBERS_TOTAL_MAX = 2 ** 23;
// 1 MiB of numbers is 262,144 strip offsets.
const NUMBERS_MAX = 262_144;
// The largest OME-XML of a plate with per-plane metadata that we know of has 9 MiB.
const TEXT_BYTES_MAX = 32 * 1024 * 1024;

const BYTES_OF_TYPE: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/**
 * Walks the chain of directories.
 *
 * @throws FoundryError `format.tiff` for a bad header, a circular or endless chain, or a directory outside the file.
 */
export function openTiff(source: Uint8Array, name: string): TiffFile {
  // A Node Buffer is a Uint8Array whose slice() shares memory; decoding must never write into the caller's bytes.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parseHeader(view, name);
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  let tagsTotal = 0;
  let offset = header.first;
  while (offset !== 0) {
    if (seen.has(offset))
      throw damaged(name, `directory ${directories.length}`, "the chain of directories is circular");
    if (directories.length === DIRECTORIES_MAX)
      throw damaged(name, undefined, `more than ${DIRECTORIES_MAX} directories`);
    seen.add(offset);
    const step = parseDirectory(view, header, offset, directories.length, name);
    directories.push(step.directory);
    tagsTotal += step.directory.tags.size;
    if (tagsTotal > TAGS_TOTAL_MAX) throw damaged(name, undefined, `more than ${TAGS_TOTAL_MAX} tags`);
    offset = step.next;
  }
  if (directories.length === 0) throw damaged(name, undefined, "the file holds no image directory");
  const { littleEndian, big } = header;
  const budget = { numbers: NUMBERS_TOTAL_MAX };
  return { name, bytes, view, size: bytes.length, littleEndian, big, directories, budget };
}

export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly big: boolean;
  readonly first: number;
}

/** @throws FoundryError `format.tiff`. */
export function parseHeader(view: DataView, name: string): TiffHeader {
  if (view.byteLength < 8) throw damaged(name, "header", `the file has only ${view.byteLength} bytes`);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) throw damaged(name, "header", "this is not a TIFF header");
  const littleEndian = order === 0x4949;
  const version = view.getUint16(2, littleEndian);
  if (version === 42) return { littleEndian, big: false, first: view.getUint32(4, littleEndian) };
  if (version !== 43) throw damaged(name, "header", `the TIFF version is ${version}, not 42 or 43`);
  if (view.byteLength < 16 || view.getUint16(4, littleEndian) !== 8) {
    throw damaged(name, "header", "the BigTIFF header is incomplete");
  }
  return { littleEndian, big: true, first: readOffset64(view, 8, littleEndian) };
}

/** One directory and the offset of the next; 0 when it is the last. @throws FoundryError `format.tiff`. */
export function parseDirectory(
  view: DataView,
  header: TiffHeader,
  offset: number,
  index: number,
  name: string,
) {
  const { littleEndian, big } = header;
  const place = `directory ${index}`;
  const countBytes = big ? 8 : 2;
  if (offset + countBytes > view.byteLength)
    throw damaged(name, place, "it lies outside the file; the file may be cut short");
  const count = big ? readOffset64(view, offset, littleEndian) : view.getUint16(offset, littleEndian);
  if (count === 0 || count > TAGS_MAX) throw damaged(name, place, `it claims ${count} tags`);
  const tagBytes = big ? 20 : 12;
  const end = offset + countBytes + count * tagBytes;
  if (end + (big ? 8 : 4) > view.byteLength) throw damaged(name, place, "it is cut short");
  const tags = new Map<number, TiffTag>();
  for (let i = 0; i < count; i++) {
    const tag = readTag(view, header, offset + countBytes + i * tagBytes);
    // The first of two equal tags wins, as in libtiff; unknown types are skipped, as the standard asks.
    if (tag !== null && !tags.has(tag.id)) tags.set(tag.id, tag);
  }
  const next = big ? readOffset64(view, end, littleEndian) : view.getUint32(end, littleEndian);
  return { directory: { index, tags }, next };
}

function readTag(view: DataView, { littleEndian, big }: TiffHeader, at: number): TiffTag | null {
  const id = view.getUint16(at, littleEndian);
  const type = view.getUint16(at + 2, littleEndian);
  const size = BYTES_OF_TYPE[type];
  if (size === undefined) return null;
  const count = big ? readOffset64(view, at + 4, littleEndian) : view.getUint32(at + 4, littleEndian);
  const valueAt = at + (big ? 12 : 8);
  if (count * size <= (big ? 8 : 4)) return { id, type, count, at: valueAt, bytesEach: size, inline: true };
  const offset = big ? readOffset64(view, valueAt, littleEndian) : view.getUint32(valueAt, littleEndian);
  return { id, type, count, at: offset, bytesEach: size, inline: false };
}

/** A 64-bit offset; one beyond the exact integers is beyond any file, and is returned as such. */
function readOffset64(view: DataView, at: number, littleEndian: boolean): number {
  const value = view.getBigUint64(at, littleEndian);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

/**
 * Numbers of a tag; rationals become quotients.
 *
 * @returns `null` when the directory has no such tag.
 * @throws FoundryError `format.tiff` when the values lie outside the file or are too many.
 */
export function tagNumbers(file: TiffFile, directory: TiffDirectory, id: number): number[] | null {
  const tag = directory.tags.get(id);
  if (tag === undefined) return null;
  const size = BYTES_OF_TYPE[tag.type]!;
  const place = `page ${directory.index}, tag ${id}`;
  if (tag.count > NUMBERS_MAX) throw damaged(file.name, place, `it claims ${tag.count} values`);
  if (tag.at + tag.count * size > file.bytes.length)
    throw damaged(file.name, place, "its values lie outside the file");
  file.budget.numbers -= tag.count;
  if (file.budget.numbers < 0) throw damaged(file.name, place, "its tags hold too many values in all");
  const numbers = new Array<number>(tag.count);
  for (let i = 0; i < tag.count; i++) numbers[i] = readNumber(file, tag.type, tag.at + i * size);
  return numbers;
}

function readNumber({ view, littleEndian }: TiffFile, type: number, at: number): number {
  switch (type) {
    case 3:
      return view.getUint16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 5:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
    case 6:
      return view.getInt8(at);
    case 8:
      return view.getInt16(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 10:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return readOffset64(view, at, littleEndian);
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}

/** Text of a tag without its closing NUL; `null` when absent or outside the file (text is never essential). */
export function tagText(file: TiffFile, directory: TiffDirectory, id: number): string | null {
  const tag = directory.tags.get(id);
  if (tag === undefined || BYTES_OF_TYPE[tag.type] !== 1 || tag.count > TEXT_BYTES_MAX) return null;
  if (tag.at + tag.count > file.bytes.length) return null;
  const raw = file.bytes.subarray(tag.at, tag.at + tag.count);
  const nul = raw.indexOf(0);
  return decodeText(nul < 0 ? raw : raw.subarray(0, nul));
}

/** Bytes of a tag that is a block of data; `null` when absent, too long or outside the file. Shares the file's memory. */
export function tagBytes(file: TiffFile, directory: TiffDirectory, id: number): Uint8Array | null {
  const tag = directory.tags.get(id);
  if (tag === undefined || BYTES_OF_TYPE[tag.type] !== 1 || tag.count > NUMBERS_MAX) return null;
  return tag.at + tag.count > file.bytes.length ? null : file.bytes.subarray(tag.at, tag.at + tag.count);
}

/** UTF-8 where it is valid, else Latin-1: ImageJ writes "µm" as one byte. */
function decodeText(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    return new TextDecoder("latin1").decode(raw);
  }
}

export function damaged(name: string, place: string | undefined, reason: string) {
  return fault("format.tiff", {
    file: name,
    ...(place === undefined ? {} : { place }),
    reason,
    remedy:
      "The file is damaged or was not copied completely; export it again from the program that made it.",
  });
}

export function unsupported(name: string, place: string, reason: string, remedy: string) {
  return fault("format.tiff", { file: name, place, reason, remedy });
}
