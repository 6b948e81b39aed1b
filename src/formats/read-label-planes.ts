/**
 * Label images of one frame: one plane, or the focal planes of a stack.
 *
 * `readLabels` is strict about one plane; a 3D movie has a stack per frame, read here with the same strictness:
 * whole, non-negative numbers, no colours.
 */
import { channelPlane, type LabelImage, labelImage } from "#core/array/index.ts";
import { fault } from "./fault.ts";
import { type ReadOptions, readImage } from "./read-image.ts";

const LABEL_MAX = 2 ** 31 - 1;
const REMEDY = "Save the labels as a TIFF stack of whole numbers with one page per focal plane.";

/**
 * @returns one label image per focal plane, in order; a file of one plane gives one.
 * @throws FoundryError `format.*`, `limit.*` as `readImage`; `format.tiff` for colours, channels or frames, and for
 *         values that are no labels.
 */
export async function readLabelPlanes(bytes: Uint8Array, options: ReadOptions): Promise<LabelImage[]> {
  const { image } = await readImage(bytes, { ...options, pagesAre: "z" });
  const refuse = (reason: string, place?: string) =>
    fault("format.tiff", {
      file: options.name,
      ...(place === undefined ? {} : { place }),
      reason,
      remedy: REMEDY,
    });
  if (image.axes !== "yx" && image.axes !== "zyx")
    throw refuse(`it has axes ${image.axes}, a label stack has zyx`);
  const depth = image.axes === "zyx" ? image.shape[0]! : 1;
  return Array.from({ length: depth }, (_, z) => {
    const { height, width, data } = channelPlane(image, { z });
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (Number.isInteger(value) && value >= 0 && value <= LABEL_MAX) continue;
      const place = `plane ${z}, pixel y ${Math.floor(i / width)}, x ${i % width}`;
      throw refuse(`its value is ${value}; labels are whole numbers from 0 to ${LABEL_MAX}`, place);
    }
    return labelImage(height, width, Int32Array.from(data));
  });
}
