/**
 * The plane an annotator works on: a raster of numbers over the living objects of one frame and plane.
 *
 * The screen and the brush need "which object is here?" in one look-up; the layer knows objects by uid and shape. The
 * canvas holds both and is updated in place per change, at a cost of the changed area only. Numbers are private to a
 * canvas and never stored. Where a layer lets objects overlap, the raster shows the one with the largest number (the
 * one the canvas has known for the shortest time).
 */

import type { BoundingBox, LabelImage } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import {
  drawObjectShapeInPlace,
  forEachRun,
  type ObjectShape,
  shapeContains,
  shapesEqual,
} from "../labels/index.ts";
import { boxesMeet, unionOf } from "./box.ts";
import type { LayerState } from "./layer-state.ts";
import type { ObjectChange } from "./operation.ts";
import { ShapeIndex } from "./shape-index.ts";

export interface LabelCanvas {
  readonly height: number;
  readonly width: number;
  readonly t: number;
  readonly z: number;
  /** Whether objects of the layer may share pixels. */
  readonly overlapAllowed: boolean;
  /** Number of the object at each pixel, 0 = background. Changed by `applyChangesInPlace` only. */
  readonly labels: LabelImage;
  /** Present shapes of the objects of this plane. */
  readonly shapes: ReadonlyMap<string, ObjectShape>;
  /** Number of an object's uid, or 0. */
  numberOf(uid: string): number;
  /** Object with this number, or `undefined`. */
  uidOf(number: number): string | undefined;
  /** Object at pixel (y, x), the topmost where several are; `undefined` on background and outside. */
  uidAt(y: number, x: number): string | undefined;
  /** All objects at pixel (y, x), topmost first. */
  uidsAt(y: number, x: number): string[];
  /** Objects with pixels in a box (where they may overlap: whose boxes meet it), in order of number. Cost: O(pixels of the box). */
  uidsIn(box: BoundingBox): string[];
}

interface OwnedCanvas extends LabelCanvas {
  readonly shapes: Map<string, ObjectShape>;
  readonly numbers: Map<string, number>;
  readonly uids: (string | undefined)[];
  /** Only where objects may overlap: elsewhere the raster answers. */
  readonly index: ShapeIndex | null;
}

const owned = new WeakMap<LabelCanvas, OwnedCanvas>();

/**
 * Canvas of the objects of a layer that lie in one frame and plane.
 *
 * @param position  default frame 0, plane 0. Cost: O(area of the image).
 */
export function createCanvas(
  state: LayerState,
  position: { readonly t?: number; readonly z?: number } = {},
): LabelCanvas {
  const { height, width } = state;
  const t = position.t ?? 0;
  const z = position.z ?? 0;
  const overlapAllowed = state.overlapAllowed === true;
  const labels: LabelImage = { dtype: "int32", height, width, data: new Int32Array(height * width) };
  const shapes = new Map<string, ObjectShape>();
  const numbers = new Map<string, number>();
  const uids: (string | undefined)[] = [undefined];
  const index = overlapAllowed ? new ShapeIndex(width) : null;
  const canvas: OwnedCanvas = {
    ...{ height, width, t, z, overlapAllowed, labels, shapes, numbers, uids, index },
    numberOf: (uid) => numbers.get(uid) ?? 0,
    uidOf: (number) => uids[number],
    uidAt: (y, x) => {
      const [row, column] = [Math.round(y), Math.round(x)];
      if (row < 0 || column < 0 || row >= height || column >= width) return undefined;
      return uids[labels.data[row * width + column] as number];
    },
    uidsAt: (y, x) => uidsAt(canvas, Math.round(y), Math.round(x)),
    uidsIn: (box) => uidsIn(canvas, box),
  };
  owned.set(canvas, canvas);
  for (const [uid, shape] of state.objects) {
    if (shape.t !== t || shape.z !== z) continue;
    drawObjectShapeInPlace(shape, labels, numberFor(canvas, uid));
    setShape(canvas, uid, shape);
  }
  return canvas;
}

function uidsAt(canvas: OwnedCanvas, y: number, x: number): string[] {
  const top = canvas.uidAt(y, x);
  if (top === undefined || canvas.index === null) return top === undefined ? [] : [top];
  return uidsIn(canvas, [y, x, y + 1, x + 1])
    .filter((uid) => shapeContains(canvas.shapes.get(uid) as ObjectShape, y, x))
    .reverse();
}

function uidsIn(canvas: OwnedCanvas, box: BoundingBox): string[] {
  const found = new Set<number>();
  if (canvas.index === null) {
    const { data } = canvas.labels;
    for (let y = Math.max(0, box[0]); y < Math.min(canvas.height, box[2]); y++) {
      const row = y * canvas.width;
      const end = row + Math.min(canvas.width, box[3]);
      for (let i = row + Math.max(0, box[1]), last = 0; i < end; i++) {
        const number = data[i] as number;
        if (number !== last && number !== 0) found.add(number);
        last = number;
      }
    }
  } else {
    for (const uid of canvas.index.near(box)) {
      if (boxesMeet((canvas.shapes.get(uid) as ObjectShape).bbox, box)) found.add(canvas.numberOf(uid));
    }
  }
  return [...found].sort((a, b) => a - b).map((number) => canvas.uids[number] as string);
}

