/**
 * Differences as a picture: every cell that one side sees otherwise, in the colour of how it differs.
 *
 * A canvas of its own on which both sides may lie on top of each other: of a moved cell and of one that only the first has
 * the first side's shape, of the others the second's on top. So the parts of a split show their borders.
 */

import { createCanvas, type LabelCanvas } from "#core/edits/index.ts";
import type { ObjectShape, Rgb } from "#core/labels/index.ts";
import type { Disagreement, LayerDifference } from "#core/versions/index.ts";

/**
 * After Okabe and Ito (2008), as `verbColours`: red is kept for what the second side does not have, green for what only
 * it has.
 */
export const differenceColours: Readonly<Record<Disagreement, Rgb>> = {
  onlyFirst: [235, 95, 75],
  onlySecond: [0, 200, 140],
  split: [240, 200, 60],
  merged: [215, 130, 200],
  moved: [86, 180, 233],
};

export interface DifferencePicture {
  readonly canvas: LabelCanvas;
  readonly colourOf: (uid: string) => Rgb;
  /** Number of the difference a shape of the canvas belongs to. */
  readonly differenceOf: (uid: string) => number | undefined;
}

/** @param shown  which kinds are drawn. Cost: O(differences). */
export function drawDifferences(
  size: { readonly height: number; readonly width: number },
  plane: { readonly t: number; readonly z: number },
  differences: readonly LayerDifference[],
  shown: ReadonlySet<Disagreement>,
): DifferencePicture {
  const objects = new Map<string, ObjectShape>();
  const colours = new Map<string, Rgb>();
  const numbers = new Map<string, number>();
  differences.forEach(({ kind, first, second }, k) => {
    if (!shown.has(kind)) return;
    const below = kind === "moved" || kind === "onlyFirst" ? first : [];
    [...below, ...second].forEach(({ shape }, i) => {
      const uid = `${k}.${i}`;
      objects.set(uid, shape);
      colours.set(uid, differenceColours[kind]);
      numbers.set(uid, k);
    });
  });
  return {
    canvas: createCanvas({ ...size, objects, overlapAllowed: true }, plane),
    colourOf: (uid) => colours.get(uid) ?? [255, 255, 255],
    differenceOf: (uid) => numbers.get(uid),
  };
}
