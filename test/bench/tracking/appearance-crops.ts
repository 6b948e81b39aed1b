/**
 * Crops of cells for a network that looks: the image around a centre with the cell's own mask, at the size of its crowd.
 *
 * Two channels: light over the frame's own median and spread, and the mask (1 own, -1 other cells, 0 background). A crop
 * spans four median radii to each side of the centre's cell, so a network sees cells of one size whatever the movie.
 */
import { areaOf, type FrameDetections } from "#core/tracking/index.ts";

export const cropSide = 24;
export const cropLength = 2 * cropSide * cropSide;

/** Radii from the centre to the edge of a crop. */
const reachInRadii = 2;

export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly labels: ArrayLike<number>;
  readonly image: ArrayLike<number>;
}

/** Median radius of the cells of a frame, in pixels; 8 when there is none. */
export function medianRadius(frame: FrameDetections): number {
  const areas = Array.from(frame.labels, (_, at) => areaOf(frame, at)).sort((a, b) => a - b);
  const middle = areas[areas.length >> 1] ?? 0;
  return middle === 0 ? 8 : Math.sqrt(middle / Math.PI);
}

/** Median and spread (84th percentile above it) of a frame's pixels, from every eleventh. */
function lightOfFrame(image: ArrayLike<number>): { middle: number; spread: number } {
  const values: number[] = [];
  for (let i = 0; i < image.length; i += 11) values.push(image[i]!);
  values.sort((a, b) => a - b);
  const at = (share: number): number => values[Math.floor(share * (values.length - 1))]!;
  return { middle: at(0.5), spread: Math.max(1e-6, at(0.95) - at(0.5)) };
}

/** @returns crops of all detections of a frame, row-major [detections, 2, side, side]. Unions get the masks of both parts. */
export function cropsOfFrame(frame: FrameDetections, pixels: Pixels, radiusPx: number): Float32Array {
  const { height, width, labels, image } = pixels;
  const { middle, spread } = lightOfFrame(image);
  const crops = new Float32Array(frame.labels.length * cropLength);
  const parts = new Map<number, number[]>();
  for (let k = 0; k < (frame.parts?.length ?? 0); k += 3)
    parts.set(frame.parts![k]!, [frame.parts![k + 1]!, frame.parts![k + 2]!]);
  const step = (2 * reachInRadii * radiusPx) / (cropSide - 1);
  for (let at = 0; at < frame.labels.length; at++) {
    const own = (parts.get(at) ?? [at]).map((part) => frame.labels[part]!);
    const base = at * cropLength;
    for (let i = 0; i < cropSide; i++)
      for (let j = 0; j < cropSide; j++) {
        const y = Math.round(frame.y[at]! + (i - (cropSide - 1) / 2) * step);
        const x = Math.round(frame.x[at]! + (j - (cropSide - 1) / 2) * step);
        if (y < 0 || x < 0 || y >= height || x >= width) continue;
        const place = y * width + x;
        const label = labels[place]!;
        crops[base + i * cropSide + j] = Math.max(-3, Math.min(3, (image[place]! - middle) / spread));
        crops[base + cropSide * cropSide + i * cropSide + j] = label === 0 ? 0 : own.includes(label) ? 1 : -1;
      }
  }
  return crops;
}
