/**
 * Forward readers over a gzip file, and over plain bytes: what archives are read from when they are larger than memory.
 *
 * One gzip member is read (RFC 1952), as Python's tarfile writes; CRC-32 and length at its end are compared when the
 * last byte is given. Several members joined in one file end with a checksum error rather than with half of the data.
 */
import { Inflate } from "fflate";
import type { ByteSource } from "../../byte-source.ts";
import { continueCrc32 } from "../../checksum.ts";
import type { ForwardReader } from "../zip/open-zip.ts";
import { tarFault } from "./tar-fault.ts";

// Slices of compressed bytes; DEFLATE makes at most 66 MiB of one.
const SLICE_BYTES = 64 * 1024;
// Header with the longest name and comment that is taken.
const HEADER_BYTES_MAX = 64 * 1024;
const TRAILER_BYTES = 8;
// Movies shrink 3 to 20 times, empty frames of 64-bit labels up to 1000; over a whole archive 300:1 is no movie.
const RATIO_MAX = 300;
// Some seconds of work: below it no ratio is a danger.
const RATIO_FLOOR_BYTES = 128 * 1024 * 1024;

/** Reads a file as it is, or unpacked when it starts with the mark of gzip. */
export async function openMaybeGzip(source: ByteSource): Promise<ForwardReader> {
  const head = await source.read(0, Math.min(source.size, HEADER_BYTES_MAX));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return new PlainReader(source);
  const dataAt = gzipHeaderBytes(head, source.name);
  if (dataAt + TRAILER_BYTES > source.size) throw tarFault(source.name, undefined, "it is cut short");
  const end = source.size - TRAILER_BYTES;
  const trailer = await source.read(end, source.size);
  return new GunzipReader(source, dataAt, end, trailer);
}

function gzipHeaderBytes(head: Uint8Array, name: string): number {
  if (head[2] !== 8) throw tarFault(name, undefined, "its compression is not the one of gzip");
  const flags = head[3]!;
  if ((flags & 0xe0) !== 0) throw tarFault(name, undefined, "its gzip header has flags that do not exist");
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (head[at]! | (head[at + 1]! << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = head.indexOf(0, at);
    if (end < 0) throw tarFault(name, undefined, "its gzip header does not end");
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  if (!(at <= head.length)) throw tarFault(name, undefined, "its gzip header is cut short");
  return at;
}

class PlainReader implements ForwardReader {
  at = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async next(count: number): Promise<Uint8Array> {
    const to = Math.min(this.#source.size, this.at + count);
    const bytes = await this.#source.read(this.at, to);
    this.at = to;
    return bytes;
  }
}

class GunzipReader implements ForwardReader {
  at = 0;
  readonly #source: ByteSource;
  readonly #end: number;
  readonly #trailer: DataView;
  readonly #inflator: Inflate;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #readAt: number;
  #crc = 0;
  #made = 0;
  #ended = false;

  constructor(source: ByteSource, dataAt: number, end: number, trailer: Uint8Array) {
    this.#source = source;
    this.#readAt = dataAt;
    this.#end = end;
    this.#trailer = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
    this.#inflator = new Inflate((piece) => {
      this.#crc = continueCrc32(this.#crc, piece);
      this.#made += piece.length;
      this.#waiting.push(piece);
      this.#waitingBytes += piece.length;
    });
  }

  /** The next `count` bytes; fewer at the end of the archive. */
  async next(count: number): Promise<Uint8Array> {
    while (this.#waitingBytes < count && !this.#ended) await this.#fill();
    const given = Math.min(count, this.#waitingBytes);
    const out = new Uint8Array(given);
    let filled = 0;
    while (filled < given) {
      const piece = this.#waiting[0]!;
      const taken = Math.min(piece.length, given - filled);
      out.set(piece.subarray(0, taken), filled);
      filled += taken;
      if (taken === piece.length) this.#waiting.shift();
      else this.#waiting[0] = piece.subarray(taken);
    }
    this.#waitingBytes -= given;
    this.at += given;
    return out;
  }

  async #fill(): Promise<void> {
    const to = Math.min(this.#end, this.#readAt + SLICE_BYTES);
    const slice = await this.#source.read(this.#readAt, to);
    this.#readAt = to;
    this.#ended = to === this.#end;
    try {
      this.#inflator.push(slice, this.#ended);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw tarFault(this.#source.name, undefined, `the compressed data are damaged (${text})`);
    }
    if (this.#made > RATIO_FLOOR_BYTES && this.#made > RATIO_MAX * to)
      throw tarFault(this.#source.name, undefined, `it grows more than ${RATIO_MAX} times when unpacked`);
    if (!this.#ended) return;
    const [crc, size] = [this.#trailer.getUint32(0, true), this.#trailer.getUint32(4, true)];
    if (crc !== this.#crc || size !== this.#made % 2 ** 32)
      throw tarFault(this.#source.name, undefined, "its checksum (CRC) does not match");
  }
}
