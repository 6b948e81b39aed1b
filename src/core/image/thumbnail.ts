/**
 * A small picture of an image for lists: contrast from the 1st to the 99.8th percentile of each channel.
 *
 * One channel gives grey; several are mixed in the colours microscopists expect of a first look (blue for the first,
 * which most often is the nuclear stain, then green, red, and so on); uint8 images of exactly three channels are taken
 * as colour photographs when `colour` says so.
 */

import { axisLength, channelPlane, type ImageArray } from "../array/index.ts";
import { percentiles } from "./percentile.ts";
import { resamplePlane } from "./resample.ts";

export interface Thumbnail {
  readonly height: number;
  readonly width: number;
  /** 1: `data` is grey; 3: `data` is RGB, interleaved. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Red, green, blue share of each channel when several are shown at once. */
const mixColours = [
  [0.25, 0.35, 1],
  [0.1, 1, 0.2],
  [1, 0.15, 0.15],
  [1, 0.8, 0],
  [1, 0.2, 1],
  [0, 0.9, 0.9],
] as const;

export interface ThumbnailOptions {
  readonly t?: number;
  readonly z?: number;
  /** Three channels are red, green and blue of a photograph and keep their own contrast. Default false. */
  readonly colour?: boolean;
}

/**
 * @param maxSide  longest side of the result in pixels; smaller images keep their size.
 * @returns grey or RGB bytes, row-major. Cost: O(pixels of the shown planes).
 */
export function thumbnail(image: ImageArray, maxSide: number, options: ThumbnailOptions = {}): Thumbnail {
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  const shrink = Math.min(1, maxSide / Math.max(height, width));
  const [h, w] = [Math.max(1, Math.round(height * shrink)), Math.max(1, Math.round(width * shrink))];
  const count = Math.min(axisLength(image, "c"), mixColours.length);
  const position = { t: options.t ?? 0, z: options.z ?? 0 };
  const asPhoto = options.colour === true && axisLength(image, "c") === 3;
  const shown = Array.from({ length: count }, (_, c) => {
    const plane = channelPlane(image, { ...position, c });
    const [from, to] = asPhoto && image.dtype === "uint8" ? [0, 255] : contrast(plane);
    const small = shrink === 1 ? plane : resamplePlane(plane, h, w);
    return { data: small.data, from, scale: to > from ? 1 / (to - from) : 0 };
  });
  const level = (c: number, i: number): number => {
    const channel = shown[c] as (typeof shown)[number];
    const value = ((channel.data[i] as number) - channel.from) * channel.scale;
    return value > 0 ? Math.min(1, value) : 0;
  };
  if (count === 1) {
    const grey = Uint8Array.from({ length: h * w }, (_, i) => Math.round(255 * level(0, i)));
    return { height: h, width: w, channels: 1, data: grey };
  }
  const rgb = new Uint8Array(3 * h * w);
  for (let i = 0; i < h * w; i++) {
    for (let part = 0; part < 3; part++) {
      let sum = 0;
      for (let c = 0; c < count; c++) {
        const share = asPhoto ? (c === part ? 1 : 0) : ((mixColours[c] as readonly number[])[part] as number);
        sum += share * level(c, i);
      }
      rgb[3 * i + part] = Math.round(255 * Math.min(1, sum));
    }
  }
  return { height: h, width: w, channels: 3, data: rgb };
}

function contrast(plane: Parameters<typeof percentiles>[0]): readonly [number, number] {
  let anyFinite = false;
  for (let i = 0; i < plane.data.length && !anyFinite; i++) anyFinite = Number.isFinite(plane.data[i]);
  if (!anyFinite) return [0, 0];
  return percentiles(plane, [1, 99.8]) as [number, number];
}
