/**
 * A label image as Cellpose's `<name>_seg.npy`, which its window opens and `numpy.load(file, allow_pickle=True).item()`
 * loads.
 */
import type { LabelImage } from "#core/array/index.ts";
import { relabelSequential } from "#core/labels/index.ts";
import { writeNpyObject } from "../../containers/npy/write-npy.ts";

export interface CellposeSegOptions {
  /** File name of the image beside it. */
  readonly imageName: string;
  /** Whether a person drew the object with this label; default: all. */
  readonly isManual?: (label: number) => boolean;
  readonly diameterPx?: number;
}

/**
 * Labels become 1 to n in ascending order, as `ismanual` lists one flag per label.
 *
 * @returns bytes with uint16 masks, or uint32 above 65,535 objects. Cost: O(pixels).
 */
export function writeCellposeSeg(labels: LabelImage, options: CellposeSegOptions): Uint8Array {
  const { height, width } = labels;
  const present = [...new Set(labels.data)].filter((label) => label > 0).sort((a, b) => a - b);
  const { data } = relabelSequential(labels);
  const dtype = present.length > 65_535 ? "uint32" : "uint16";
  const list = (values: ArrayLike<number>) =>
    dtype === "uint32" ? Uint32Array.from(values) : Uint16Array.from(values);
  const shape = [height, width];
  const manual = present.map((label) => (options.isManual?.(label) === false ? 0 : 1));
  return writeNpyObject({
    dict: {
      filename: options.imageName,
      masks: { array: { dtype, shape, data: list(data) } },
      outlines: { array: { dtype, shape, data: list(innerBorders(data, height, width)) } },
      ismanual: { array: { dtype: "bool", shape: [manual.length], data: Uint8Array.from(manual) } },
      chan_choose: [0, 0],
      flows: [],
      diameter: options.diameterPx ?? null,
    },
  });
}

/** Each label where a pixel has a neighbour by a side that is another; 0 elsewhere. */
function innerBorders(data: Int32Array, height: number, width: number): Int32Array {
  const out = new Int32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const label = data[at] as number;
      const inner =
        y > 0 &&
        x > 0 &&
        y < height - 1 &&
        x < width - 1 &&
        data[at - 1] === label &&
        data[at + 1] === label &&
        data[at - width] === label &&
        data[at + width] === label;
      if (!inner) out[at] = label;
    }
  }
  return out;
}
