/**
 * The central directory of a zip archive, checked entry by entry. ZIP64 is read, as NumPy writes it for large arrays.
 */
import { fault, shownName } from "../../fault.ts";
import { foldedName, nameFault } from "./zip-names.ts";

export interface ZipLimits {
  readonly entriesMax: number;
  readonly entryBytesMax: number;
  readonly totalBytesMax: number;
  readonly ratioMax: number;
}

export interface DirectoryEntry {
  readonly path: string;
  readonly size: number;
  readonly stored: number;
  readonly method: number;
  readonly crc: number;
  readonly dataAt: number;
}

/** An entry as the directory has it; where its data begin stands in its local header. */
export interface RawEntry {
  readonly path: string;
  readonly size: number;
  readonly stored: number;
  readonly method: number;
  readonly crc: number;
  readonly flags: number;
  readonly localAt: number;
  readonly unixMode: number;
}

const END_BYTES = 22;
const COMMENT_MAX = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const END64_BYTES = 56;
const LOCATOR_BYTES = 20;
// A blank 16-bit plane of 256 pixels squared compresses 800:1; below this size no ratio is a danger.
const RATIO_FLOOR_BYTES = 16 * 1024 * 1024;

export function zipFault(name: string, entry: string | undefined, reason: string) {
  return fault("format.zip", {
    file: name,
    ...(entry === undefined ? {} : { place: `entry "${shownName(entry)}"` }),
    reason,
    remedy: "Make the archive again from the original folder, or import the folder itself.",
  });
}

/** Files of the archive in directory order; every one can be read safely. */
export function listEntries(bytes: Uint8Array, name: string, limits: ZipLimits): DirectoryEntry[] {
  const end = findEnd(bytes, 0, name);
  const directory = bytes.subarray(end.directoryAt, end.directoryAt + end.directoryBytes);
  const entries = readDirectory(directory, end.count, name, limits).map((entry) => ({
    ...entry,
    dataAt: locate(bytes.subarray(entry.localAt, end.directoryAt), entry, end.directoryAt, name),
  }));
  checkOverlap(entries, name);
  return entries;
}

/** Files by the directory alone: names, sizes and totals are checked, local headers are not. */
export function readDirectory(
  directory: Uint8Array,
  count: number,
  name: string,
  limits: ZipLimits,
): RawEntry[] {
  if (count > limits.entriesMax) {
    throw fault("limit.files", {
      file: name,
      reason: `it holds ${count} entries, the limit is ${limits.entriesMax}`,
      remedy: "Split the archive.",
    });
  }
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  const entries: RawEntry[] = [];
  const seen = new Map<string, string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const step = readEntry(view, directory, at, name);
    at = step.next;
    checkEntry(step.entry, name, limits);
    const folded = foldedName(step.entry.path);
    const twin = seen.get(folded);
    if (twin !== undefined)
      throw zipFault(
        name,
        step.entry.path,
        `another entry, "${shownName(twin)}", has the same name but for case`,
      );
    seen.set(folded, step.entry.path);
    if (!step.entry.path.endsWith("/")) entries.push(step.entry);
  }
  checkTotals(entries, name, limits);
  return entries;
}

export interface DirectoryEnd {
  readonly count: number;
  readonly directoryAt: number;
  readonly directoryBytes: number;
}

/** Bytes from the end of an archive that are sure to hold what `findEnd` looks for. */
export const zipTailBytes = END_BYTES + COMMENT_MAX + END64_BYTES + LOCATOR_BYTES;

