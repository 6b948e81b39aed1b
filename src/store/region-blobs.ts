/**
 * The region in which a layer's labels are complete, as bytes: the canonical encoding of a shape, named by its digest.
 */

import { FoundryError } from "#core/errors.ts";
import {
  assertObjectShape,
  decodeObjectShape,
  encodeObjectShape,
  type ObjectShape,
} from "#core/labels/index.ts";
import { type KeptBlob, keepBlob } from "./blob-rows.ts";
import type { Store } from "./store.ts";
import type { LayerCoverage } from "./types.ts";

export interface Coverage {
  readonly coverage: LayerCoverage;
  /** Of coverage "region": where everything is labelled. Null when nobody said where: then it is as good as sparse. */
  readonly region: ObjectShape | null;
}

/** A region by its digest. @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function readRegion(store: Store, digest: string): Promise<ObjectShape> {
  return decodeObjectShape(await store.blobs.get(digest));
}

/**
 * Makes a region durable; its row is written by whoever refers to it.
 *
 * @param size  of the image.
 * @throws FoundryError `label.invalid` for a region outside the image or beyond its first plane; `request.invalid` for a
 *         region of a layer that has none; `disk.full`.
 */
export async function keepRegion(
  store: Store,
  size: { readonly height: number; readonly width: number },
  { coverage, region }: Coverage,
): Promise<KeptBlob | null> {
  if (region === null) return null;
  if (coverage !== "region") {
    throw new FoundryError("request.invalid", {
      message: `A layer of coverage "${coverage}" has no region.`,
      hint: 'Say coverage "region", or leave the region out.',
    });
  }
  assertObjectShape(region, size);
  if (region.t !== 0 || region.z !== 0) {
    throw new FoundryError("label.invalid", {
      message: "A region holds for all frames and planes; give it as one of frame 0, plane 0.",
    });
  }
  return keepBlob(store, encodeObjectShape(region));
}
