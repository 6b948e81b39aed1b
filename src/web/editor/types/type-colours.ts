/**
 * Colours of types: the project's own types have fixed ones, in their order, so that a type looks the same in every image;
 * others take the next free ones. Hues tell apart for colour-blind eyes (Okabe and Ito 2008, then Tol's muted set).
 */

import { type CellTypes, termsOf } from "#core/cell-types/index.ts";
import type { Rgb } from "#core/labels/index.ts";

const palette: readonly Rgb[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [204, 121, 167],
  [213, 94, 0],
  [61, 133, 219],
  [136, 204, 238],
  [153, 153, 51],
  [170, 68, 153],
  [221, 204, 119],
  [68, 170, 153],
  [204, 102, 119],
  [190, 140, 255],
];

/** Looked at, and nobody could tell. */
export const unknownColour: Rgb = [200, 200, 200];
/** Nobody looked. */
export const notLookedColour: Rgb = [96, 98, 104];

/** @param own  the project's types in their order. @param used  terms of this image. */
export function typeColours(own: readonly string[], used: Iterable<string>): Map<string, Rgb> {
  const terms = [...new Set([...own, ...[...used].sort()])];
  return new Map(terms.map((term, i) => [term, palette[i % palette.length] as Rgb]));
}

/** A cell with several types has the colour of the first of the project's own, else of its first term. */
export function colourOfTypes(
  types: CellTypes | null,
  colours: ReadonlyMap<string, Rgb>,
  rank: ReadonlyMap<string, number>,
): Rgb {
  if (types === null) return notLookedColour;
  const terms = termsOf(types).sort((a, b) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity));
  const [first] = terms;
  return first === undefined ? unknownColour : (colours.get(first) ?? unknownColour);
}
