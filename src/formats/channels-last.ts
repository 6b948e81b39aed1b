/**
 * Arrays with channels last (y, x, c), as Python's deep-learning sets store images, to planes and images with named axes.
 */
import {
  dtypeOf,
  type ImageArray,
  imageArray,
  type LabelImage,
  labelImage,
  typedArray,
} from "#core/array/index.ts";
import type { NumberArray, TextArray } from "./containers/npy/decode-values.ts";
import { fault } from "./fault.ts";

const LABEL_MAX = 2 ** 31 - 1;

/** Refuses text where pixels are expected. */
export function pixelsOf(array: NumberArray | TextArray, name: string): NumberArray {
  if (array.dtype !== "text" && (array.shape.length === 2 || array.shape.length === 3)) return array;
  throw fault("format.dataset", {
    file: name,
    reason: `an item has the shape (${array.shape.join(", ")}) of ${array.dtype}; an image has y, x and channels`,
    remedy: "Download the data set again.",
  });
}

/** (y, x) or (y, x, c) to an image with axes yx or cyx; dtype is kept. */
export function imageOfChannelsLast({ dtype, shape, data }: NumberArray): ImageArray {
  const [height, width, channels = 1] = shape as [number, number, number?];
  if (channels === 1) {
    const own = data.slice();
    return imageArray(dtypeOf(own)!, "yx", [height, width], own);
  }
  const pixels = height * width;
  const out = typedArray(dtype, channels * pixels);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) out[c * pixels + i] = data[i * channels + c]!;
  return imageArray(dtypeOf(out)!, "cyx", [channels, height, width], out);
}

/**
 * Labels of one channel.
 *
 * @throws FoundryError `format.dataset` naming the pixel of a value that is no label.
 */
export function labelsOfChannelsLast(
  { shape, data }: NumberArray,
  channel: number,
  name: string,
): LabelImage {
  const [height, width, channels = 1] = shape as [number, number, number?];
  const labels = labelImage(height, width);
  for (let i = 0; i < labels.data.length; i++) {
    const value = data[i * channels + channel]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) {
      throw fault("format.dataset", {
        file: name,
        place: `channel ${channel}, pixel y ${Math.floor(i / width)}, x ${i % width}`,
        reason: `its value is ${value}; labels are whole numbers from 0`,
        remedy: "Download the data set again.",
      });
    }
    labels.data[i] = value;
  }
  return labels;
}
