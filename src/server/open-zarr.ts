/** Zarr hierarchies held open in memory, with what each costs, so that a viewer's next chunk needs no new rendering. */

import type { ZarrKeys, ZarrRegions } from "#formats/index.ts";
import { createSizedCache, type SizedCache } from "./sized-cache.ts";

/** A hierarchy in memory, or one of which the parts that are asked for are drawn. */
export type OpenZarr = { readonly bytes: number } & (
  | { readonly keys: ZarrKeys }
  | { readonly regions: ZarrRegions }
);

/** Room for one large field (10,000² at 16 bits with its pyramid) or many small ones. */
const openBytesMax = 512 * 2 ** 20;

/** All levels of a pyramid together cost a third more than the image. */
const pyramidFactor = 4 / 3;

export const createZarrCache = (): SizedCache<OpenZarr> =>
  createSizedCache(openBytesMax, (open) => open.bytes);

/** @param levelBytes  size of the full level; the smaller ones are added */
export function openZarr(keys: ZarrKeys, levelBytes: number): OpenZarr {
  return { keys, bytes: levelBytes * pyramidFactor };
}
