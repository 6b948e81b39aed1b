/**
 * Pixels of stored images: whole where they fit memory, else by region.
 *
 * Whoever needs an image whole asks here and gets a clear refusal for a large one; whoever can work on parts asks for a
 * region, which is the same for both.
 */

import {
  type ArrayForm,
  type BoundingBox,
  type ImageArray,
  imageArray,
  isLargeArray,
  typedArray,
} from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { decodeArray } from "./array-bytes.ts";
import { type ArrayFile, openArrayFile } from "./array-file.ts";
import type { Store } from "./store.ts";

/**
 * Pixels of a blob, verified.
 *
 * @throws FoundryError `limit.pixels` for an image that is only read by region; `blob.missing`, `blob.corrupt`.
 */
export async function readStoredArray(
  store: Pick<Store, "blobs" | "wholeValuesMax">,
  digest: string,
): Promise<ImageArray> {
  // A file of fewer bytes than that holds fewer values: most images need no look at their head.
  if (((await store.blobs.size(digest)) ?? 0) > store.wholeValuesMax) {
    const { form } = await withArrayFile(store, digest, async (file) => file);
    if (isLargeArray(form, store.wholeValuesMax)) throw tooLargeForMemory(form);
  }
  return decodeArray(await store.blobs.get(digest));
}

/** What is said where an image would have to be in memory. */
export function tooLargeForMemory({ shape }: Pick<ArrayForm, "shape">): FoundryError {
  const [height, width] = shape.slice(-2) as [number, number];
  return new FoundryError("limit.pixels", {
    message: `This needs the whole image in memory, and with ${height} x ${width} pixels${shape.length > 2 ? " in several planes" : ""} it is too large for that.`,
    hint: "Cut the parts that matter out of it into images of their own and import those.",
    details: { shape: [...shape] },
  });
}

/** @param shape  of a label image. @throws FoundryError `limit.pixels` when it is only drawn by region. */
export function assertHeldInMemory(
  store: Pick<Store, "wholeValuesMax">,
  shape: readonly [height: number, width: number],
): void {
  if (isLargeArray({ dtype: "int32", shape }, store.wholeValuesMax)) throw tooLargeForMemory({ shape });
}

/** Whether an image is only read by region. */
export function isLargeImage(
  store: Pick<Store, "wholeValuesMax">,
  image: { readonly dtype: string; readonly shape: readonly number[] },
): boolean {
  return isLargeArray(image as Pick<ArrayForm, "dtype" | "shape">, store.wholeValuesMax);
}

/** @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function withArrayFile<T>(
  store: Pick<Store, "blobs">,
  digest: string,
  work: (file: ArrayFile) => Promise<T>,
): Promise<T> {
  const file = await openArrayFile(store.blobs.path(digest));
  if (file === null) {
    // Tells what is missing, in the words of the blob store.
    await store.blobs.get(digest);
    throw new FoundryError("blob.missing", { message: "The pixels of an image are not in the data folder." });
  }
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/**
 * All channels of a box of one frame and focal plane, axes cyx; indices beyond an axis are its last one.
 *
 * @param at.c  only this channel. @param image.arrayDigest  of its pixels. Not verified. Cost: reads the box.
 * @throws FoundryError `blob.missing`, `blob.corrupt`, `limit.pixels` for a box larger than memory holds.
 */
export async function readImageRegion(
  store: Pick<Store, "blobs">,
  image: { readonly arrayDigest: string },
  at: { readonly t?: number; readonly z?: number; readonly c?: number },
  box: BoundingBox,
): Promise<ImageArray> {
  return withArrayFile(store, image.arrayDigest, async ({ form, readBox }) => {
    const side = (axis: string): number => form.shape[form.axes.indexOf(axis)] ?? 1;
    const [channels, slices] = [side("c"), side("z")];
    const t = Math.min(at.t ?? 0, side("t") - 1);
    const z = Math.min(at.z ?? 0, slices - 1);
    const [height, width] = [box[2] - box[0], box[3] - box[1]];
    const read = at.c === undefined ? Array.from({ length: channels }, (_, c) => c) : [at.c];
    const data = typedArray(form.dtype, read.length * height * width);
    const whole = imageArray(form.dtype, "cyx", [read.length, height, width], data as never);
    for (const [k, c] of read.entries())
      whole.data.set((await readBox((t * channels + c) * slices + z, box)) as never, k * height * width);
    return whole;
  });
}
