/**
 * Zip archives from outside.
 *
 * The central directory is the only list of entries; before any byte is inflated, each entry must have a harmless
 * name, agree with its local header, overlap no other, and the announced sizes must stay below the limits. Inflating
 * then cannot exceed the announced size, and the CRC is compared. Links, encryption and several disks are
 * refused. Source: PKWARE APPNOTE 6.3.
 */
import { crc32 } from "../../checksum.ts";
import { inflateRaw } from "../../inflate.ts";
import { withoutStrays } from "../../strays.ts";
import { listEntries, type ZipLimits, zipFault } from "./zip-directory.ts";

export const defaultZipLimits: ZipLimits = {
  // DSB2018 as one archive has 30,000 files.
  entriesMax: 100_000,
  entryBytesMax: 512 * 1024 * 1024,
  totalBytesMax: 4 * 1024 * 1024 * 1024,
  // 1032:1 is DEFLATE's maximum; 200:1 is beyond any image we have seen, except blank ones below the floor.
  ratioMax: 200,
};

export interface ZipEntry {
  readonly path: string;
  readonly size: number;
  /**
   * Inflates the entry. Not cached.
   * @throws FoundryError `format.zip` when the bytes are damaged.
   */
  read(): Uint8Array;
}

/**
 * Lists the files of an archive (folders are left out).
 *
 * @throws FoundryError `format.zip` for a damaged or hostile archive; `limit.files` or `limit.bytes` for a large one.
 * Cost: linear in the number of entries; nothing is inflated until `read`.
 */
export function readZip(bytes: Uint8Array, name: string, limits: Partial<ZipLimits> = {}): ZipEntry[] {
  const allLimits = { ...defaultZipLimits, ...limits };
  return withoutStrays("format.zip", name, () =>
    listEntries(bytes, name, allLimits).map(({ path, size, method, crc, dataAt, stored }) => ({
      path,
      size,
      read() {
        const data = bytes.subarray(dataAt, dataAt + stored);
        if (method === 0) return verified(name, path, data, size, crc);
        const inflated = inflateRaw(data, size);
        if (!inflated.ok) throw zipFault(name, path, inflated.reason);
        return verified(name, path, inflated.bytes, size, crc);
      },
    })),
  );
}

function verified(name: string, path: string, bytes: Uint8Array, size: number, crc: number): Uint8Array {
  if (bytes.length !== size)
    throw zipFault(name, path, `it holds ${bytes.length} bytes, the directory says ${size}`);
  if (crc32(bytes) !== crc) throw zipFault(name, path, "its checksum (CRC) does not match");
  return bytes;
}
