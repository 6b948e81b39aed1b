/**
 * The plane an annotator works on: a raster of numbers over the living objects of one frame and plane.
 *
 * The screen and the brush need "which object is here?" in one look-up; the layer knows objects by uid and shape. The
 * canvas holds both and is updated in place per change, at a cost of the changed area only. Numbers are private to a
 * canvas and never stored.
 */

import type { BoundingBox, LabelImage } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import { drawObjectShapeInPlace, forEachRun, type ObjectShape, shapesEqual } from "../labels/index.ts";
import type { LayerState } from "./layer-state.ts";
import type { ObjectChange } from "./operation.ts";

export interface LabelCanvas {
  readonly height: number;
  readonly width: number;
  readonly t: number;
  readonly z: number;
  /** Number of the object at each pixel, 0 = background. Changed by `applyChangesInPlace` only. */
  readonly labels: LabelImage;
  /** Present shapes of the objects of this plane. */
  readonly shapes: ReadonlyMap<string, ObjectShape>;
  /** Number of an object's uid, or 0. */
  numberOf(uid: string): number;
  /** Object with this number, or `undefined`. */
  uidOf(number: number): string | undefined;
  /** Object at pixel (y, x), or `undefined` on background and outside. */
  uidAt(y: number, x: number): string | undefined;
}

interface OwnedCanvas extends LabelCanvas {
  readonly shapes: Map<string, ObjectShape>;
  readonly numbers: Map<string, number>;
  readonly uids: (string | undefined)[];
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
  const labels: LabelImage = { dtype: "int32", height, width, data: new Int32Array(height * width) };
  const numbers = new Map<string, number>();
  const uids: (string | undefined)[] = [undefined];
  const canvas: OwnedCanvas = {
    height,
    width,
    t,
    z,
    labels,
    shapes: new Map(),
    numbers,
    uids,
    numberOf: (uid) => numbers.get(uid) ?? 0,
    uidOf: (number) => uids[number],
    uidAt: (y, x) => {
      const [row, column] = [Math.round(y), Math.round(x)];
      if (row < 0 || column < 0 || row >= height || column >= width) return undefined;
      return uids[labels.data[row * width + column] as number];
    },
  };
  owned.set(canvas, canvas);
  for (const [uid, shape] of state.objects) {
    if (shape.t !== t || shape.z !== z) continue;
    setShape(canvas, uid, shape);
  }
  return canvas;
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

function setShape(canvas: OwnedCanvas, uid: string, shape: ObjectShape): void {
  drawObjectShapeInPlace(shape, canvas.labels, numberFor(canvas, uid));
  canvas.shapes.set(uid, shape);
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
  let box: BoundingBox | null = null;
  for (const { uid, before, after } of changes) {
    if (here(before)) box = unionBox(box, before.bbox);
    if (here(after)) {
      box = unionBox(box, after.bbox);
      own.shapes.set(uid, after);
    } else own.shapes.delete(uid);
  }
  return box;
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

function unionBox(a: BoundingBox | null, b: BoundingBox): BoundingBox {
  if (a === null) return b;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
