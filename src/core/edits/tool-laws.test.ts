/** Laws every tool keeps, on random layers: undo is exact, the canvas follows, neighbours are left alone. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, operationOf, stateAfter, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { type LabelImage, labelImage, type Plane, type Point } from "../array/index.ts";
import { shapesEqual } from "../labels/index.ts";
import {
  applyChangesInPlace,
  applyOperation,
  createCanvas,
  cutPolygon,
  deleteObjects,
  drawPolygon,
  eraseStroke,
  fillObject,
  findObjects,
  fitObject,
  floodBackground,
  floodIntensity,
  growObjects,
  invertOperation,
  type LabelCanvas,
  type LayerState,
  mergeObjects,
  type ObjectChange,
  paintStroke,
  renderCanvas,
  smoothObject,
  splitByLine,
  splitBySeeds,
  suggestSeeds,
  thresholdBox,
  trimToPart,
  type WriteMode,
} from "./index.ts";

const side = 22;

/** Blobs that touch, with holes and specks. */
const layer: fc.Arbitrary<LabelImage> = fc
  .array(fc.tuple(fc.nat(side - 1), fc.nat(side - 1), fc.integer({ min: 1, max: 8 }), fc.nat(5)), {
    minLength: 3,
    maxLength: 9,
  })
  .map((blobs) => {
    const labels = labelImage(side, side);
    for (const [cy, cx, radius, label] of blobs) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const away = Math.abs(y - cy) + Math.abs(x - cx);
          // Every second blob is a ring.
          if (away < radius && (away > 2 || radius % 2 === 0)) labels.data[y * side + x] = label;
        }
      }
    }
    return labels;
  });

const picture: fc.Arbitrary<Plane<"uint16">> = fc
  .uint16Array({ minLength: side * side, maxLength: side * side, max: 6 })
  .map((data) => ({
    dtype: "uint16",
    height: side,
    width: side,
    data: Uint16Array.from(data, (v) => v * 9000),
  }));

const point: fc.Arbitrary<Point> = fc.record({
  y: fc.integer({ min: -4, max: 2 * side + 4 }).map((v) => v / 2),
  x: fc.integer({ min: -4, max: 2 * side + 4 }).map((v) => v / 2),
});

interface Case {
  readonly canvas: LabelCanvas;
  readonly raw: Plane;
  readonly uid: string;
  readonly other: string;
  readonly points: readonly Point[];
  readonly inside: Point;
  readonly amount: number;
  readonly mode: WriteMode;
}

const newUids = (): (() => string) => {
  let count = 0;
  return () => `n${++count}`;
};

