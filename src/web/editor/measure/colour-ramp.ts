/**
 * Colours for a feature of the cells: dark blue over teal to light yellow.
 *
 * Lightness grows all the way, so the order can be seen without seeing hues; grey stands for "not known". Between the
 * anchors colours are mixed linearly in sRGB, which is near enough for steps this small.
 */

import type { Rgb } from "#core/labels/index.ts";

const anchors: readonly Rgb[] = [
  [58, 50, 140],
  [40, 98, 160],
  [24, 138, 150],
  [52, 176, 120],
  [150, 206, 82],
  [250, 232, 100],
];

export const unknownColour: Rgb = [150, 150, 150];

/** @param share  0..1, taken as the nearer end outside of it; NaN is grey. */
export function rampColour(share: number): Rgb {
  if (Number.isNaN(share)) return unknownColour;
  const at = Math.min(1, Math.max(0, share)) * (anchors.length - 1);
  const below = Math.min(anchors.length - 2, Math.floor(at));
  const [a, b] = [anchors[below] as Rgb, anchors[below + 1] as Rgb];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (at - below));
  return [mix(0), mix(1), mix(2)];
}

/** For a legend. */
export const rampGradient = `linear-gradient(to right, ${anchors.map((colour) => `rgb(${colour.join(" ")})`).join(", ")})`;
