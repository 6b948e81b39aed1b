/** Facts of many images at once that a training needs before it reads any pixel. */

import * as text from "./sql/image-facts.ts";
import type { Store } from "./store.ts";
import type { Channel } from "./types.ts";

export interface ImageFacts {
  readonly imageId: string;
  readonly height: number;
  readonly width: number;
  readonly channels: Channel[];
}

/** Images asked for in one statement. */
const imagesPerRead = 20_000;

/** By image id; images that do not exist are left out. Cost: one statement per 20,000 images. */
export async function readImageFacts(
  store: Store,
  imageIds: readonly string[],
): Promise<Map<string, ImageFacts>> {
  const facts = new Map<string, ImageFacts>();
  for (let from = 0; from < imageIds.length; from += imagesPerRead) {
    const ids = imageIds.slice(from, from + imagesPerRead);
    for (const row of await store.sql.query<ImageFacts>(text.selectImageFacts, [ids]))
      facts.set(row.imageId, row);
  }
  return facts;
}

/**
 * Median size of the objects of layers, in pixels: side of the square as large as an object's box.
 *
 * @param revisionIds  revisions; the objects their layers hold today are measured. By revision id.
 */
export async function medianObjectSizes(
  store: Store,
  revisionIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await store.sql.query<{ revisionId: string; sizePx: number }>(text.selectObjectSizes, [
    revisionIds,
  ]);
  return new Map(rows.map(({ revisionId, sizePx }) => [revisionId, sizePx]));
}