/** @param tail  the archive from byte `tailAt` to its end. */
export function findEnd(tail: Uint8Array, tailAt: number, name: string): DirectoryEnd {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const first = Math.max(0, view.byteLength - END_BYTES - COMMENT_MAX);
  for (let at = view.byteLength - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const count = view.getUint16(at + 10, true);
    const directoryAt = view.getUint32(at + 16, true);
    const directoryBytes = view.getUint32(at + 12, true);
    if (count === 0xffff || directoryAt === 0xffffffff || directoryBytes === 0xffffffff)
      return findEnd64(view, at, tailAt, name);
    if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count)
      throw zipFault(name, undefined, "it is one part of a split archive");
    if (directoryAt + directoryBytes !== tailAt + at)
      throw zipFault(name, undefined, "its directory is not where it says");
    return { count, directoryAt, directoryBytes };
  }
  throw zipFault(name, undefined, "it has no directory; it may be cut short");
}

function findEnd64(view: DataView, endAt: number, tailAt: number, name: string): DirectoryEnd {
  const locator = endAt - LOCATOR_BYTES;
  const end = locator - END64_BYTES;
  // The record of fixed size right before its locator is the only form that archivers write.
  if (end < 0 || view.getUint32(locator, true) !== 0x07064b50 || view.getUint32(end, true) !== 0x06064b50)
    throw zipFault(name, undefined, "its ZIP64 directory is missing");
  if (view.getUint32(end + 16, true) !== 0 || readUint64(view, locator + 8) !== tailAt + end)
    throw zipFault(name, undefined, "its ZIP64 directory is not where it says");
  const count = readUint64(view, end + 32);
  const directoryBytes = readUint64(view, end + 40);
  const directoryAt = readUint64(view, end + 48);
  if (readUint64(view, end + 24) !== count || directoryAt + directoryBytes !== tailAt + end)
    throw zipFault(name, undefined, "its ZIP64 directory is not where it says");
  return { count, directoryAt, directoryBytes };
}

/** Beyond 2^53 the number is no longer exact, but then it is far beyond every limit. */
function readUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function readEntry(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  name: string,
): { entry: RawEntry; next: number } {
  if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== 0x02014b50) {
    throw zipFault(name, undefined, "its directory is damaged");
  }
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((o) => view.getUint16(at + o, true)) as [
    number,
    number,
    number,
  ];
  const extraAt = at + ENTRY_BYTES + nameBytes;
  const next = extraAt + extraBytes + commentBytes;
  if (next > view.byteLength) throw zipFault(name, undefined, "its directory is cut short");
  const madeOnUnix = view.getUint8(at + 5) === 3;
  const path = decodeName(bytes.subarray(at + ENTRY_BYTES, extraAt));
  const short = [24, 20, 42].map((o) => view.getUint32(at + o, true));
  const [size, stored, localAt] = widen(view, extraAt, extraBytes, short, () =>
    zipFault(name, path, "its ZIP64 sizes are missing"),
  ) as [number, number, number];
  return {
    next,
    entry: {
      path,
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      stored,
      size,
      unixMode: madeOnUnix ? view.getUint32(at + 38, true) >>> 16 : 0,
      localAt,
    },
  };
}

/** Numbers that did not fit 32 bits, from the ZIP64 extra field, which holds only these, in this order. */
function widen(
  view: DataView,
  extraAt: number,
  extraBytes: number,
  short: readonly number[],
  missing: () => Error,
): number[] {
  if (!short.includes(0xffffffff)) return [...short];
  const end = extraAt + extraBytes;
  for (let at = extraAt; at + 4 <= end; ) {
    const fieldEnd = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && fieldEnd <= end) {
      let next = at + 4;
      return short.map((value) => {
        if (value !== 0xffffffff) return value;
        if (next + 8 > fieldEnd) throw missing();
        next += 8;
        return readUint64(view, next - 8);
      });
    }
    at = fieldEnd;
  }
  throw missing();
}

/** UTF-8 where valid, whatever the flag says: old archivers forget it. */
function decodeName(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    return new TextDecoder("latin1").decode(raw);
  }
}

