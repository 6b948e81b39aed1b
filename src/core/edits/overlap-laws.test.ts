/** The laws of tools where cells may overlap: one layer through 200 random edits with every tool, and back. */

import { expect, test } from "vitest";
import { digestOf, operationOf, stateOf, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { forSeeds } from "#testing/index.ts";
import { labelImage, type Plane } from "../array/index.ts";
import { shapeArea, shapesOverlap } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import {
  applyChangesInPlace,
  applyOperation,
  createCanvas,
  cutPolygon,
  deleteObject,
  drawMask,
  drawPolygon,
  erasedPixels,
  eraseStroke,
  fillObject,
  fitObject,
  floodIntensity,
  growObjects,
  invertOperation,
  type LabelCanvas,
  type LayerState,
  mergeObjects,
  nextWriteMode,
  type ObjectChange,
  paintStroke,
  renderCanvas,
  smoothObject,
  splitByLine,
  trimToPart,
  validateOperation,
  type WriteMode,
  writeModes,
} from "./index.ts";

const side = 24;
const editsMade = 200;

interface Hand {
  readonly random: Rng;
  readonly canvas: LabelCanvas;
  readonly raw: Plane;
  /** A living cell, or the id of one to be born. */
  readonly uid: string;
  readonly other: string;
  readonly mode: WriteMode;
  readonly newUid: () => string;
}

type Tool = (hand: Hand) => ObjectChange[];

const place = (random: Rng) => ({ y: random.int(side), x: random.int(side) });
const way = (random: Rng) => [place(random), place(random), place(random)];

/** Tools that draw cells; they need none. */
const drawing: readonly Tool[] = [
  ({ random, canvas, uid, mode }) =>
    paintStroke(canvas, { uid, points: way(random), radius: random.int(4), mode }),
  ({ random, canvas, newUid }) =>
    paintStroke(canvas, { uid: newUid(), points: [place(random)], radius: 3, mode: "overlap" }),
  ({ random, canvas, uid, mode }) => drawPolygon(canvas, { uid, corners: way(random), mode }),
  ({ random, canvas, uid, mode }) => {
    const [y, x] = [random.int(side - 4), random.int(side - 4)];
    const mask = { dtype: "uint8", height: 4, width: 4, data: new Uint8Array(16).fill(1) } as const;
    return drawMask(canvas, { uid, box: [y, x, y + 4, x + 4], mask, mode });
  },
  ({ random, canvas, uid, raw, mode }) =>
    floodIntensity(canvas, { uid, at: place(random), raw: wholeRaw(raw), tolerance: 9_000, mode }),
];

/** Tools that change cells. */
const others: readonly Tool[] = [
  ({ canvas, uid, other }) => growObjects(canvas, [uid, other], 1, { y: 1, x: 1 }),
  ({ random, canvas, uid }) => eraseStroke(canvas, { uid, points: way(random), radius: 1 }),
  ({ random, canvas }) => eraseStroke(canvas, { points: way(random), radius: 1 }),
  ({ random, canvas, uid }) => cutPolygon(canvas, way(random), uid),
  ({ random, canvas, uid, newUid }) =>
    splitByLine(canvas, uid, { y: -1, x: random.int(side) }, { y: side, x: random.int(side) }, [
      newUid(),
      newUid(),
      newUid(),
      newUid(),
    ]),
  ({ canvas, uid, other }) => (uid === other ? [] : mergeObjects(canvas, [uid, other])),
  ({ canvas, uid }) => deleteObject(canvas, uid),
  ({ canvas, uid }) => fillObject(canvas, uid),
  ({ canvas, uid }) => smoothObject(canvas, uid, 1),
  ({ canvas, uid }) => growObjects(canvas, [uid], -1, { y: 1, x: 1 }),
  ({ canvas, uid, raw }) => fitObject(canvas, { uid, raw: wholeRaw(raw), rounds: 4 }),
  ({ random, canvas, uid }) => {
    const at = place(random);
    return canvas.uidsAt(at.y, at.x).includes(uid) ? trimToPart(canvas, uid, at) : [];
  },
];

const pictureOf = (canvas: LabelCanvas): (string | undefined)[] =>
  Array.from(renderCanvas(canvas).data, (number) => canvas.uidOf(number));

/** Whether two cells of a state share a pixel. */
function overlaps(state: LayerState): boolean {
  const shapes = [...state.objects.values()];
  return shapes.some((a, k) => shapes.slice(k + 1).some((b) => shapesOverlap(a, b)));
}

test("law: 200 random edits of a layer with overlap, taken back one by one, give every state again", () =>
  forSeeds(6, (random) => {
    const labels = labelImage(side, side);
    for (let k = 0; k < 40; k++) labels.data[random.int(side * side)] = 1 + (k % 4);
    const start: LayerState = { ...stateOfLabels(labels), overlapAllowed: true };
    const { height, width } = start;
    const raw: Plane = {
      ...{ dtype: "uint16", height, width },
      data: Uint16Array.from({ length: height * width }, () => 9_000 * random.int(7)),
    };
    const canvas = createCanvas(start);
    let state = start;
    let born = 0;
    let overlapped = 0;
    const digests = [digestOf(start)];
    const pictures = [pictureOf(canvas)];
    const done: ObjectChange[][] = [];
    while (done.length < editsMade) {
      const living = [...state.objects.keys()];
      const newUid = () => `n${++born}`;
      const uid = living.length === 0 ? newUid() : random.pick(living);
      const other = living.length === 0 ? uid : random.pick(living);
      const few = living.length < 3;
      const tool = random.pick(few || random.chance(0.5) ? drawing : others);
      const mode = random.pick(writeModes);
      let changes: ObjectChange[];
      try {
        changes = tool({ random, canvas, raw, uid, other, mode, newUid });
      } catch (error) {
        // An open flood is refused.
        expect(error).toMatchObject({ code: "limit.pixels" });
        continue;
      }
      if (changes.length === 0) continue;
      const operation = { ...operationOf(changes), operationId: `e${done.length}` };
      validateOperation(operation, state);
      state = applyOperation(state, operation);
      applyChangesInPlace(canvas, changes);
      if (overlaps(state)) overlapped++;
      done.push(changes);
      digests.push(digestOf(state));
      pictures.push(pictureOf(canvas));
    }
    expect(overlapped).toBeGreaterThan(editsMade / 4);
    for (const [k, changes] of [...done.entries()].reverse()) {
      const undo = invertOperation(operationOf(changes), `u${k}`, "undo");
      state = applyOperation(state, undo);
      applyChangesInPlace(canvas, undo.changes);
      expect(digestOf(state), `state ${k}`).toBe(digests[k]);
      expect(pictureOf(canvas), `picture ${k}`).toEqual(pictures[k]);
    }
    expect(digestOf(state)).toBe(digestOf(start));
  }));

test("the write modes come in turn; overlap only where cells may", () => {
  expect(nextWriteMode("exclude", false)).toBe("overwrite");
  expect(nextWriteMode("overwrite", false)).toBe("exclude");
  expect([nextWriteMode("exclude", true), nextWriteMode("overwrite", true)]).toEqual([
    "overwrite",
    "overlap",
  ]);
  expect(nextWriteMode("overlap", true)).toBe("exclude");
});

test("what an eraser would take of a cell is told also where another cell lies on it", () => {
  const start: LayerState = { ...stateOf("1111.."), overlapAllowed: true };
  const canvas = createCanvas(start);
  const points = [
    { y: 0, x: 2 },
    { y: 0, x: 5 },
  ];
  applyChangesInPlace(canvas, paintStroke(canvas, { uid: "2", points, radius: 0, mode: "overlap" }));
  const all = [
    { y: 0, x: 0 },
    { y: 0, x: 5 },
  ];
  const shapeOf = (uid: string) => erasedPixels(canvas, { uid, points: all, radius: 0 });
  expect(shapeOf("1")?.bbox).toEqual([0, 0, 1, 4]);
  expect(shapeArea(shapeOf("1")!)).toBe(4);
  expect(shapeOf("2")?.bbox).toEqual([0, 2, 1, 6]);
});