/** Tools whose neighbours must not change when the mode is `exclude`; `touches` names the objects that may. */
const tools: Record<string, { run: (c: Case) => ObjectChange[]; touches: (c: Case) => readonly string[] }> = {
  brush: {
    run: ({ canvas, uid, points, amount, mode }) =>
      paintStroke(canvas, { uid, points, radius: points.map((_, k) => amount + (k % 3)), mode }),
    touches: ({ uid }) => [uid],
  },
  eraser: {
    run: ({ canvas, uid, points, amount }) => eraseStroke(canvas, { uid, points, radius: amount }),
    touches: ({ uid }) => [uid],
  },
  polygon: {
    run: ({ canvas, uid, points, amount, mode }) =>
      drawPolygon(canvas, { uid, corners: points, mode, snapPx: amount }),
    touches: ({ uid }) => [uid],
  },
  polygonCut: {
    run: ({ canvas, uid, points }) => cutPolygon(canvas, points, uid),
    touches: ({ uid }) => [uid],
  },
  floodBackground: {
    run: ({ canvas, uid, points }) => {
      const at = points.find(({ y, x }) => y >= 0 && x >= 0 && y < side - 1 && x < side - 1);
      return at === undefined ? [] : floodBackground(canvas, { uid, at });
    },
    touches: ({ uid }) => [uid],
  },
  floodIntensity: {
    run: ({ canvas, uid, inside, raw, amount, mode }) =>
      floodIntensity(canvas, { uid, at: inside, raw: wholeRaw(raw), tolerance: amount * 9000, mode }),
    touches: ({ uid }) => [uid],
  },
  threshold: {
    run: ({ canvas, raw, amount }) =>
      thresholdBox(canvas, { box: [2, 1, 20, 25], raw: wholeRaw(raw), areaPxMin: amount }, newUids()).changes,
    touches: () => [],
  },
  splitLine: {
    run: ({ canvas, uid, inside, amount }) =>
      splitByLine(canvas, uid, { y: -1, x: inside.x + amount }, { y: 99, x: inside.x + 0.5 }, ["n1", "n2"]),
    touches: ({ uid }) => [uid],
  },
  splitSeeds: {
    run: ({ canvas, uid, raw, amount }) => {
      const seeds = suggestSeeds(canvas, uid, 3);
      const ground =
        amount === 0 ? { by: "distance" as const } : { by: "intensity" as const, raw: wholeRaw(raw) };
      return seeds.length < 3 ? [] : splitBySeeds(canvas, uid, seeds, ["n1", "n2"], ground);
    },
    touches: ({ uid }) => [uid],
  },
  merge: {
    run: ({ canvas, uid, other }) => mergeObjects(canvas, [uid, other]),
    touches: ({ uid, other }) => [uid, other],
  },
  trim: { run: ({ canvas, uid, inside }) => trimToPart(canvas, uid, inside), touches: ({ uid }) => [uid] },
  fillHoles: { run: ({ canvas, uid }) => fillObject(canvas, uid), touches: ({ uid }) => [uid] },
  smooth: {
    run: ({ canvas, uid, amount }) => smoothObject(canvas, uid, 0.5 + amount),
    touches: ({ uid }) => [uid],
  },
  grow: {
    run: ({ canvas, uid, other, amount }) =>
      growObjects(canvas, [uid, other], amount * 0.5, { y: 0.5, x: 0.4 }),
    touches: ({ uid, other }) => [uid, other],
  },
  shrink: {
    run: ({ canvas, uid, amount }) => growObjects(canvas, [uid], -amount * 0.4, { y: 0.5, x: 0.4 }),
    touches: ({ uid }) => [uid],
  },
  bulkDelete: {
    run: ({ canvas, amount }) =>
      deleteObjects(canvas, findObjects(canvas, { areaPxBelow: 10 * amount, touchesEdge: true })),
    touches: ({ canvas, amount }) => findObjects(canvas, { areaPxBelow: 10 * amount, touchesEdge: true }),
  },
  fit: {
    run: ({ canvas, uid, raw }) => fitObject(canvas, { uid, raw: wholeRaw(raw), rounds: 12 }),
    touches: ({ uid }) => [uid],
  },
};

/** A click that must lie on the object does. */
function insideOf(canvas: LabelCanvas, uid: string): Point {
  const i = renderCanvas(canvas).data.indexOf(canvas.numberOf(uid));
  return { y: Math.floor(i / side), x: i % side };
}

test.each(Object.entries(tools))("laws of %s", (_, { run, touches }) => {
  let changed = 0;
  const law = (
    labels: LabelImage,
    raw: Plane,
    points: readonly Point[],
    amount: number,
    pick: number,
    mode: WriteMode,
  ): void => {
    const state: LayerState = stateOfLabels(labels);
    const uids = [...state.objects.keys()];
    if (uids.length < 2) return;
    const canvas = createCanvas(state);
    const [uid, other] = [uids[pick % uids.length] as string, uids[(pick + 1) % uids.length] as string];
    const c: Case = { canvas, raw, uid, other, points, inside: insideOf(canvas, uid), amount, mode };
    const before = digestOf(state);
    const rasterBefore = renderCanvas(canvas).data;
    const changes = run(c);
    // Tools only look.
    expect(renderCanvas(canvas).data).toEqual(rasterBefore);
    if (changes.length === 0) return;
    changed++;
    const mayChange = new Set(touches(c));
    const next = stateAfter(state, changes);
    for (const [id, shape] of state.objects) {
      if (mayChange.has(id) || mode === "overwrite") continue;
      const now = next.objects.get(id);
      expect(now !== undefined && shapesEqual(now, shape), `neighbour ${id} of ${uid}`).toBe(true);
    }
    applyChangesInPlace(canvas, changes);
    const fresh = createCanvas(next);
    expect(Array.from(renderCanvas(canvas).data, (n) => canvas.uidOf(n))).toEqual(
      Array.from(renderCanvas(fresh).data, (n) => fresh.uidOf(n)),
    );
    const undo = invertOperation(operationOf(changes), "un", "undo");
    expect(digestOf(applyOperation(next, undo))).toBe(before);
    applyChangesInPlace(canvas, undo.changes);
    expect(renderCanvas(canvas).data).toEqual(rasterBefore);
  };
  fc.assert(
    fc.property(
      layer,
      picture,
      fc.array(point, { minLength: 3, maxLength: 7 }),
      fc.nat(3),
      fc.nat(9),
      fc.constantFrom<WriteMode>("exclude", "overwrite"),
      law,
    ),
    { numRuns: 120, seed: 7 },
  );
  expect(changed, "cases in which the tool did something").toBeGreaterThan(10);
});
