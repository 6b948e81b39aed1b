/**
 * NumPy's .npz: arrays written by `writeNpy` or `writeNpyText` in one zip archive.
 */
import { zipSync } from "fflate";
import { assert } from "#core/errors.ts";

// A zip without ZIP64 ends at 4 GiB; exports of data sets are written in parts below it.
const ARCHIVE_BYTES_MAX = 4 * 1024 ** 3 - 1;

/**
 * @param arrays  .npy files by name of the array.
 * @param options.compress  as numpy.savez_compressed; default true.
 * @returns the archive; the same arrays give the same bytes.
 */
export function writeNpz(
  arrays: Readonly<Record<string, Uint8Array>>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  const total = Object.values(arrays).reduce((sum, { length }) => sum + length, 0);
  assert(total < ARCHIVE_BYTES_MAX, "an npz has less than 4 GiB");
  const level = options.compress === false ? 0 : 6;
  const files = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes] as const);
  // Zip's earliest date: a clock would make every archive different.
  return zipSync(Object.fromEntries(files), { level, mtime: new Date(1980, 0, 1) });
}
