/**
 * Label images in colours, as BBBC039 stores them: an RGBA PNG in which touching objects differ in colour, but colours
 * occur again elsewhere. An object is a connected piece of one colour; black is background, transparency means nothing.
 */
import type { LabelImage } from "#core/array/index.ts";
import { connectedComponents } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";
import { type ReadLimits, readLimits } from "../../limits.ts";
import { decodePng } from "../../pixels/png/read-png.ts";
import { withoutStrays } from "../../strays.ts";

/**
 * @returns labels 1 to n in scan order.
 * @throws FoundryError `format.png` for anything but an 8-bit colour PNG; `limit.pixels`, `limit.bytes`.
 */
export function readColouredLabels(
  bytes: Uint8Array,
  options: { readonly name: string; readonly limits?: Partial<ReadLimits> },
): LabelImage {
  const { name } = options;
  return withoutStrays("format.png", name, () => {
    const { header, data } = decodePng(bytes, name, readLimits(options.limits));
    const { height, width, colourType } = header;
    if ((colourType !== 2 && colourType !== 6) || !(data instanceof Uint8Array)) {
      throw fault("format.png", {
        file: name,
        reason: "it is not an RGB or RGBA image with 8 bits",
        remedy: "Import grey label images as images with labels.",
      });
    }
    const pixels = height * width;
    const codes = new Int32Array(pixels);
    for (let i = 0; i < pixels; i++) {
      codes[i] =
        (data[i] as number) | ((data[pixels + i] as number) << 8) | ((data[2 * pixels + i] as number) << 16);
    }
    return connectedComponents({ dtype: "int32", height, width, data: codes });
  });
}
