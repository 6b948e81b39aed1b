/** Words and colours of the verbs on the page; the colours are those of the pictures of the command line. */

import { type ChangeVerb, unchangedColour, verbColours } from "#core/versions/index.ts";

const css = (colour: readonly number[]): string => `rgb(${colour.join(" ")})`;

export const verbColour = (verb: ChangeVerb): string => css(verbColours[verb]);
export const unchangedCss = css(unchangedColour);

const words: Readonly<Record<ChangeVerb, string>> = {
  reshaped: "Reshaped",
  added: "Added",
  removed: "Removed",
  split: "Split",
  merged: "Merged",
  reclassified: "Type changed",
};

export const verbWord = (verb: ChangeVerb): string => words[verb];
