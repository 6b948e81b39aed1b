/**
 * Tar archives from outside, member by member, without unpacking anything.
 *
 * POSIX ustar with pax headers and GNU long names (what Python's tarfile writes). Plain files only: links, devices and
 * sparse files are refused, because a link is how an archive points outside itself; folders are passed over. Names must
 * be harmless relative paths and may not repeat, header checksums must hold, and members, their number and their sizes
 * are bounded. Source: POSIX.1-2017 "pax", GNU tar manual.
 */

import { fault } from "../../fault.ts";
import type { ForwardReader } from "../zip/open-zip.ts";
import { foldedName, nameFault } from "../zip/zip-names.ts";
import { tarFault } from "./tar-fault.ts";

export interface TarMember {
  readonly path: string;
  readonly size: number;
  /** Place of its first byte in the unpacked archive. */
  readonly at: number;
}

const BLOCK = 512;
// Tracking archives hold three members; a thousand is no archive of ours.
const MEMBERS_MAX = 1_000;
// A pax header holds a path and a few numbers.
const EXTENSION_BYTES_MAX = 64 * 1024;
// 2^40: far above any archive, far below the numbers where sums stop being exact.
const MEMBER_BYTES_MAX = 2 ** 40;
const SKIP_BYTES = 4 * 1024 * 1024;

/**
 * Members in the order of the archive. The consumer may take bytes of the member just given from `reader`; what it
 * leaves is passed over.
 *
 * @throws FoundryError `format.tar`, `limit.files`, `limit.bytes`.
 */
export async function* tarMembers(reader: ForwardReader, name: string): AsyncGenerator<TarMember> {
  const seen = new Set<string>();
  let extension: Extension = {};
  let blocks = 0;
  for (;;) {
    const header = await reader.next(BLOCK);
    if (header.length === 0 && blocks > 0) return; // some writers leave the end mark out
    if (header.length < BLOCK) throw tarFault(name, undefined, "it is cut short, or no tar archive");
    if (header.every((byte) => byte === 0)) {
      // To the last byte, so that a wrong checksum of the whole file shows.
      while ((await reader.next(SKIP_BYTES)).length > 0);
      return;
    }
    // Each member may have a few headers of its own before it.
    if (++blocks > 4 * MEMBERS_MAX) throw tooMany(name);
    const raw = readHeader(header, name);
    if (raw.kind === "x" || raw.kind === "g" || raw.kind === "L") {
      const text = await readExtension(reader, raw, name);
      if (raw.kind === "L") extension = { ...extension, path: text.replace(/\0.*$/s, "") };
      else if (raw.kind === "x") extension = { ...extension, ...parsePax(text, raw.path, name) };
      continue;
    }
    const path = extension.path ?? raw.path;
    const size = extension.size ?? raw.size;
    extension = {};
    if (raw.kind === "5") continue; // a folder; its size says nothing
    checkMember(raw.kind, path, size, name);
    const folded = foldedName(path);
    if (seen.has(folded)) throw tarFault(name, path, "another entry has the same name but for case");
    seen.add(folded);
    if (seen.size > MEMBERS_MAX) throw tooMany(name);
    const member = { path, size, at: reader.at };
    yield member;
    await skipTo(reader, member.at + Math.ceil(size / BLOCK) * BLOCK, name, path);
  }
}

interface RawHeader {
  readonly path: string;
  readonly size: number;
  readonly kind: string;
}

interface Extension {
  path?: string;
  size?: number;
}

function tooMany(name: string) {
  return fault("limit.files", {
    file: name,
    reason: `it holds more than ${MEMBERS_MAX} entries`,
    remedy: "A tracking archive holds raw.npy, tracked.npy and lineage.json; make it again.",
  });
}

function readHeader(header: Uint8Array, name: string): RawHeader {
  const field = (from: number, length: number) => {
    const bytes = header.subarray(from, from + length);
    const end = bytes.indexOf(0);
    return new TextDecoder("utf-8").decode(end < 0 ? bytes : bytes.subarray(0, end));
  };
  let sum = 8 * 32; // the checksum's own field counts as blanks
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  if (octal(field(148, 8)) !== sum)
    throw tarFault(name, undefined, "a header's checksum does not match; it is damaged, or no tar archive");
  const magic = field(257, 6).startsWith("ustar");
  const prefix = magic && field(257, 6) === "ustar" ? field(345, 155) : "";
  const path = prefix === "" ? field(0, 100) : `${prefix}/${field(0, 100)}`;
  const kind = String.fromCharCode(header[156]!);
  return { path, size: readSize(header.subarray(124, 136), path, name), kind };
}

/** Octal text, or (GNU) a big-endian number behind a set first bit. */
function readSize(bytes: Uint8Array, path: string, name: string): number {
  let size = 0;
  if ((bytes[0]! & 0x80) !== 0) {
    for (const byte of bytes.subarray(1)) size = size * 256 + byte;
    if ((bytes[0]! & 0x7f) !== 0) size = Number.POSITIVE_INFINITY;
  } else size = octal(new TextDecoder("latin1").decode(bytes));
  if (!(size >= 0 && size <= MEMBER_BYTES_MAX))
    throw tarFault(name, path, "its size is no number or beyond any file");
  return size;
}

function octal(text: string): number {
  const digits = text.replace(/[\0 ]+$/, "").trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

async function readExtension(
  reader: ForwardReader,
  { size, path }: RawHeader,
  name: string,
): Promise<string> {
  if (size > EXTENSION_BYTES_MAX) throw tarFault(name, path, `its extended header has ${size} bytes`);
  const bytes = await reader.next(Math.ceil(size / BLOCK) * BLOCK);
  if (bytes.length < size) throw tarFault(name, path, "it is cut short");
  return new TextDecoder("utf-8").decode(bytes.subarray(0, size));
}

/** "length key=value\n" records; only the path and the size matter. */
function parsePax(text: string, path: string, name: string): Extension {
  const found: Extension = {};
  for (const record of text.split("\n")) {
    const match = /^\d+ ([^=]+)=(.*)$/s.exec(record);
    if (match === null) continue;
    const [, key, value] = match as unknown as [string, string, string];
    if (key.startsWith("GNU.sparse")) throw tarFault(name, path, "it is a sparse file");
    if (key === "path") found.path = value;
    if (key === "size") {
      const size = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (!(size <= MEMBER_BYTES_MAX)) throw tarFault(name, path, "its size is no number or beyond any file");
      found.size = size;
    }
  }
  return found;
}

function checkMember(kind: string, path: string, size: number, name: string): void {
  if (kind === "1" || kind === "2") throw tarFault(name, path, "it is a link");
  if (kind === "S") throw tarFault(name, path, "it is a sparse file");
  if (kind !== "0" && kind !== "\0" && kind !== "7")
    throw tarFault(name, path, `it is no plain file (type "${kind}")`);
  const reason = nameFault(path.replace(/^\.\//, ""));
  if (reason !== null) throw tarFault(name, path, reason);
  if (size > MEMBER_BYTES_MAX)
    throw fault("limit.bytes", {
      file: name,
      reason: `entry "${path}" has ${size} bytes`,
      remedy: "Split it.",
    });
}

async function skipTo(reader: ForwardReader, end: number, name: string, path: string): Promise<void> {
  while (reader.at < end) {
    const skipped = await reader.next(Math.min(SKIP_BYTES, end - reader.at));
    if (skipped.length === 0) throw tarFault(name, path, "it is cut short");
  }
}
