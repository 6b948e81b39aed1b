/**
 * Fetches an OME-Zarr hierarchy from a web address into a folder, to be imported from there like any other.
 *
 * The readers themselves say which files an image needs: they read from the web through a store that keeps what it hands
 * out. So exactly the full-size images and their label images are copied, in every version and codec that is read at
 * all, and no smaller level of a pyramid. The import then reads the folder in its own bounded processes, may be stopped
 * and goes on without the network.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { listOmeZarr, readOmeZarr, type ZarrStore } from "#formats/index.ts";
import { openHttpStore } from "#platform/index.ts";

/** A whole slide of four channels; more belongs on a disk first. */
const fetchedBytesMax = 32 * 2 ** 30;

/** Keys come from files of strangers; each part must be a plain name. */
const plainKey = /^(?:[A-Za-z0-9_ .()+-]{1,200}\/)*[A-Za-z0-9_ .()+-]{1,200}$/;

export interface FetchOptions {
  /** Lets addresses of private networks pass: for a person's own command, never for a form. */
  readonly allowPrivate: boolean;
  readonly signal?: AbortSignal | undefined;
  /** After each image: done, of how many, bytes so far. */
  readonly onProgress?: ((done: number, images: number, bytes: number) => void) | undefined;
}

/**
 * @param address  of the folder that holds `zarr.json` or `.zattrs`. @param into  an empty folder.
 * @returns the path of the hierarchy within it, named as on the web.
 * @throws FoundryError `request.invalid` for an address that may not be read; `net.unreachable`; `format.zarr`;
 *         `limit.bytes`, `limit.pixels`; `job.canceled`. Memory: one image.
 */
export async function fetchOmeZarr(address: string, into: string, options: FetchOptions): Promise<string> {
  const remote = openHttpStore(address, { allowPrivate: options.allowPrivate });
  const root = join(into, folderName(remote.name));
  let bytes = 0;
  const keeping: ZarrStore = {
    name: remote.name,
    async get(key) {
      if (options.signal?.aborted === true)
        throw new FoundryError("job.canceled", { message: "Fetching was cancelled." });
      const found = await remote.get(key);
      if (found === undefined) return undefined;
      bytes += found.length;
      if (bytes > fetchedBytesMax) {
        throw new FoundryError("limit.bytes", {
          message: `${remote.name} holds more than ${fetchedBytesMax / 2 ** 30} GiB.`,
          hint: "Copy it to this machine by other means, then import the folder.",
        });
      }
      const path = join(root, ...partsOf(key));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, found);
      return found;
    },
  };
  const { images } = await listOmeZarr(keeping);
  for (const [i, { path }] of images.entries()) {
    await readOmeZarr(keeping, { path });
    options.onProgress?.(i + 1, images.length, bytes);
  }
  return root;
}

function partsOf(key: string): string[] {
  const parts = key.split("/");
  if (plainKey.test(key) && !parts.some((part) => /^\.{1,2}$/.test(part))) return parts;
  throw new FoundryError("format.zarr", {
    message: `The hierarchy names a file that cannot be kept: ${JSON.stringify(key.slice(0, 100))}.`,
    hint: "Rename the groups with plain letters, or copy the data by other means.",
  });
}

/** The layouts know OME-Zarr by its content; the name is for people. */
function folderName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[.-]+/, "");
  return plain === "" ? "image.zarr" : plain.slice(0, 100);
}
