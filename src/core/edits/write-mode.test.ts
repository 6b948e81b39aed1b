import { describe, expect, test } from "vitest";
import {
  digestOf,
  operationOf,
  pictureAfter,
  stateAfter,
  stateOf,
  stateOfLabels,
} from "#testing/edited-layers.ts";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import { drawObjectShapeInPlace, shapeContains } from "../labels/index.ts";
import {
  applyChangesInPlace,
  applyOperation,
  createCanvas,
  deleteObject,
  eraseStroke,
  growObjects,
  invertOperation,
  type LayerState,
  type ObjectChange,
  paintStroke,
  renderCanvas,
} from "./index.ts";

const line = (x0: number, x1: number) => [
  { y: 0, x: x0 },
  { y: 0, x: x1 },
];

describe("overlap", () => {
  const open: LayerState = { ...stateOf("11..22"), overlapAllowed: true };

  test("is refused on a layer that does not allow it", () => {
    const canvas = createCanvas(stateOf("11..22"));
    expect(() => paintStroke(canvas, { uid: "1", points: line(0, 5), radius: 0, mode: "overlap" })).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });

  test("both objects have the shared pixels, undo gives the state back", () => {
    const canvas = createCanvas(open);
    const changes = paintStroke(canvas, { uid: "1", points: line(0, 4), radius: 0, mode: "overlap" });
    expect(changes.map(({ uid }) => uid)).toEqual(["1"]);
    const next = stateAfter(open, changes);
    expect(shapeContains(next.objects.get("1")!, 0, 4) && shapeContains(next.objects.get("2")!, 0, 4)).toBe(
      true,
    );
    applyChangesInPlace(canvas, changes);
    expect(canvas.uidsAt(0, 4)).toEqual(["2", "1"]);
    expect(canvas.uidAt(0, 3)).toBe("1");
    // The object below comes to light where the one above goes.
    applyChangesInPlace(canvas, deleteObject(canvas, "2"));
    expect(canvas.uidAt(0, 4)).toBe("1");
    expect(canvas.uidAt(0, 5)).toBeUndefined();
    const undo = invertOperation(operationOf(changes), "un", "undo");
    expect(digestOf(applyOperation(next, undo))).toBe(digestOf(open));
  });

  test("exclude keeps what an object shares already; the eraser takes from all", () => {
    const canvas = createCanvas(open);
    applyChangesInPlace(
      canvas,
      paintStroke(canvas, { uid: "1", points: line(0, 4), radius: 0, mode: "overlap" }),
    );
    const more = paintStroke(canvas, { uid: "1", points: line(0, 5), radius: 0, mode: "exclude" });
    expect(more).toEqual([]);
    const erased = eraseStroke(canvas, { points: [{ y: 0, x: 4 }], radius: 0 });
    expect(erased.map(({ uid }) => uid)).toEqual(["1", "2"]);
    expect(growObjects(canvas, ["1", "2"], 1, { y: 1, x: 1 })).toEqual([]);
  });

  test("law: the raster shows the topmost of the shapes, through any changes and back", () =>
    forSeeds(60, (random) => {
      const start: LayerState = { ...stateOfLabels(randomLabels(random, 16, 4)), overlapAllowed: true };
      const canvas = createCanvas(start);
      let state = start;
      const log: ObjectChange[][] = [];
      for (let step = 0; step < 10; step++) {
        const uids = [...state.objects.keys()];
        const uid = random.chance(0.6) && uids.length > 0 ? random.pick(uids) : `n${step}`;
        const point = () => ({ y: random.int(state.height), x: random.int(state.width) });
        const stroke = { points: [point(), point()], radius: random.int(3) };
        const mode = random.pick(["overlap", "exclude", "overwrite"] as const);
        const changes = random.chance(0.3)
          ? eraseStroke(canvas, stroke)
          : paintStroke(canvas, { ...stroke, uid, mode });
        if (changes.length === 0) continue;
        state = applyOperation(state, operationOf(changes));
        applyChangesInPlace(canvas, changes);
        log.push(changes);
        const drawn = labelImage(canvas.height, canvas.width);
        const order = [...state.objects].sort((a, b) => canvas.numberOf(a[0]) - canvas.numberOf(b[0]));
        for (const [id, shape] of order) drawObjectShapeInPlace(shape, drawn, canvas.numberOf(id));
        expect(renderCanvas(canvas).data).toEqual(drawn.data);
        const at = point();
        const holders = order.filter(([, shape]) => shapeContains(shape, at.y, at.x)).map(([id]) => id);
        expect(canvas.uidsAt(at.y, at.x)).toEqual(holders.toReversed());
      }
      for (const changes of log.reverse()) {
        const undo = invertOperation(operationOf(changes), "un", "undo");
        state = applyOperation(state, undo);
        applyChangesInPlace(canvas, undo.changes);
      }
      expect(digestOf(state)).toBe(digestOf(start));
    }));
});

test("overwrite removes an object that loses its last pixel", () => {
  const state = stateOf("1.23");
  const changes = paintStroke(createCanvas(state), {
    uid: "1",
    points: line(0, 2),
    radius: 0,
    mode: "overwrite",
  });
  expect(pictureAfter(state, changes)).toEqual(["1113"]);
  expect(changes.map(({ uid, after }) => [uid, after === null])).toEqual([
    ["1", false],
    ["2", true],
  ]);
});
