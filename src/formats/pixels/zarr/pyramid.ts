/**
 * Halving planes for zoomed-out views.
 *
 * Images take the mean of 2 x 2 pixels (fewer at an odd edge); labels take the upper left pixel, because a mean of
 * labels would be another cell. Each level has ceil(size / 2) pixels.
 */
import { type Dtype, type ImageArray, type TypedArrays, typedArray } from "#core/array/index.ts";

/** One level down, for every plane of the array. Integers are rounded half up. */
export function halveByMean(image: ImageArray): ImageArray {
  const round = image.dtype.startsWith("float") ? (value: number) => value : Math.round;
  return halve(image, (data, at, width, hasRight, hasBelow) => {
    let sum = data[at]!;
    let count = 1;
    if (hasRight) {
      sum += data[at + 1]!;
      count++;
    }
    if (hasBelow) {
      sum += data[at + width]!;
      count++;
    }
    if (hasRight && hasBelow) {
      sum += data[at + width + 1]!;
      count++;
    }
    return round(sum / count);
  });
}

/** One level down, keeping only values that exist. */
export function halveByNearest(image: ImageArray): ImageArray {
  return halve(image, (data, at) => data[at]!);
}

type Pick = (
  data: TypedArrays[Dtype],
  at: number,
  width: number,
  hasRight: boolean,
  hasBelow: boolean,
) => number;

function halve(image: ImageArray, pick: Pick): ImageArray {
  const [height, width] = image.shape.slice(-2) as [number, number];
  const leading = image.shape.slice(0, -2);
  const planes = leading.reduce((product, size) => product * size, 1);
  const [smallHeight, smallWidth] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const data = typedArray(image.dtype, planes * smallHeight * smallWidth);
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        data[to++] = pick(image.data, (plane * height + y) * width + x, width, x + 1 < width, y + 1 < height);
      }
    }
  }
  return { dtype: image.dtype, axes: image.axes, shape: [...leading, smallHeight, smallWidth], data };
}
