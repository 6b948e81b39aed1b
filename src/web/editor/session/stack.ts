/**
 * Which of several overlapping cells lies on top: the one with the larger label, as in every label image the server makes.
 *
 * A canvas numbers cells in the order it is given them. A cell that the server has not numbered yet is newer than all that it
 * has. Where two people drew at once, the server's order may turn out to be another one than the page's.
 */

import type { LabelCanvas } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";

type Labels = ReadonlyMap<string, number>;

/** Shapes from the lowest to the topmost; as they are where cells lie apart. Cost: O(n log n) where they may overlap. */
export function inStack(
  shapes: ReadonlyMap<string, ObjectShape>,
  labels: Labels,
  overlapAllowed: boolean,
): ReadonlyMap<string, ObjectShape> {
  if (!overlapAllowed) return shapes;
  const rank = (uid: string): number => labels.get(uid) ?? Number.MAX_SAFE_INTEGER;
  return new Map([...shapes].sort(([a], [b]) => rank(a) - rank(b)));
}

/** Whether the order of a canvas is that of the labels, as far as they are known. Cost: O(n log n) where cells may overlap. */
export function isStacked(canvas: LabelCanvas, labels: Labels): boolean {
  if (!canvas.overlapAllowed) return true;
  const known = [...canvas.shapes.keys()]
    .sort((a, b) => canvas.numberOf(a) - canvas.numberOf(b))
    .flatMap((uid) => labels.get(uid) ?? []);
  return known.every((label, i) => i === 0 || (known[i - 1] as number) <= label);
}
