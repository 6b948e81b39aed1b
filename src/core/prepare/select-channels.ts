/** Chosen channels of an image, in the order chosen. */

import { axisLength, channelPlane, type ImageArray, imageArray, typedArray } from "../array/index.ts";
import { assert } from "../errors.ts";

/**
 * An image "cyx" with the planes at `indices` of axis c; frame 0, plane 0. Does not change the image; cost: one copy.
 *
 * @throws Error `internal:` for an index the image does not have.
 */
export function selectChannels(image: ImageArray, indices: readonly number[]): ImageArray {
  const [count, height, width] = [axisLength(image, "c"), axisLength(image, "y"), axisLength(image, "x")];
  assert(
    indices.every((index) => index >= 0 && index < count),
    "a chosen channel is not in the image",
  );
  const data = typedArray(image.dtype, indices.length * height * width);
  indices.forEach((c, i) => {
    data.set(channelPlane(image, { c }).data as never, i * height * width);
  });
  return imageArray(image.dtype, "cyx", [indices.length, height, width], data);
}