function checkEntry(entry: RawEntry, name: string, limits: ZipLimits): void {
  const reason = nameFault(entry.path);
  if (reason !== null) throw zipFault(name, entry.path, reason);
  if ((entry.flags & 1) !== 0 || (entry.flags & 0x2040) !== 0)
    throw zipFault(name, entry.path, "it is encrypted");
  if ((entry.unixMode & 0xf000) === 0xa000) throw zipFault(name, entry.path, "it is a link");
  if (entry.method !== 0 && entry.method !== 8)
    throw zipFault(name, entry.path, `it uses compression method ${entry.method}`);
  if (entry.method === 0 && entry.stored !== entry.size)
    throw zipFault(name, entry.path, "its two sizes disagree");
  const bomb = entry.size > RATIO_FLOOR_BYTES && entry.size > limits.ratioMax * Math.max(1, entry.stored);
  if (bomb)
    throw zipFault(
      name,
      entry.path,
      `it would grow ${Math.round(entry.size / Math.max(1, entry.stored))} times, more than ${limits.ratioMax}`,
    );
  if (entry.size > limits.entryBytesMax)
    throw tooLarge(name, `entry "${shownName(entry.path)}" has ${entry.size} bytes`, limits.entryBytesMax);
}

function tooLarge(name: string, reason: string, limit: number) {
  return fault("limit.bytes", {
    file: name,
    reason: `${reason}, the limit is ${limit}`,
    remedy: "Split the archive.",
  });
}

/** Bytes from the start of a local header that are sure to hold all of it. */
export const zipLocalBytesMax = LOCAL_BYTES + 2 * 65_535;

/**
 * Where the data of an entry begin.
 *
 * @param local  the archive from the entry's local header on, at least as far as that header.
 * @param directoryAt  where the directory begins; data end before it.
 */
export function locate(local: Uint8Array, entry: RawEntry, directoryAt: number, name: string): number {
  const { path } = entry;
  const view = new DataView(local.buffer, local.byteOffset, local.byteLength);
  if (local.length < LOCAL_BYTES || view.getUint32(0, true) !== 0x04034b50) {
    throw zipFault(name, path, "its local header is missing");
  }
  const nameEnd = LOCAL_BYTES + view.getUint16(26, true);
  const extraBytes = view.getUint16(28, true);
  const dataAt = entry.localAt + nameEnd + extraBytes;
  if (dataAt + entry.stored > directoryAt || nameEnd + extraBytes > local.length)
    throw zipFault(name, path, "its bytes reach into the directory");
  const disagree = () => zipFault(name, path, "its local header and the directory disagree");
  const streamed = (view.getUint16(6, true) & 8) !== 0;
  const short = [view.getUint32(22, true), view.getUint32(18, true)];
  const [size, stored] = streamed ? [] : widen(view, nameEnd, extraBytes, short, disagree);
  const sameSizes = streamed || (size === entry.size && stored === entry.stored);
  const localName = decodeName(local.subarray(LOCAL_BYTES, nameEnd));
  if (localName !== path || view.getUint16(8, true) !== entry.method || !sameSizes) throw disagree();
  return dataAt;
}

function checkTotals(entries: readonly RawEntry[], name: string, limits: ZipLimits): void {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const stored = entries.reduce((sum, entry) => sum + entry.stored, 0);
  if (total > limits.totalBytesMax)
    throw tooLarge(name, `it unpacks to ${total} bytes`, limits.totalBytesMax);
  if (total > RATIO_FLOOR_BYTES && total > limits.ratioMax * Math.max(1, stored)) {
    throw zipFault(
      name,
      undefined,
      `it would grow ${Math.round(total / Math.max(1, stored))} times, more than ${limits.ratioMax}`,
    );
  }
}

/** Entries that share bytes are how small archives unpack to petabytes. */
function checkOverlap(entries: readonly (RawEntry & DirectoryEntry)[], name: string): void {
  const sorted = entries.toSorted((a, b) => a.localAt - b.localAt);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!;
    if (sorted[i]!.localAt < before.dataAt + before.stored)
      throw zipFault(name, sorted[i]!.path, "it shares bytes with another entry");
  }
}
