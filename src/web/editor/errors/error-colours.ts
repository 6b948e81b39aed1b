/**
 * Colours of error classes on the image: what is right recedes, what is wrong does not, and each kind of wrong is another hue.
 *
 * They lie on pixels of any brightness, so they are the same in both schemes; white is left to selected cells.
 */

import type { Rgb } from "#core/labels/index.ts";
import type { ErrorClass } from "#core/metrics/index.ts";

export const errorColours: Readonly<Record<ErrorClass, Rgb>> = {
  correct: [125, 175, 185],
  split: [240, 190, 70],
  merge: [200, 120, 225],
  missed: [245, 90, 75],
  gained: [100, 225, 225],
  catastrophe: [90, 150, 255],
};
