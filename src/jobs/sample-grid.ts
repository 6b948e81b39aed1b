/** A grid of crops as one picture: rows of images, the first tile of each as it was taken, then its samples. */

import type { Plane } from "#core/array/index.ts";
import { forEachOutlinePixel } from "#core/labels/index.ts";
import type { AugmentSampleCrop } from "#nn/index.ts";

export interface GridPicture {
  readonly height: number;
  readonly width: number;
  readonly channels: 3;
  /** RGB, interleaved. */
  readonly data: Uint8Array;
}

/** Between tiles, and wider after the first of a row. */
const gapPx = 2;
const firstGapPx = 8;

/** The page's quiet background, so that the grid looks like separate tiles on light and dark screens. */
const gapColour = [120, 124, 130] as const;
const outlineColour = [255, 140, 26] as const;

/** Red, green, blue of each channel when several are shown at once: nuclei blue, membranes green, then red. */
const colours = [
  [0.25, 0.35, 1],
  [0.1, 1, 0.2],
  [1, 0.15, 0.15],
] as const;

/**
 * @param rows  crops of one size, equally many in each row. Pure. Normalised 0 is black, 1 white: the grey scale is the same
 * for all tiles, so that a change of exposure is seen as one.
 */
export function drawSampleGrid(
  rows: readonly (readonly AugmentSampleCrop[])[],
  tilePx: number,
  { outlines }: { readonly outlines: boolean },
): GridPicture {
  const columns = rows[0]?.length ?? 0;
  const left = (column: number): number => column * (tilePx + gapPx) + (column > 0 ? firstGapPx - gapPx : 0);
  const width = left(columns - 1) + tilePx;
  const height = rows.length * (tilePx + gapPx) - gapPx;
  const data = new Uint8Array(3 * height * width);
  for (let i = 0; i < height * width; i++) data.set(gapColour, 3 * i);
  rows.forEach((crops, row) => {
    crops.forEach((crop, column) => {
      const tile = tileOf(crop, outlines);
      for (let y = 0; y < tilePx; y++) {
        const at = 3 * ((row * (tilePx + gapPx) + y) * width + left(column));
        data.set(tile.subarray(3 * y * tilePx, 3 * (y + 1) * tilePx), at);
      }
    });
  });
  return { height, width, channels: 3, data };
}

function tileOf({ planes, labels }: AugmentSampleCrop, outlines: boolean): Uint8Array {
  const pixels = planes[0]?.data.length ?? 0;
  const out = new Uint8Array(3 * pixels);
  const mix = planes.length === 1 ? [[1, 1, 1] as const] : colours;
  const sums = new Float32Array(3 * pixels);
  planes.forEach((plane: Plane<"float32">, c) => {
    const share = mix[c % mix.length] as readonly [number, number, number];
    for (let i = 0; i < pixels; i++) {
      const value = Math.min(1, Math.max(0, plane.data[i] as number));
      for (let part = 0; part < 3; part++)
        sums[3 * i + part] = (sums[3 * i + part] as number) + value * (share[part] as number);
    }
  });
  for (let i = 0; i < out.length; i++) out[i] = Math.min(255, Math.round(255 * (sums[i] as number)));
  if (outlines) for (const image of labels) forEachOutlinePixel(image, (i) => out.set(outlineColour, 3 * i));
  return out;
}
