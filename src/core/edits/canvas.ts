/**
 * The plane an annotator works on: a raster of numbers over the living objects of one frame and plane.
 *
 * The screen and the brush need "which object is here?" in one look-up; the layer knows objects by uid and shape. The
 * canvas holds both and is updated in place per change, at a cost of the changed area only. The raster is held in blocks
 * where someone looks (`LabelBlocks`), so that neither opening nor editing a slide costs its area. Numbers are private to
 * a canvas and never stored. Where a layer lets objects overlap, the raster shows the one with the largest number (the
 * one the canvas has known for the shortest time).
 */

import type { BoundingBox, LabelImage } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import {
  createShapeGrid,
  forEachRun,
  type ObjectShape,
  shapeContains,
  shapesEqual,
  shapesOverlap,
} from "../labels/index.ts";
import { boxesMeet, unionOf } from "./box.ts";
import { blockSide, LabelBlocks } from "./label-blocks.ts";
import type { LayerState } from "./layer-state.ts";
import type { ObjectChange } from "./operation.ts";
import { drawOnSamplesInPlace, type Samples } from "./samples.ts";
import { ShapeIndex } from "./shape-index.ts";

export interface LabelCanvas {
  readonly height: number;
  readonly width: number;
  readonly t: number;
  readonly z: number;
  /** Whether objects of the layer may share pixels. */
  readonly overlapAllowed: boolean;
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
  /** Number of the object at a pixel of the canvas, 0 = background. Both are whole numbers inside the canvas. */
  numberAt(y: number, x: number): number;
  /** Numbers in a box inside the canvas, row-major; a copy. Cost: O(pixels of the box). */
  numbersIn(box: BoundingBox): Int32Array;
  /** Numbers at every `step`-th pixel from (y0, x0) on, 0 outside the canvas. Cost: O(samples + rows of objects there). */
  samplesFrom(samples: Samples): Int32Array;
}

interface OwnedCanvas extends LabelCanvas {
  readonly shapes: Map<string, ObjectShape>;
  readonly numbers: Map<string, number>;
  readonly uids: (string | undefined)[];
  readonly index: ShapeIndex;
  readonly blocks: LabelBlocks;
}

const owned = new WeakMap<LabelCanvas, OwnedCanvas>();

/**
 * Canvas of the objects of a layer that lie in one frame and plane.
 *
 * @param position  default frame 0, plane 0. Cost: O(objects); the area counts only where it is looked at.
 */
export function createCanvas(
  state: LayerState,
  position: { readonly t?: number; readonly z?: number } = {},
): LabelCanvas {
  const { height, width } = state;
  const t = position.t ?? 0;
  const z = position.z ?? 0;
  const overlapAllowed = state.overlapAllowed === true;
  const shapes = new Map<string, ObjectShape>();
  const numbers = new Map<string, number>();
  const uids: (string | undefined)[] = [undefined];
  const index = new ShapeIndex(width);
  const blocks = new LabelBlocks(height, width, (data, y0, x0) => {
    const samples = { y0, x0, rows: data.length / blockSide, columns: blockSide, step: 1 };
    drawSamplesInPlace(canvas, samples, data);
  });
  const canvas: OwnedCanvas = {
    ...{ height, width, t, z, overlapAllowed, shapes, numbers, uids, index, blocks },
    numberOf: (uid) => numbers.get(uid) ?? 0,
    uidOf: (number) => uids[number],
    uidAt: (y, x) => {
      const [row, column] = [Math.round(y), Math.round(x)];
      if (row < 0 || column < 0 || row >= height || column >= width) return undefined;
      return uids[blocks.numberAt(row, column)];
    },
    uidsAt: (y, x) => uidsAt(canvas, Math.round(y), Math.round(x)),
    uidsIn: (box) => uidsIn(canvas, box),
    numberAt: (y, x) => blocks.numberAt(y, x),
    numbersIn: (box) => blocks.copyBox(box),
    samplesFrom: (samples) => {
      const data = new Int32Array(samples.rows * samples.columns);
      drawSamplesInPlace(canvas, samples, data);
      return data;
    },
  };
  owned.set(canvas, canvas);
  for (const [uid, shape] of state.objects) {
    if (shape.t !== t || shape.z !== z) continue;
    numberFor(canvas, uid);
    setShape(canvas, uid, shape);
  }
  return canvas;
}

/** All numbers of a canvas. For small planes and tests. Cost: O(area). */
export function renderCanvas(canvas: LabelCanvas): LabelImage {
  const { height, width } = canvas;
  return { dtype: "int32", height, width, data: canvas.numbersIn([0, 0, height, width]) };
}

