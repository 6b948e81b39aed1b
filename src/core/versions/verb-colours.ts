/** One colour per verb, the same in pictures of the command line and on the page; apart for colour-blind eyes too. */

import type { ChangeVerb } from "./object-change.ts";

export type Colour = readonly [red: number, green: number, blue: number];

/** After Okabe and Ito (2008), lightened for dark ground; red is kept for what is gone. */
export const verbColours: Readonly<Record<ChangeVerb, Colour>> = {
  reshaped: [86, 180, 233],
  added: [0, 200, 140],
  removed: [235, 95, 75],
  split: [240, 200, 60],
  merged: [215, 130, 200],
  reclassified: [230, 159, 0],
};

/** Objects that did not change. */
export const unchangedColour: Colour = [130, 135, 140];
