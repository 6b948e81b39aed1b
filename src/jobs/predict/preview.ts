/**
 * A small picture of an image that comes in rows, and of its labels: every n-th pixel, taken as rows pass.
 */
import { type ImageArray, imageArray, type LabelImage, labelImage, type Plane } from "#core/array/index.ts";
import type { LabelRows, RowSource } from "#nn/index.ts";

// Longest side of the picture; the page shows no more.
const SIDE_MAX = 2048;

export interface Preview {
  /** The source, looked over the shoulder: rows of its first input are sampled when they are read. */
  readonly rows: RowSource;
  /** Samples label rows of the first compartment. */
  see(rows: LabelRows): void;
  image(): ImageArray;
  labels(): LabelImage;
}

export function previewOf(source: RowSource): Preview {
  const step = Math.max(1, Math.ceil(Math.max(source.height, source.width) / SIDE_MAX));
  const height = Math.ceil(source.height / step);
  const width = Math.ceil(source.width / step);
  const first = source.present.indexOf(true);
  const pixels = new Float32Array(height * width);
  const labels = labelImage(height, width);
  const sample = (plane: Plane, y0: number, into: Float32Array | Int32Array): void => {
    for (let y = Math.ceil(y0 / step) * step; y < y0 + plane.height; y += step) {
      const row = (y - y0) * plane.width;
      const at = (y / step) * width;
      for (let x = 0; x < width; x++) into[at + x] = plane.data[row + x * step] as number;
    }
  };
  return {
    rows: {
      ...source,
      async readRows(c, y0, rows) {
        const plane = await source.readRows(c, y0, rows);
        if (c === first) sample(plane, y0, pixels);
        return plane;
      },
    },
    see({ compartment, y0, labels: rows }) {
      if (compartment === 0) sample(rows, y0, labels.data);
    },
    image: () => imageArray("float32", "yx", [height, width], pixels),
    labels: () => labels,
  };
}
