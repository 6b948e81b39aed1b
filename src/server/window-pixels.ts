/** Pixels for the picture of a window: the image where it is read whole, else the window, or a smaller level of it all. */

import type { ImageDetail } from "#api/index.ts";
import { axisLength, type ImageArray } from "#core/array/index.ts";
import { isLargeImage, openSmallLevel, readImageArray, readImageRegion, type Store } from "#store/index.ts";
import type { PictureScene } from "./finding-picture.ts";

/** A window of more pixels is looked at from afar. */
const windowPixelsMax = 2 ** 22;

export interface WindowPixels {
  readonly pixels: ImageArray;
  readonly place: PictureScene;
  /** Row and column of the image at which the pixels begin. */
  readonly origin: readonly [y0: number, x0: number];
}

/** @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function windowPixels(
  store: Store,
  image: ImageDetail,
  scene: PictureScene,
): Promise<WindowPixels> {
  const { window, t, z } = scene;
  const [y0, x0, y1, x1] = window;
  if (!isLargeImage(store, image))
    return { pixels: await readImageArray(store, image.id), place: scene, origin: [0, 0] };
  if ((y1 - y0) * (x1 - x0) <= windowPixelsMax)
    return { pixels: await readImageRegion(store, image, { t, z }, window), place: scene, origin: [y0, x0] };
  // What concerns a slide as a whole has no outlines that could be seen from there.
  const level = await openSmallLevel(store, image.arrayDigest, windowPixelsMax);
  const pixels = await level.read({
    t: Math.min(t, axisLength(level.form, "t") - 1),
    z: Math.min(z, axisLength(level.form, "z") - 1),
  });
  const whole = [0, 0, axisLength(pixels, "y"), axisLength(pixels, "x")] as const;
  return { pixels, place: { t, z, window: whole, concerned: [], around: [] }, origin: [0, 0] };
}
