/**
 * Zip archives larger than memory: the directory first, then one entry at a time, whole or as a stream.
 *
 * The same checks as `readZip`, each at the moment its bytes are there: names, sizes and totals when opening, the local
 * header when an entry is opened, size and CRC when its last byte was given. Made for .npz of several GB.
 */
import { FoundryError } from "#core/errors.ts";
import type { ByteSource } from "../../byte-source.ts";
import { continueCrc32 } from "../../checksum.ts";
import { withoutLateStrays } from "../../strays.ts";
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

const defaultStreamedZipLimits: ZipLimits = {
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

// One read of a disk or a server.
const SLICE_BYTES = 256 * 1024;

/** Bytes of an entry as they lie in the archive, slice by slice. */
async function* storedSlices(
  source: ByteSource,
  entry: RawEntry,
  dataAt: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < entry.stored; at += SLICE_BYTES) {
    yield (await source.read(dataAt + at, dataAt + Math.min(entry.stored, at + SLICE_BYTES))).slice();
  }
}

/**
 * Bytes of an entry, inflated by the platform: a web standard that server and browser share, ten times as fast as
 * inflating here, and it makes no more than it is asked for, so a bomb costs no memory.
 */
async function* inflatedPieces(slices: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflator = new DecompressionStream("deflate-raw");
  const compressed = new ReadableStream<BufferSource>({
    async pull(controller) {
      const { done, value } = await slices.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  const reader = compressed.pipeThrough(inflator).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

class EntryReader implements ForwardReader {
  at = 0;
  readonly #entry: RawEntry;
  readonly #file: string;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  /** Read and not yet given. */
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #made = 0;
  #crc = 0;

  constructor(source: ByteSource, entry: RawEntry, dataAt: number) {
    this.#entry = entry;
    this.#file = source.name;
    const slices = storedSlices(source, entry, dataAt);
    this.#pieces = entry.method === 0 ? slices : inflatedPieces(slices);
  }

  async next(count: number): Promise<Uint8Array> {
    const wanted = Math.min(count, this.#entry.size - this.at);
    while (this.#waitingBytes < wanted) {
      if (!(await this.#fill())) throw this.#fault("it is cut short");
    }
    const out = this.#give(wanted);
    this.at += wanted;
    if (this.at === this.#entry.size && wanted > 0) await this.#finish();
    return out;
  }

  /** @returns false at the end. */
  async #fill(): Promise<boolean> {
    const { done, value } = await this.#pieces.next().catch((error: unknown) => {
      if (error instanceof FoundryError) throw error;
      throw this.#fault(
        `the compressed data are damaged (${error instanceof Error ? error.message : String(error)})`,
      );
    });
    if (done === true || value === undefined) return false;
    this.#made += value.length;
    if (this.#made > this.#entry.size)
      throw this.#fault("the compressed data hold more than the header announces");
    this.#crc = continueCrc32(this.#crc, value);
    this.#waiting.push(value);
    this.#waitingBytes += value.length;
    return true;
  }

  #give(count: number): Uint8Array {
    const out = new Uint8Array(count);
    let filled = 0;
    let used = 0;
    while (filled < count) {
      const piece = this.#waiting[used] as Uint8Array;
      const taken = Math.min(piece.length, count - filled);
      out.set(piece.subarray(0, taken), filled);
      filled += taken;
      if (taken === piece.length) used++;
      else this.#waiting[used] = piece.subarray(taken);
    }
    this.#waiting.splice(0, used);
    this.#waitingBytes -= count;
    return out;
  }

  /** Nothing may follow the last byte, and all of them must be right. */
  async #finish(): Promise<void> {
    while (await this.#fill());
    if (this.#crc !== this.#entry.crc) throw this.#fault("its checksum (CRC) does not match");
  }

  #fault(reason: string) {
    return zipFault(this.#file, this.#entry.path, reason);
  }
}
