/**
 * Scripts and styles, compressed once and kept: the program's own text, a few hundred kilobytes in all.
 *
 * Only files of the built pages come here. Answers with people's data are not compressed: beside a secret, the length
 * of a compressed answer can tell what it holds.
 */

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

const compress = promisify(gzip);

export interface CompressedFiles {
  /** Media type of a file that is worth compressing; undefined for all others. */
  type(path: string): string | undefined;
  read(path: string): Promise<Buffer>;
}

/** @param root  folder of the built pages; paths must come from its listing. */
export function createCompressedFiles(root: string): CompressedFiles {
  const kept = new Map<string, Promise<Buffer>>();
  return {
    type: (path) => types[extname(path)],
    read(path) {
      const present = kept.get(path);
      if (present !== undefined) return present;
      const made = readFile(join(root, path)).then((bytes) => compress(bytes, { level: 9 }));
      kept.set(path, made);
      made.catch(() => kept.delete(path));
      return made;
    },
  };
}
