/**
 * The central directory of a zip archive, checked entry by entry.
 */
import { fault, shownName } from "../fault.ts";
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

interface RawEntry extends DirectoryEntry {
  readonly flags: number;
  readonly localAt: number;
  readonly unixMode: number;
}

const END_BYTES = 22;
const COMMENT_MAX = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view, name);
  if (end.count > limits.entriesMax) {
    throw fault("limit.files", {
      file: name,
      reason: `it holds ${end.count} entries, the limit is ${limits.entriesMax}`,
      remedy: "Split the archive.",
    });
  }
  const entries: RawEntry[] = [];
  const seen = new Map<string, string>();
  let at = end.directoryAt;
  for (let i = 0; i < end.count; i++) {
    const step = readEntry(view, bytes, at, name);
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
    if (!step.entry.path.endsWith("/")) entries.push(locate(view, bytes, step.entry, end.directoryAt, name));
  }
  checkTotals(entries, name, limits);
  checkOverlap(entries, name);
  return entries;
}

function findEnd(view: DataView, name: string): { count: number; directoryAt: number } {
  const first = Math.max(0, view.byteLength - END_BYTES - COMMENT_MAX);
  for (let at = view.byteLength - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const count = view.getUint16(at + 10, true);
    const directoryAt = view.getUint32(at + 16, true);
    const directoryBytes = view.getUint32(at + 12, true);
    if (count === 0xffff || directoryAt === 0xffffffff)
      throw zipFault(name, undefined, "it is a ZIP64 archive, which is not read");
    if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count)
      throw zipFault(name, undefined, "it is one part of a split archive");
    if (directoryAt + directoryBytes !== at)
      throw zipFault(name, undefined, "its directory is not where it says");
    return { count, directoryAt };
  }
  throw zipFault(name, undefined, "it has no directory; it may be cut short");
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
  const next = at + ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  if (next > view.byteLength) throw zipFault(name, undefined, "its directory is cut short");
  const flags = view.getUint16(at + 8, true);
  const madeOnUnix = view.getUint8(at + 5) === 3;
  return {
    next,
    entry: {
      path: decodeName(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)),
      flags,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      stored: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      unixMode: madeOnUnix ? view.getUint32(at + 38, true) >>> 16 : 0,
      localAt: view.getUint32(at + 42, true),
      dataAt: 0,
    },
  };
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
  if (entry.stored === 0xffffffff || entry.size === 0xffffffff)
    throw zipFault(name, entry.path, "it needs ZIP64, which is not read");
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

function locate(
  view: DataView,
  bytes: Uint8Array,
  entry: RawEntry,
  directoryAt: number,
  name: string,
): RawEntry {
  const { localAt, path } = entry;
  if (localAt + LOCAL_BYTES > directoryAt || view.getUint32(localAt, true) !== 0x04034b50) {
    throw zipFault(name, path, "its local header is missing");
  }
  const nameBytes = view.getUint16(localAt + 26, true);
  const dataAt = localAt + LOCAL_BYTES + nameBytes + view.getUint16(localAt + 28, true);
  if (dataAt + entry.stored > directoryAt) throw zipFault(name, path, "its bytes reach into the directory");
  const localName = decodeName(bytes.subarray(localAt + LOCAL_BYTES, localAt + LOCAL_BYTES + nameBytes));
  const streamed = (view.getUint16(localAt + 6, true) & 8) !== 0;
  const sameSizes =
    streamed ||
    (view.getUint32(localAt + 18, true) === entry.stored &&
      view.getUint32(localAt + 22, true) === entry.size);
  if (localName !== path || view.getUint16(localAt + 8, true) !== entry.method || !sameSizes) {
    throw zipFault(name, path, "its local header and the directory disagree");
  }
  return { ...entry, dataAt };
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
function checkOverlap(entries: readonly RawEntry[], name: string): void {
  const sorted = entries.toSorted((a, b) => a.localAt - b.localAt);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1]!;
    if (sorted[i]!.localAt < before.dataAt + before.stored)
      throw zipFault(name, sorted[i]!.path, "it shares bytes with another entry");
  }
}
