/** Pictures of a prediction made in the browser, in the sizes and colours of the server's. */
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { thumbnail } from "#core/image/index.ts";
import { overlayPixels } from "#core/labels/index.ts";

// Longest side of both pictures, as on the server; larger images are shown smaller.
const SIDE_MAX = 2048;

async function png(
  data: Uint8ClampedArray<ArrayBuffer>,
  { height, width }: { readonly height: number; readonly width: number },
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

/** The image as it is shown below the cells. */
export function imagePng(image: ImageArray): Promise<Blob> {
  const { height, width, channels, data } = thumbnail(image, SIDE_MAX);
  const rgba = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let part = 0; part < 3; part++)
      rgba[4 * i + part] = data[channels === 1 ? i : 3 * i + part] as number;
    rgba[4 * i + 3] = 255;
  }
  return png(rgba, { height, width });
}

/** The cells, to lay over it. */
export function overlayPng(labels: LabelImage): Promise<Blob> {
  const pixels = overlayPixels(labels, SIDE_MAX);
  return png(pixels.data, pixels);
}
