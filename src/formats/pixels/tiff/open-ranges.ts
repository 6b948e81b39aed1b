/**
 * A TIFF opened by ranges: directories and tag values are fetched, pixels stay where they are.
 *
 * The result is the same `TiffFile` that the readers of whole files use, only that its `bytes` hold nothing but the
 * values of tags, so that one set of checks serves both. A slide of 10 GB costs a few hundred kilobytes.
 */
import type { ByteSource } from "../../byte-source.ts";
import {
  damaged,
  parseDirectory,
  parseHeader,
  type TiffDirectory,
  type TiffFile,
  type TiffHeader,
  type TiffTag,
} from "./directory.ts";

// Directories lie together or beside their pixels; one fetch of this size holds most of them whole.
const BLOCK_BYTES = 64 * 1024;
// Header, directories and tag values of one file: 40 MiB of descriptions and offsets is beyond any slide we know.
const FETCHED_BYTES_MAX = 96 * 1024 * 1024;
const DIRECTORIES_MAX = 65_536;
const TAGS_TOTAL_MAX = 2_000_000;
const NUMBERS_TOTAL_MAX = 2 ** 23;
// A pyramid halves until it fits a screen; 2^24 pixels reach one pixel in 24 steps.
export const LEVELS_MAX = 24;
const SUB_IFDS = 330;

export interface RangedTiff {
  readonly file: TiffFile;
  /** Smaller versions of each page of `file.directories`, largest first, as far as SubIFDs name them. */
  readonly levels: ReadonlyMap<number, readonly TiffDirectory[]>;
}

/**
 * Fetches the structure of a file.
 *
 * @throws FoundryError `format.tiff` as `openTiff` does, and what the source throws.
 * Cost: the bytes of directories and tags, rounded up to 64 KiB around each.
 */
export async function openRangedTiff(source: ByteSource): Promise<RangedTiff> {
  const store = new TagStore(source);
  const { name } = source;
  const header = parseHeader(viewOf(await store.fetch(0, Math.min(16, source.size))), name);
  const directories: TiffDirectory[] = [];
  const levels = new Map<number, readonly TiffDirectory[]>();
  const seen = new Set<number>();
  const visit = async (offset: number, index: number) => {
    if (seen.has(offset)) throw damaged(name, `directory ${index}`, "the chain of directories is circular");
    if (seen.size === DIRECTORIES_MAX)
      throw damaged(name, undefined, `more than ${DIRECTORIES_MAX} directories`);
    seen.add(offset);
    return store.directory(header, offset, index);
  };
  let offset = header.first;
  while (offset !== 0) {
    const index = directories.length;
    const { directory, next } = await visit(offset, index);
    directories.push(directory);
    const children: TiffDirectory[] = [];
    for (const at of store.offsets(header, directory.tags.get(SUB_IFDS)).slice(0, LEVELS_MAX)) {
      if (at !== 0) children.push((await visit(at, index)).directory);
    }
    if (children.length > 0) levels.set(index, children);
    offset = next;
  }
  if (directories.length === 0) throw damaged(name, undefined, "the file holds no image directory");
  const { littleEndian, big } = header;
  const bytes = store.bytes();
  const budget = { numbers: NUMBERS_TOTAL_MAX };
  const file = {
    name,
    bytes,
    view: viewOf(bytes),
    size: source.size,
    littleEndian,
    big,
    directories,
    budget,
  };
  return { file, levels };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Collects the values of tags in one growing buffer; offsets of tags are offsets into it. */
class TagStore {
  readonly #source: ByteSource;
  #kept = new Uint8Array(BLOCK_BYTES);
  #used = 0;
  #tags = 0;
  #block: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: new Uint8Array(0) };

  constructor(source: ByteSource) {
    this.#source = source;
  }

  bytes(): Uint8Array {
    return this.#kept.subarray(0, this.#used);
  }

  /** Bytes of the file, at most up to its end; small neighbours come from one fetch. */
  async fetch(at: number, length: number): Promise<Uint8Array> {
    const end = Math.min(at + length, this.#source.size);
    const { at: blockAt, bytes } = this.#block;
    if (at >= blockAt && end <= blockAt + bytes.length) return bytes.subarray(at - blockAt, end - blockAt);
    const to = Math.min(Math.max(end, at + BLOCK_BYTES), this.#source.size);
    this.#block = { at, bytes: await this.#source.read(at, to) };
    return this.#block.bytes.subarray(0, end - at);
  }

  async directory(header: TiffHeader, offset: number, index: number) {
    const { name, size } = this.#source;
    const place = `directory ${index}`;
    const countBytes = header.big ? 8 : 2;
    if (offset + countBytes > size)
      throw damaged(name, place, "it lies outside the file; the file may be cut short");
    const head = viewOf(await this.fetch(offset, countBytes));
    const count = header.big
      ? Number(head.getBigUint64(0, header.littleEndian))
      : head.getUint16(0, header.littleEndian);
    // The parser checks the count; here it only bounds what is fetched.
    const length = countBytes + Math.min(count, 1_024) * (header.big ? 20 : 12) + (header.big ? 8 : 4);
    const window = (await this.fetch(offset, length)).slice();
    const { directory, next } = parseDirectory(viewOf(window), header, 0, index, name);
    const tags = new Map<number, TiffTag>();
    for (const tag of directory.tags.values()) tags.set(tag.id, await this.#keep(tag, window, name, place));
    this.#tags += tags.size;
    if (this.#tags > TAGS_TOTAL_MAX) throw damaged(name, undefined, `more than ${TAGS_TOTAL_MAX} tags`);
    return { directory: { index, tags }, next };
  }

  async #keep(tag: TiffTag, window: Uint8Array, name: string, place: string): Promise<TiffTag> {
    const length = tag.count * tag.bytesEach;
    // Values outside the file are an error only when somebody asks for them.
    if (!tag.inline && (tag.at + length > this.#source.size || length > FETCHED_BYTES_MAX))
      return { ...tag, at: Number.MAX_SAFE_INTEGER - length };
    const value = tag.inline ? window.subarray(tag.at, tag.at + length) : await this.fetch(tag.at, length);
    if (this.#used + length > FETCHED_BYTES_MAX)
      throw damaged(name, place, "its tags hold too many values in all");
    if (this.#used + length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(2 * this.#kept.length, this.#used + length));
      larger.set(this.#kept);
      this.#kept = larger;
    }
    const at = this.#used;
    this.#kept.set(value, at);
    this.#used += length;
    return { ...tag, at };
  }

  /** Offsets of sub-directories. */
  offsets({ littleEndian }: TiffHeader, tag: TiffTag | undefined): number[] {
    if (tag === undefined || tag.at + tag.count * tag.bytesEach > this.#used) return [];
    const view = viewOf(this.bytes());
    return Array.from({ length: Math.min(tag.count, LEVELS_MAX) }, (_, i) =>
      tag.bytesEach === 8
        ? Number(view.getBigUint64(tag.at + 8 * i, littleEndian))
        : tag.bytesEach === 4
          ? view.getUint32(tag.at + 4 * i, littleEndian)
          : 0,
    );
  }
}
