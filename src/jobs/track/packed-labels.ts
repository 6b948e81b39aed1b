/**
 * Label images of a movie kept until its tracks are known, deflated: a frame of cells takes some hundredth of its pixels.
 *
 * Tracks are final windows after their pixels were seen, and writers want them once more, so either pixels or the
 * segmentation itself would have to be kept; this is the cheaper one.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type LabelImage, labelImage } from "#core/array/index.ts";

export interface PackedLabels {
  /** Frames come in order. */
  push(labels: LabelImage): void;
  /** A new copy of the labels of frame `t`. */
  read(t: number): LabelImage;
  /** Bytes kept. */
  bytes(): number;
}

// Fastest: labels are long runs, higher levels gain a few hundredths of the size.
const level = 1;

export function createPackedLabels(height: number, width: number): PackedLabels {
  const frames: Uint8Array[] = [];
  return {
    push({ data }) {
      frames.push(deflateRawSync(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { level }));
    },
    read(t) {
      const bytes = new Uint8Array(inflateRawSync(frames[t]!));
      return labelImage(height, width, new Int32Array(bytes.buffer, bytes.byteOffset, height * width));
    },
    bytes: () => frames.reduce((sum, { length }) => sum + length, 0),
  };
}
