/**
 * Planes of a stored array one at a time: a movie is looked through with the memory of a plane.
 *
 * The file is hashed once when it is opened, in pieces, so that what is read afterwards is as sure as an array read whole.
 */

import { type ImageArray, imageArray, isLargeArray, typedArray } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { openFileSlices } from "#platform/index.ts";
import { decodeHead, headBytesMax } from "./array-bytes.ts";
import type { Store } from "./store.ts";
import { tooLargeForMemory } from "./stored-image.ts";

export interface ArrayFrames extends Pick<ImageArray, "dtype" | "axes" | "shape"> {
  /** One plane, axes yx; indices of axes that the array lacks are 0. A new copy each time. */
  readPlane(at: { readonly t?: number; readonly z?: number; readonly c?: number }): Promise<ImageArray>;
  close(): Promise<void>;
}

/**
 * @throws FoundryError `limit.pixels` for planes that are not held in memory; `blob.missing`; `blob.corrupt` for bytes that are not those of the digest, or no array.
 * Cost: reads the file once; memory of some megabytes.
 */
export async function openArrayFrames(
  store: Pick<Store, "blobs" | "wholeValuesMax">,
  digest: string,
): Promise<ArrayFrames> {
  const file = await openFileSlices(store.blobs.path(digest));
  // The whole read tells what is missing or wrong, and puts what is wrong into quarantine.
  if (file === null || (await file.digest()) !== digest) {
    await file?.close();
    await store.blobs.get(digest);
    throw damaged(digest);
  }
  try {
    const { dtype, axes, shape, start } = decodeHead(await file.read(0, headBytesMax));
    const side = (axis: string): number => shape[axes.indexOf(axis)] ?? 1;
    const [height, width] = [side("y"), side("x")];
    if (isLargeArray({ dtype, shape: [height, width] }, store.wholeValuesMax))
      throw tooLargeForMemory({ shape: [height, width] });
    // y and x are the innermost axes of every array, so planes lie in one piece.
    const valueBytes = typedArray(dtype, 1).byteLength;
    return {
      ...{ dtype, axes, shape },
      async readPlane(at) {
        let plane = 0;
        for (const axis of axes.slice(0, -2)) {
          const index = at[axis as "t" | "z" | "c"] ?? 0;
          assert(index >= 0 && index < side(axis), `there is no plane ${index} along ${axis}`);
          plane = plane * side(axis) + index;
        }
        const data = typedArray(dtype, height * width);
        const bytes = await file.read(start + plane * data.length * valueBytes, data.byteLength);
        if (bytes.length !== data.byteLength) throw damaged(digest);
        new Uint8Array(data.buffer).set(bytes);
        return imageArray(dtype, "yx", [height, width], data);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function damaged(digest: string): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "A stored array does not have the form of one.",
    hint: "Run `cellfoundry doctor` to see what uses it.",
    details: { digest },
  });
}