/** Number of a uid; a uid keeps its number while the canvas lives, so colours do not jump on undo. */
function numberFor(canvas: OwnedCanvas, uid: string): number {
  const known = canvas.numbers.get(uid);
  if (known !== undefined) return known;
  const number = canvas.uids.length;
  canvas.uids.push(uid);
  canvas.numbers.set(uid, number);
  return number;
}

function setShape(canvas: OwnedCanvas, uid: string, shape: ObjectShape | null): void {
  const present = canvas.shapes.get(uid);
  if (present !== undefined) canvas.index?.remove(uid, present.bbox);
  if (shape === null) canvas.shapes.delete(uid);
  else {
    canvas.shapes.set(uid, shape);
    canvas.index?.add(uid, shape.bbox);
  }
}

/**
 * Applies changes to the canvas, or leaves it as it was and throws. Changes of other frames and planes are skipped.
 *
 * @returns box of all pixels that may have changed, or `null` when nothing lies on this canvas.
 * @throws FoundryError `revision.conflict` as `applyOperation` does. Cost: O(area of the changes).
 */
export function applyChangesInPlace(
  canvas: LabelCanvas,
  changes: readonly ObjectChange[],
): BoundingBox | null {
  const own = owned.get(canvas);
  assert(own !== undefined, "a canvas is made by createCanvas only");
  const here = (shape: ObjectShape | null): shape is ObjectShape =>
    shape !== null && shape.t === canvas.t && shape.z === canvas.z;
  for (const { uid, before } of changes) {
    const present = own.shapes.get(uid);
    const agrees = here(before)
      ? present !== undefined && shapesEqual(present, before)
      : present === undefined;
    if (!agrees) throw conflict("The object was changed since this edit began.", { uid });
  }
  if (own.index === null) redrawApartInPlace(own, changes, here);
  let box: BoundingBox | null = null;
  for (const { uid, before, after } of changes) {
    if (here(before)) box = unionOf(before.bbox, box ?? undefined);
    if (here(after)) {
      box = unionOf(after.bbox, box ?? undefined);
      numberFor(own, uid);
      setShape(own, uid, after);
    } else setShape(own, uid, null);
  }
  if (own.index !== null) {
    for (const { before, after } of changes) {
      if (here(before)) redrawBoxInPlace(own, before.bbox);
      if (here(after)) redrawBoxInPlace(own, after.bbox);
    }
  }
  return box;
}

/** Draws changes where objects may not overlap; when one would, puts everything back and throws. */
function redrawApartInPlace(
  own: OwnedCanvas,
  changes: readonly ObjectChange[],
  here: (shape: ObjectShape | null) => shape is ObjectShape,
): void {
  for (const { before } of changes) if (here(before)) drawObjectShapeInPlace(before, own.labels, 0);
  for (let k = 0; k < changes.length; k++) {
    const { uid, after } = changes[k] as ObjectChange;
    if (!here(after)) continue;
    const other = firstNumberUnder(own.labels, after);
    if (other === 0) {
      drawObjectShapeInPlace(after, own.labels, numberFor(own, uid));
      continue;
    }
    for (const { after: drawn } of changes.slice(0, k))
      if (here(drawn)) drawObjectShapeInPlace(drawn, own.labels, 0);
    for (const change of changes) {
      if (here(change.before)) drawObjectShapeInPlace(change.before, own.labels, numberFor(own, change.uid));
    }
    throw conflict("The edit would put an object on top of another one.", { uid, other: own.uids[other] });
  }
}

/** Draws a box again from the shapes that reach into it, larger numbers on top. */
function redrawBoxInPlace(own: OwnedCanvas, [y0, x0, y1, x1]: BoundingBox): void {
  const { width, data } = own.labels;
  for (let y = y0; y < y1; y++) data.fill(0, y * width + x0, y * width + x1);
  for (const uid of uidsIn(own, [y0, x0, y1, x1])) {
    const number = own.numberOf(uid);
    forEachRun(own.shapes.get(uid) as ObjectShape, (y, from, end) => {
      if (y < y0 || y >= y1) return;
      const [first, last] = [Math.max(x0, from), Math.min(x1, end)];
      if (first < last) data.fill(number, y * width + first, y * width + last);
    });
  }
}

function conflict(message: string, details: Record<string, unknown>): FoundryError {
  const hint = "Look at the present outlines and repeat the edit if it is still needed.";
  return new FoundryError("revision.conflict", { message, hint, details });
}

/** Any number other than 0 under a shape, or 0. */
function firstNumberUnder(labels: LabelImage, shape: ObjectShape): number {
  let found = 0;
  forEachRun(shape, (y, x0, x1) => {
    for (let i = y * labels.width + x0; found === 0 && i < y * labels.width + x1; i++) {
      found = labels.data[i] as number;
    }
  });
  return found;
}
