/** Small picture of a stored image with the outlines of a layer: from its pixels, or from a smaller level of a large one. */

import type { ImageDetail } from "#api/index.ts";
import { axisLength, type ImageArray, type LabelImage } from "#core/array/index.ts";
import { drawLabelsAtStep } from "#core/labels/index.ts";
import {
  isLargeImage,
  layerObjects,
  openSmallLevel,
  readImageArray,
  renderHead,
  type Store,
} from "#store/index.ts";

/** Pixels of the level from which a picture is made: four times those of the largest picture. */
const levelPixelsMax = 2 ** 20;

export interface PictureSource {
  readonly image: ImageArray;
  /** As high and wide as `image`. */
  readonly labels?: LabelImage;
}

/** First frame and focal plane. @param layerId  of the labels; null for none. @throws FoundryError `blob.*`. */
export async function pictureSource(
  store: Store,
  image: ImageDetail,
  layerId: string | null,
): Promise<PictureSource> {
  if (!isLargeImage(store, image)) {
    const labels = layerId === null ? {} : { labels: await renderHead(store, layerId) };
    return { image: await readImageArray(store, image.id), ...labels };
  }
  const level = await openSmallLevel(store, image.arrayDigest, levelPixelsMax);
  const small = await level.read({ t: 0, z: 0 });
  if (layerId === null) return { image: small };
  const { objects } = await layerObjects(store, layerId);
  const shown = objects.filter(({ shape }) => shape.t === 0 && shape.z === 0);
  const box = [0, 0, axisLength(small, "y"), axisLength(small, "x")] as const;
  return { image: small, labels: drawLabelsAtStep(shown, box, level.step) };
}
