/** Layers at the ends of what there is: without cells, with more than 16 bits can count, with a cell beyond the border. */

import { expect, test } from "vitest";
import type { WireObject } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { paintStroke } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { LayerModel } from "./layer-model.ts";
import { openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const me = { kind: "person", name: "Ada" } as const;

const square = (y: number, x: number, side = 4): ObjectShape => ({
  ...{ t: 0, z: 0, bbox: [y, x, y + side, x + side] },
  bits: new Uint8Array((side * side) / 8).fill(255),
});

const wire = (uid: string, label: number, shape: ObjectShape): WireObject => ({
  ...{ uid, label, digest: "0".repeat(64), shape: shapeToWire(shape), kind: "import", confidence: null },
  agent: { id: "ME", ...me },
});

test("70,000 cells: each is found under its pixel, has its number, and is edited as any other", () => {
  const columns = 265;
  const uid = (k: number): string => `C${String(k).padStart(6, "0")}`;
  const objects = Array.from({ length: 70_000 }, (_, k) =>
    wire(uid(k), k + 1, square(Math.floor(k / columns) * 5, (k % columns) * 5)),
  );
  const model = new LayerModel(1_330, 1_330);
  expect(model.load(objects, [], me)).toEqual([]);
  expect(model.cells.size).toBe(70_000);
  for (const k of [0, 65_535, 65_536, 69_999]) {
    const [y, x] = [Math.floor(k / columns) * 5 + 1, (k % columns) * 5 + 1];
    expect(model.canvas.uidAt(y, x)).toBe(uid(k));
    expect(model.cells.get(uid(k))).toMatchObject({ label: k + 1, area: 16 });
  }
  const last = model.canvas.shapes.get(uid(69_999)) as ObjectShape;
  const at = { y: last.bbox[0] + 4, x: last.bbox[1] + 1 };
  const stroke = { uid: uid(69_999), points: [at], radius: 0, mode: "exclude" } as const;
  const box = model.apply({ changes: paintStroke(model.canvas, stroke) }, me);
  expect(box).toEqual([last.bbox[0], last.bbox[1], last.bbox[2] + 1, last.bbox[3]]);
  expect(model.cells.get(uid(69_999))?.area).toBe(17);
});

test("no cells: strokes, undo and the review say so and go on", async () => {
  const server = new PlainServer();
  const { session } = await openPlainSession(server, { t: 1, z: 1 });
  expect(session.state.cellCount).toBe(0);
  session.nextDoubtful();
  expect(session.state.note).toBe("All cells are reviewed.");
  session.undo();
  expect(session.state.note).toBe("Nothing to take back.");
  session.setTool("brush");
  paint(session, [10, 10], [12, 12]);
  expect(session.state.cellCount).toBe(1);
});

test("a cell beyond the border is told, and what was open before stays", () => {
  const model = new LayerModel(64, 64);
  model.load([wire("A", 1, square(10, 10))], [], me);
  const beyond = [wire("A", 1, square(10, 10)), wire("B", 7, square(62, 10))];
  let told: unknown;
  try {
    model.load(beyond, [], me);
  } catch (error) {
    told = error;
  }
  expect(isFoundryError(told, "label.invalid")).toBe(true);
  expect((told as Error).message).toMatch(/^Cell 7 reaches beyond the image of 64 x 64 pixels/);
  expect(model.cells.size).toBe(1);
  expect(model.canvas.uidAt(11, 11)).toBe("A");
});

test("a stroke over the border ends at it, on every side", async () => {
  const server = new PlainServer();
  const { session } = await openPlainSession(server, { t: 1, z: 1 });
  session.setTool("brush");
  session.setRadius(5);
  for (const [from, to] of [
    [
      [1, 1],
      [-20, -20],
    ],
    [
      [62, 62],
      [90, 90],
    ],
  ] as const) {
    session.armNewCell();
    paint(session, [from[0], from[1]], [to[0], to[1]]);
  }
  await session.settled();
  const boxes = [...server.state.objects.values()].map(({ bbox }) => bbox);
  expect(boxes).toHaveLength(2);
  expect(boxes.every(([y0, x0, y1, x1]) => y0 >= 0 && x0 >= 0 && y1 <= 64 && x1 <= 64)).toBe(true);
  expect(server.log).toHaveLength(2);
});
