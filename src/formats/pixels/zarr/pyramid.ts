/**
 * Halving planes for zoomed-out views.
 *
 * Images take the mean of 2 x 2 pixels (fewer at an odd edge); labels take the upper left pixel, because a mean of
 * labels would be another cell. Each level has ceil(size / 2) pixels.
 */
import { type Dtype, type ImageArray, type TypedArrays, typedArray } from "#core/array/index.ts";

/** One level down, for every plane of the array. Integers are rounded half up. */
export function halveByMean(image: ImageArray): ImageArray {
  if (/^u?int(8|16)$/.test(image.dtype)) return halveNarrow(image);
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

/**
 * The mean of integers of up to 16 bits, several times as fast: sums stay in 32 bits, and (sum + 2) >> 2 is a quarter rounded
 * half up, below zero too.
 */
function halveNarrow(image: ImageArray): ImageArray {
  const small = emptyLevel(image);
  const [height, width] = image.shape.slice(-2) as [number, number];
  const planes = small.data.length / (Math.ceil(height / 2) * Math.ceil(width / 2));
  // Typed as one kind, so that the loop is compiled for the kind at hand and not for all eight.
  const data = image.data as Uint8Array;
  const out = small.data as Uint8Array;
  let to = 0;
  for (let row = 0; row < planes * height; row++) {
    const y = row % height;
    if (y % 2 === 1) continue;
    const top = row * width;
    const below = y + 1 < height ? top + width : top;
    for (let x = 0; x + 1 < width; x += 2)
      out[to++] =
        ((data[top + x] as number) +
          (data[top + x + 1] as number) +
          (data[below + x] as number) +
          (data[below + x + 1] as number) +
          2) >>
        2;
    // Without a right neighbour the two above each other count twice, which is their mean.
    if (width % 2 === 1)
      out[to++] = (2 * (data[top + width - 1] as number) + 2 * (data[below + width - 1] as number) + 2) >> 2;
  }
  return small;
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

/** The level below, of zeros. */
function emptyLevel({ dtype, axes, shape }: ImageArray): ImageArray {
  const small = shape.map((side, i) => (i < shape.length - 2 ? side : Math.ceil(side / 2)));
  const length = small.reduce((product, side) => product * side, 1);
  return { dtype, axes, shape: small, data: typedArray(dtype, length) };
}

function halve(image: ImageArray, pick: Pick): ImageArray {
  const [height, width] = image.shape.slice(-2) as [number, number];
  const small = emptyLevel(image);
  const { data } = small;
  const planes = data.length / (Math.ceil(height / 2) * Math.ceil(width / 2));
  let to = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        data[to++] = pick(image.data, (plane * height + y) * width + x, width, x + 1 < width, y + 1 < height);
      }
    }
  }
  return small;
}
