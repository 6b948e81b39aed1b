import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { createCanvas } from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { regionOutcome } from "./region-outcome.ts";

const [height, width] = [40, 60];

/** A filled box. */
function block(y0: number, x0: number, y1: number, x1: number): ObjectShape {
  const labels = labelImage(height, width);
  for (let y = y0; y < y1; y++) labels.data.fill(1, y * width + x0, y * width + x1);
  return objectShapesFromLabels(labels).get(1) as ObjectShape;
}

const canvasOf = (cells: Readonly<Record<string, ObjectShape>>) =>
  createCanvas({ height, width, objects: new Map(Object.entries(cells)) });

const pixelsOf = (canvas: ReturnType<typeof canvasOf>) => canvas.numbersIn([0, 0, height, width]);

const ground = (cells: Readonly<Record<string, ObjectShape>>, mayGo: readonly string[]) => ({
  canvas: canvasOf(cells),
  mayGo: (uid: string) => mayGo.includes(uid),
  uidAt: (k: number) => `new-${k}`,
  model: "nuclei@1.0.0",
});

const box = [0, 0, 40, 30] as const;

test("an untouched cell takes the found shape and keeps its identity; others are born and go", () => {
  const cells = { a: block(2, 2, 12, 12), b: block(20, 2, 30, 12) };
  const outcome = regionOutcome(
    [...box],
    [block(2, 2, 12, 13), block(2, 16, 8, 22)],
    ground(cells, ["a", "b"]),
  );
  expect(outcome?.changes).toEqual([
    { uid: "a", before: cells.a, after: block(2, 2, 12, 13) },
    { uid: "new-0", before: null, after: block(2, 16, 8, 22) },
    { uid: "b", before: cells.b, after: null },
  ]);
});

test("what a person made stays to the pixel: found cells give way, and go when less than half is left", () => {
  const cells = { mine: block(2, 2, 12, 12) };
  // 10 of its 16 columns lie on the person's cell: less than half is left; then 4 of 16.
  expect(regionOutcome([...box], [block(2, 2, 12, 18)], ground(cells, []))).toBeNull();
  const kept = regionOutcome([...box], [block(2, 8, 12, 24)], ground(cells, []));
  expect(kept?.changes).toEqual([{ uid: "new-0", before: null, after: block(2, 12, 12, 24) }]);
});

test("cells across the border are whole: more than half inside goes, half or less stays", () => {
  const inside = block(2, 22, 12, 36); // 8 of 14 columns in the box
  const outside = block(20, 24, 30, 36); // 6 of 12: exactly half
  const outcome = regionOutcome([...box], [], ground({ inside, outside }, ["inside", "outside"]));
  expect(outcome?.changes).toEqual([{ uid: "inside", before: inside, after: null }]);
});

test("a found cell may reach beyond the box, but not into a cell that stays there", () => {
  const beyond = block(2, 34, 12, 50);
  const outcome = regionOutcome([...box], [block(2, 20, 12, 38)], ground({ beyond }, ["beyond"]));
  expect(outcome?.changes).toEqual([{ uid: "new-0", before: null, after: block(2, 20, 12, 34) }]);
});

test("the same cells again are no edit", () => {
  const cells = { a: block(2, 2, 12, 12), b: block(20, 2, 30, 12) };
  expect(regionOutcome([...box], Object.values(cells), ground(cells, ["a", "b"]))).toBeNull();
});

test("law: taken and taken back, the canvas is what it was, and no two cells share a pixel", () => {
  const cells = { a: block(2, 2, 12, 12), b: block(2, 12, 12, 22), mine: block(14, 2, 20, 25) };
  const found = [block(1, 1, 12, 17), block(1, 17, 16, 28), block(22, 4, 38, 28)];
  const before = canvasOf(cells);
  const outcome = regionOutcome([...box], found, ground(cells, ["a", "b"]));
  const after = new Map(Object.entries(cells));
  for (const change of outcome?.changes ?? []) {
    if (change.after === null) after.delete(change.uid);
    else after.set(change.uid, change.after);
  }
  const drawn = createCanvas({ height, width, objects: after });
  const pixels = [...after.values()].reduce((sum, shape) => sum + shapeArea(shape), 0);
  expect(pixelsOf(drawn).filter((label) => label > 0).length).toBe(pixels);
  expect(after.get("mine")).toEqual(cells.mine);
  for (const { uid, before: was } of outcome?.changes ?? []) {
    if (was === null) after.delete(uid);
    else after.set(uid, was);
  }
  expect(pixelsOf(createCanvas({ height, width, objects: new Map([...after].sort()) }))).toEqual(
    pixelsOf(before),
  );
});
