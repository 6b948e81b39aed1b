/**
 * What happens where a tool wants pixels that belong to another object: the one place that decides.
 *
 * - `exclude` (default everywhere): who is there stays; the tool gets the rest. No neighbour ever changes.
 * - `overwrite`: the tool gets them, the others lose them; an object left empty is removed.
 * - `overlap`: both have them, on layers that allow it.
 */

import { FoundryError } from "../errors.ts";
import { type ObjectShape, shapeContains, shapesEqual } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { drawShapeInPlace, emptyPatch, type Patch, patchBox, patchShape } from "./patch.ts";

export const writeModes = ["exclude", "overwrite", "overlap"] as const;

export type WriteMode = (typeof writeModes)[number];

/** The mode after this one, in turn; `overlap` is left out where cells may not. */
export function nextWriteMode(mode: WriteMode, overlapAllowed: boolean): WriteMode {
  const possible = writeModes.filter((one) => one !== "overlap" || overlapAllowed);
  return possible[(possible.indexOf(mode) + 1) % possible.length] as WriteMode;
}

/**
 * Changes that make an object what a patch marks, as far as the mode lets it. A uid that is not on the canvas is born.
 *
 * @param wanted  all pixels the object shall have, not only the new ones.
 * @returns none when nothing differs.
 * @throws FoundryError `edit.invalid` for `overlap` on a layer that does not allow it. Cost: O(patch and the boxes of
 *         the objects under it).
 */
export function writeObject(
  canvas: LabelCanvas,
  uid: string,
  wanted: Patch,
  mode: WriteMode,
): ObjectChange[] {
  if (mode === "overlap" && !canvas.overlapAllowed) {
    throw new FoundryError("edit.invalid", {
      message: "Cells of this layer may not overlap.",
      hint: "Draw around the other cells or over them, or use a layer that allows overlap.",
      details: { uid },
    });
  }
  const before = canvas.shapes.get(uid) ?? null;
  const kept = mode === "exclude" ? withoutOthers(canvas, uid, before, wanted) : wanted;
  const changes = changeOf(uid, before, patchShape(canvas, kept));
  if (mode === "overwrite" && changes.length > 0) changes.push(...erasePixels(canvas, wanted, uid));
  return changes;
}

/**
 * Pixels of a patch that background or the object itself holds now. On a layer with overlap the object keeps what it
 * shares already.
 */
export function withoutOthers(
  canvas: LabelCanvas,
  uid: string,
  before: ObjectShape | null,
  wanted: Patch,
): Patch {
  const own = canvas.numberOf(uid);
  const shares = canvas.overlapAllowed && before !== null;
  const data = wanted.data.slice();
  const numbers = canvas.numbersIn(patchBox(wanted));
  for (let row = 0; row < wanted.height; row++) {
    for (let column = 0; column < wanted.width; column++) {
      const i = row * wanted.width + column;
      if (data[i] === 0) continue;
      const number = numbers[i] as number;
      if (number === 0 || number === own) continue;
      if (!shares || !shapeContains(before, wanted.y0 + row, wanted.x0 + column)) data[i] = 0;
    }
  }
  return { ...wanted, data };
}

/**
 * Takes the marked pixels from the objects that have them; one left without pixels is removed.
 *
 * @param except  object that keeps them. @param only  the one object that loses any. Cost as `writeObject`.
 */
export function erasePixels(
  canvas: LabelCanvas,
  marked: Patch,
  except?: string,
  only?: string,
): ObjectChange[] {
  const changes: ObjectChange[] = [];
  const uids = only === undefined ? uidsUnder(canvas, marked) : [only];
  for (const uid of uids) {
    const before = canvas.shapes.get(uid);
    if (before === undefined || uid === except) continue;
    const rest = emptyPatch(canvas, before.bbox);
    if (rest === null) continue;
    drawShapeInPlace(rest, before, 1);
    unmarkInPlace(rest, marked);
    changes.push(...changeOf(uid, before, patchShape(canvas, rest)));
  }
  return changes;
}

/** Objects with a marked pixel, and where objects may overlap also some near. */
function uidsUnder(canvas: LabelCanvas, marked: Patch): string[] {
  if (canvas.overlapAllowed) return canvas.uidsIn(patchBox(marked));
  const found = new Set<number>();
  const numbers = canvas.numbersIn(patchBox(marked));
  for (let i = 0, last = 0; i < numbers.length; i++) {
    if (marked.data[i] === 0) continue;
    const number = numbers[i] as number;
    if (number !== 0 && number !== last) found.add(number);
    last = number;
  }
  return [...found].map((number) => canvas.uidOf(number) as string);
}

/** Takes out of `from` what `marked` marks. Changes `from`. */
function unmarkInPlace(from: Patch, marked: Patch): void {
  const y1 = Math.min(marked.y0 + marked.height, from.y0 + from.height);
  const x1 = Math.min(marked.x0 + marked.width, from.x0 + from.width);
  for (let y = Math.max(marked.y0, from.y0); y < y1; y++) {
    for (let x = Math.max(marked.x0, from.x0); x < x1; x++) {
      if (marked.data[(y - marked.y0) * marked.width + x - marked.x0] === 1) {
        from.data[(y - from.y0) * from.width + x - from.x0] = 0;
      }
    }
  }
}

/** One change, or none when both sides are the same. */
export function changeOf(uid: string, before: ObjectShape | null, after: ObjectShape | null): ObjectChange[] {
  if (before === null && after === null) return [];
  if (before !== null && after !== null && shapesEqual(before, after)) return [];
  return [{ uid, before, after }];
}
