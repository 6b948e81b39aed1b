/**
 * A zip archive written to a file entry by entry, of any size (ZIP64), in bounded memory.
 *
 * Sizes and checksum are known when an entry ends, so its header is written again then; no data descriptors, which some
 * programs cannot read. Text is deflated, everything else is compressed already and stored. Fixed times and modes: the
 * same entries give the same bytes. Format: APPNOTE 6.3.10.
 */

import { open } from "node:fs/promises";
import { crc32, createDeflateRaw } from "node:zlib";
import { assert } from "#core/errors.ts";
import { writeAll } from "./write-all.ts";

const LOCAL_BYTES = 30;
/** Extra field of a local header: id, length, two sizes. */
const LOCAL64_BYTES = 20;
const UINT32_MAX = 0xffffffff;
const UINT16_MAX = 0xffff;
/** 1 January 1980, the first day a zip knows. */
const DATE = 0x21;
/** UTF-8 names. */
const FLAGS = 0x0800;
const VERSION64 = 45;
/** Bytes gathered before they are written: an export may hold a million small files. */
const bufferBytes = 1024 * 1024;
const textEnding = /\.(csv|geojson|json|jsonl|md|py|txt|xml)$/i;

interface Entry {
  readonly name: Buffer;
  readonly method: 0 | 8;
  readonly crc: number;
  readonly size: number;
  readonly stored: number;
  readonly at: number;
}

export interface ZipFile {
  add(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Writes the directory and closes; returns the size of the archive. */
  finish(): Promise<number>;
  abort(): Promise<void>;
}

/** @param file  must not exist. */
export async function createZipFile(file: string): Promise<ZipFile> {
  const handle = await open(file, "wx");
  const entries: Entry[] = [];
  let end = 0;
  let waiting: Uint8Array[] = [];
  let writtenTo = 0;
  const flush = async (): Promise<void> => {
    await writeAll(handle, Buffer.concat(waiting), writtenTo);
    [waiting, writtenTo] = [[], end];
  };
  const put = async (bytes: Uint8Array): Promise<void> => {
    waiting.push(bytes);
    end += bytes.length;
    if (end - writtenTo >= bufferBytes) await flush();
  };
  return {
    async add(path, pieces) {
      const name = Buffer.from(path, "utf8");
      assert(name.length <= UINT16_MAX, "a name fits into its header");
      const at = end;
      const method = textEnding.test(path) ? 8 : 0;
      const draft = localHeader({ name, method, crc: 0, size: 0, stored: 0, at });
      await put(draft);
      const begin = end;
      let [crc, size] = [0, 0];
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const piece of pieces) {
          crc = crc32(piece, crc);
          size += piece.length;
          yield piece;
        }
      }
      const written = method === 0 ? counted() : deflated(counted());
      for await (const piece of written) await put(piece);
      const entry: Entry = { name, method, crc, size, stored: end - begin, at };
      // A small entry still waits as a whole, and its header is filled in where it is.
      if (at >= writtenTo) draft.set(localHeader(entry));
      else await writeAll(handle, localHeader(entry), at);
      entries.push(entry);
    },
    async finish() {
      const directoryAt = end;
      for (const entry of entries) await put(directoryEntry(entry));
      await put(endRecords(entries.length, directoryAt, end - directoryAt));
      await flush();
      await handle.close();
      return end;
    },
    abort: () => handle.close().catch(() => undefined),
  };
}

async function* deflated(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createDeflateRaw({ level: 6 });
  const feeding = (async () => {
    for await (const piece of pieces)
      if (!stream.write(piece)) await new Promise((resolve) => stream.once("drain", resolve));
    stream.end();
  })();
  feeding.catch((error: Error) => stream.destroy(error));
  yield* stream as AsyncIterable<Uint8Array>;
  await feeding;
}

/** Sizes stand in the extra field, which is there from the start, so that both writes have one length. */
function localHeader({ name, method, crc, size, stored }: Entry): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES + name.length + LOCAL64_BYTES);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION64, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(UINT32_MAX, 18);
  header.writeUInt32LE(UINT32_MAX, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(LOCAL64_BYTES, 28);
  name.copy(header, LOCAL_BYTES);
  const extra = LOCAL_BYTES + name.length;
  header.writeUInt16LE(1, extra);
  header.writeUInt16LE(16, extra + 2);
  header.writeBigUInt64LE(BigInt(size), extra + 4);
  header.writeBigUInt64LE(BigInt(stored), extra + 12);
  return header;
}

/** Only values that do not fit stand in the extra field, as the format asks. */
function directoryEntry({ name, method, crc, size, stored, at }: Entry): Buffer {
  const large = [size, stored, at].filter((value) => value >= UINT32_MAX);
  const extraBytes = large.length === 0 ? 0 : 4 + 8 * large.length;
  const entry = Buffer.alloc(46 + name.length + extraBytes);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE((3 << 8) | VERSION64, 4);
  entry.writeUInt16LE(VERSION64, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt16LE(DATE, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(Math.min(stored, UINT32_MAX), 20);
  entry.writeUInt32LE(Math.min(size, UINT32_MAX), 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extraBytes, 30);
  // A plain file that everyone may read.
  entry.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  entry.writeUInt32LE(Math.min(at, UINT32_MAX), 42);
  name.copy(entry, 46);
  if (extraBytes > 0) {
    entry.writeUInt16LE(1, 46 + name.length);
    entry.writeUInt16LE(8 * large.length, 48 + name.length);
    large.forEach((value, i) => void entry.writeBigUInt64LE(BigInt(value), 50 + name.length + 8 * i));
  }
  return entry;
}

/** The end, with its 64-bit form before it when counts or places ask for it. */
function endRecords(count: number, at: number, bytes: number): Buffer {
  const plain = Buffer.alloc(22);
  plain.writeUInt32LE(0x06054b50, 0);
  plain.writeUInt16LE(Math.min(count, UINT16_MAX), 8);
  plain.writeUInt16LE(Math.min(count, UINT16_MAX), 10);
  plain.writeUInt32LE(Math.min(bytes, UINT32_MAX), 12);
  plain.writeUInt32LE(Math.min(at, UINT32_MAX), 16);
  if (count < UINT16_MAX && at < UINT32_MAX && bytes < UINT32_MAX) return plain;
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE((3 << 8) | VERSION64, 12);
  large.writeUInt16LE(VERSION64, 14);
  large.writeBigUInt64LE(BigInt(count), 24);
  large.writeBigUInt64LE(BigInt(count), 32);
  large.writeBigUInt64LE(BigInt(bytes), 40);
  large.writeBigUInt64LE(BigInt(at), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(at + bytes), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, plain]);
}
