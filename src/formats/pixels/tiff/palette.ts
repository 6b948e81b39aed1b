/**
 * TIFF pages with a colour map.
 *
 * A map of greys keeps one channel; any other becomes red, green and blue. Maps hold 16-bit colours, but nearly all
 * were made from 8-bit ones (v * 257 or v * 256), which come out as uint8.
 */
import type { SampleStack } from "../../colours.ts";
import { damaged } from "./directory.ts";
import type { TiffStack } from "./stack.ts";

/** @throws FoundryError `format.tiff` when the map is shorter than the pixels need. */
export function applyPalette(
  stack: Pick<TiffStack, "first" | "shape" | "data">,
  colourMap: readonly number[],
  name: string,
): SampleStack {
  const entries = 2 ** stack.first.bits;
  if (colourMap.length < 3 * entries) {
    throw damaged(
      name,
      `page ${stack.first.index}`,
      `its colour map has ${colourMap.length} of ${3 * entries} values`,
    );
  }
  const narrow = colourMap.every((v) => v % 257 === 0) || colourMap.every((v) => v % 256 === 0);
  const table = narrow ? Uint8Array.from(colourMap, (v) => v >> 8) : Uint16Array.from(colourMap);
  const [t, c, z, , height, width] = stack.shape;
  const pixels = height * width;
  const planes = t * c * z;
  const data = narrow ? new Uint8Array(planes * 3 * pixels) : new Uint16Array(planes * 3 * pixels);
  for (let plane = 0; plane < planes; plane++) {
    for (let channel = 0; channel < 3; channel++) {
      const to = (plane * 3 + channel) * pixels;
      for (let i = 0; i < pixels; i++)
        data[to + i] = table[channel * entries + stack.data[plane * pixels + i]!]!;
    }
  }
  const dtype = narrow ? "uint8" : "uint16";
  return { dtype, shape: [t, c, z, 3, height, width], data, sampleKind: "rgb", alpha: false };
}
