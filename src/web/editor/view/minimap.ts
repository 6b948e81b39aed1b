/** Where the part on the screen lies in the whole image: sizes and places of the minimap. Pure. */

import { type Size, scaleOf, type View, type WorldPoint } from "./view-maths.ts";

/** Longest side of the minimap, screen px. */
const minimapPx = 132;
/** A long strip of tissue is still a strip one can see. */
const shortestPx = 24;
/** When nearly all is in sight a map tells nothing. */
const allSeen = 0.97;

/** Size of the map on the screen; a very long image is squeezed across. */
export function minimapSize({ height, width }: Size): Size {
  const scale = minimapPx / Math.max(height, width);
  return { height: Math.max(shortestPx, height * scale), width: Math.max(shortestPx, width * scale) };
}

export interface MapBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is on the screen, in px of the map; null while the image is seen (nearly) whole. */
export function seenOnMap(view: View, viewport: Size, image: Size): MapBox | null {
  const scale = scaleOf(view);
  const along = (target: number, seen: number, size: number): readonly [from: number, share: number] => {
    const from = Math.max(0, Math.min(size, target - seen / scale / 2));
    const to = Math.max(0, Math.min(size, target + seen / scale / 2));
    return [from / size, (to - from) / size];
  };
  const [y, high] = along(view.target.y, viewport.height, image.height);
  const [x, wide] = along(view.target.x, viewport.width, image.width);
  if (high >= allSeen && wide >= allSeen) return null;
  const map = minimapSize(image);
  return { x: x * map.width, y: y * map.height, width: wide * map.width, height: high * map.height };
}

/** Place in the image under a point of the map; outside of the map its nearest border. */
export function placeOnMap(at: { readonly x: number; readonly y: number }, image: Size): WorldPoint {
  const map = minimapSize(image);
  const share = (value: number, size: number): number => Math.min(1, Math.max(0, value / size));
  return { y: share(at.y, map.height) * image.height, x: share(at.x, map.width) * image.width };
}
