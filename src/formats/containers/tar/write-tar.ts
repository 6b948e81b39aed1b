/**
 * A tar archive of plain files (POSIX ustar), and gzip around it.
 *
 * Fixed owner, mode and time, so that the same files give the same bytes.
 */
import { gzipSync } from "fflate";
import { assert } from "#core/errors.ts";

const BLOCK = 512;
// 11 octal digits.
const SIZE_MAX = 8 ** 11 - 1;

/** @param files  names of up to 100 ASCII characters; up to 8 GiB each. Cost: one copy of the bytes. */
export function writeTar(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  const length = files.reduce((sum, { bytes }) => sum + BLOCK + padded(bytes.length), 0) + tarEnd.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const { path, bytes } of files) {
    const entry = tarEntry(path, bytes);
    out.set(entry, at);
    at += entry.length;
  }
  return out;
}

/** One file of an archive that is written piece by piece: header, bytes, padding. Close with `tarEnd`. */
export function tarEntry(path: string, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK + padded(bytes.length));
  out.set(header(path, bytes.length));
  out.set(bytes, BLOCK);
  return out;
}

/** Two empty blocks end an archive. */
export const tarEnd: Uint8Array = new Uint8Array(2 * BLOCK);

/** A tar archive, compressed. The same files give the same bytes. */
export function writeTarGz(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Uint8Array {
  return gzipSync(writeTar(files), { level: 6, mtime: 0 });
}

function padded(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}

function header(path: string, size: number): Uint8Array {
  assert(/^[\x20-\x7e]{1,100}$/.test(path), "a name fits into the header");
  assert(size <= SIZE_MAX, "a file is at most 8 GiB");
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  put(0, path);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\u000000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