/** Draws the objects that reach into the samples, larger numbers on top. Changes `data`. */
function drawSamplesInPlace(canvas: OwnedCanvas, samples: Samples, data: Int32Array): void {
  const { y0, x0, rows, columns, step } = samples;
  const box: BoundingBox = [
    Math.max(0, y0),
    Math.max(0, x0),
    Math.min(canvas.height, y0 + rows * step),
    Math.min(canvas.width, x0 + columns * step),
  ];
  if (box[0] >= box[2] || box[1] >= box[3]) return;
  const near = [...canvas.index.near(box)];
  // Only where objects overlap does the order show.
  if (canvas.overlapAllowed) near.sort((a, b) => canvas.numberOf(a) - canvas.numberOf(b));
  for (const uid of near)
    drawOnSamplesInPlace(canvas.shapes.get(uid) as ObjectShape, samples, canvas.numberOf(uid), data);
}

function uidsAt(canvas: OwnedCanvas, y: number, x: number): string[] {
  const top = canvas.uidAt(y, x);
  if (top === undefined || !canvas.overlapAllowed) return top === undefined ? [] : [top];
  return uidsIn(canvas, [y, x, y + 1, x + 1])
    .filter((uid) => shapeContains(canvas.shapes.get(uid) as ObjectShape, y, x))
    .reverse();
}

function uidsIn(canvas: OwnedCanvas, box: BoundingBox): string[] {
  const found = new Set<number>();
  const cut: BoundingBox = [
    Math.max(0, box[0]),
    Math.max(0, box[1]),
    Math.min(canvas.height, box[2]),
    Math.min(canvas.width, box[3]),
  ];
  if (cut[0] >= cut[2] || cut[1] >= cut[3]) return [];
  for (const uid of canvas.index.near(cut)) {
    const shape = canvas.shapes.get(uid) as ObjectShape;
    if (!boxesMeet(shape.bbox, cut)) continue;
    if (canvas.overlapAllowed || reachesInto(shape, cut)) found.add(canvas.numberOf(uid));
  }
  return [...found].sort((a, b) => a - b).map((number) => canvas.uids[number] as string);
}

/** Whether a shape has a pixel in a box. */
function reachesInto(shape: ObjectShape, [y0, x0, y1, x1]: BoundingBox): boolean {
  let reaches = false;
  forEachRun(
    shape,
    (_, from, end) => {
      if (from < x1 && end > x0) reaches = true;
    },
    [y0, y1],
  );
  return reaches;
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
  if (present !== undefined) canvas.index.remove(uid, present.bbox);
  if (shape === null) canvas.shapes.delete(uid);
  else {
    canvas.shapes.set(uid, shape);
    canvas.index.add(uid, shape.bbox);
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
  if (!own.overlapAllowed) checkApart(own, changes, here);
  let box: BoundingBox | null = null;
  for (const { before } of changes) {
    if (!here(before)) continue;
    box = unionOf(before.bbox, box ?? undefined);
    drawInBlocks(own, before, 0);
  }
  for (const { uid, after } of changes) {
    if (here(after)) {
      box = unionOf(after.bbox, box ?? undefined);
      drawInBlocks(own, after, numberFor(own, uid));
      setShape(own, uid, after);
    } else setShape(own, uid, null);
  }
  return box;
}

/** Where objects may overlap, what lies under and over the change is drawn again when it is looked at. */
function drawInBlocks(own: OwnedCanvas, shape: ObjectShape, number: number): void {
  if (own.overlapAllowed) own.blocks.forget(shape.bbox);
  else forEachRun(shape, (y, x0, x1) => own.blocks.fillInPlace(y, x0, x1, number));
}

/**
 * That no shape would come to lie on another object, nor on another one of the changes.
 *
 * @throws FoundryError `revision.conflict`. Cost: O(rows of the shapes and of the objects whose boxes they meet).
 */
function checkApart(
  own: OwnedCanvas,
  changes: readonly ObjectChange[],
  here: (shape: ObjectShape | null) => shape is ObjectShape,
): void {
  const changed = new Set(changes.map(({ uid }) => uid));
  const born = changes.flatMap(({ uid, after }, order) => (here(after) ? [{ uid, after, order }] : []));
  const grid = createShapeGrid(born, ({ after }) => after);
  const text = "The edit would put an object on top of another one.";
  for (const { uid, after, order } of born) {
    const twin = grid.near(after).find((one) => one.order < order && shapesOverlap(one.after, after));
    if (twin !== undefined) throw conflict(text, { uid, other: twin.uid });
    for (const other of own.index.near(after.bbox)) {
      if (changed.has(other) || !shapesOverlap(own.shapes.get(other) as ObjectShape, after)) continue;
      throw conflict(text, { uid, other });
    }
  }
}

function conflict(message: string, details: Record<string, unknown>): FoundryError {
  const hint = "Look at the present outlines and repeat the edit if it is still needed.";
  return new FoundryError("revision.conflict", { message, hint, details });
}
