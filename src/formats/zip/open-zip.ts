/**
 * Zip archives larger than memory: the directory first, then one entry at a time, whole or as a stream.
 *
 * The same checks as `readZip`, each at the moment its bytes are there: names, sizes and totals when opening, the local
 * header when an entry is opened, size and CRC when its last byte was given. Made for .npz of several GB.
 */
import { Inflate } from "fflate";
import type { ByteSource } from "../byte-source.ts";
import { continueCrc32 } from "../checksum.ts";
import { withoutLateStrays } from "../strays.ts";
import {
  findEnd,
  locate,
  type RawEntry,
  readDirectory,
  type ZipLimits,
  zipFault,
  zipLocalBytesMax,
  zipTailBytes,
} from "./zip-directory.ts";

export const defaultStreamedZipLimits: ZipLimits = {
  entriesMax: 100_000,
  // TissueNet's training images are 5.4 GB as floats; a stream holds only a slice of them.
  entryBytesMax: 256 * 1024 ** 3,
  totalBytesMax: 1024 ** 4,
  // DEFLATE's own maximum: label images of 64-bit numbers come near it, and streaming makes it harmless.
  ratioMax: 1032,
};

/** Gives an entry's bytes from its beginning on. */
export interface ForwardReader {
  /** Bytes given so far. */
  readonly at: number;
  /**
   * The next `count` bytes; fewer at the end.
   * @throws FoundryError `format.zip` for damaged bytes; a wrong checksum shows with the last byte.
   */
  next(count: number): Promise<Uint8Array>;
}

export interface StreamedEntry {
  readonly path: string;
  readonly size: number;
  /** Bytes [from, to) without reading what lies before; `null` when the entry is compressed. */
  readonly range: ((from: number, to: number) => Promise<Uint8Array>) | null;
  open(): Promise<ForwardReader>;
}

/**
 * @throws FoundryError `format.zip`, `limit.files`, `limit.bytes`. Reads the end of the archive only.
 */
export function openZip(source: ByteSource, limits: Partial<ZipLimits> = {}): Promise<StreamedEntry[]> {
  const { name } = source;
  return withoutLateStrays("format.zip", name, async () => {
    const tailAt = Math.max(0, source.size - zipTailBytes);
    const end = findEnd(await source.read(tailAt, source.size), tailAt, name);
    const allLimits = { ...defaultStreamedZipLimits, ...limits };
    if (end.directoryBytes > DIRECTORY_BYTES_MAX)
      throw zipFault(name, undefined, `its directory has ${end.directoryBytes} bytes`);
    const directory = await source.read(end.directoryAt, end.directoryAt + end.directoryBytes);
    return readDirectory(directory, end.count, name, allLimits).map((entry) =>
      streamedEntry(source, entry, end.directoryAt),
    );
  });
}

// 100,000 entries with names of 600 bytes.
const DIRECTORY_BYTES_MAX = 64 * 1024 * 1024;

function streamedEntry(source: ByteSource, entry: RawEntry, directoryAt: number): StreamedEntry {
  const { path, size } = entry;
  let found: Promise<number> | undefined;
  const dataAt = () => {
    found ??= source
      .read(entry.localAt, Math.min(directoryAt, entry.localAt + zipLocalBytesMax))
      .then((local) => locate(local, entry, directoryAt, source.name));
    return found;
  };
  const range = async (from: number, to: number) => {
    const start = await dataAt();
    return source.read(start + from, start + Math.min(to, size));
  };
  return {
    path,
    size,
    range: entry.method === 0 ? range : null,
    async open() {
      const start = await dataAt();
      return new EntryReader(source, entry, start);
    },
  };
}

// Slices of compressed bytes; DEFLATE makes at most 66 MiB of one.
const SLICE_BYTES = 64 * 1024;

class EntryReader implements ForwardReader {
  at = 0;
  readonly #source: ByteSource;
  readonly #entry: RawEntry;
  readonly #dataAt: number;
  readonly #inflator: Inflate | null;
  /** Inflated and not yet given. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #storedAt = 0;
  #made = 0;
  #crc = 0;

  constructor(source: ByteSource, entry: RawEntry, dataAt: number) {
    this.#source = source;
    this.#entry = entry;
    this.#dataAt = dataAt;
    this.#inflator = entry.method === 0 ? null : new Inflate((piece) => this.#take(piece));
  }

  async next(count: number): Promise<Uint8Array> {
    const wanted = Math.min(count, this.#entry.size - this.at);
    while (this.#waitingBytes < wanted) await this.#fill();
    const out = this.#give(wanted);
    this.at += wanted;
    if (this.at === this.#entry.size && wanted > 0) await this.#finish();
    return out;
  }

  #take(piece: Uint8Array): void {
    this.#made += piece.length;
    if (this.#made > this.#entry.size) throw this.#fault("it holds more than the header announces");
    this.#crc = continueCrc32(this.#crc, piece);
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
  }

  async #fill(): Promise<void> {
    const { stored } = this.#entry;
    if (this.#storedAt >= stored) throw this.#fault("it is cut short");
    const to = Math.min(stored, this.#storedAt + SLICE_BYTES);
    const slice = await this.#source.read(this.#dataAt + this.#storedAt, this.#dataAt + to);
    this.#storedAt = to;
    if (this.#inflator === null) this.#take(slice.slice());
    else this.#inflate(this.#inflator, slice, to === stored);
  }

  #inflate(inflator: Inflate, slice: Uint8Array, last: boolean): void {
    try {
      inflator.push(slice, last);
    } catch (error) {
      if (error instanceof Error && "hint" in error) throw error;
      throw this.#fault(
        `the compressed data are damaged (${error instanceof Error ? error.message : String(error)})`,
      );
    }
  }

  #give(count: number): Uint8Array {
    const out = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const piece = this.#waiting[0] as Uint8Array;
      const taken = Math.min(piece.length, count - filled);
      out.set(piece.subarray(0, taken), filled);
      filled += taken;
      if (taken === piece.length) this.#waiting.shift();
      else this.#waiting[0] = piece.subarray(taken);
    }
    this.#waitingBytes -= count;
    return out;
  }

  /** What remains of the stream may hold its end mark only. */
  async #finish(): Promise<void> {
    while (this.#storedAt < this.#entry.stored) await this.#fill();
    if (this.#crc !== this.#entry.crc) throw this.#fault("its checksum (CRC) does not match");
  }

  #fault(reason: string) {
    return zipFault(this.#source.name, this.#entry.path, reason);
  }
}
