import { expect, test } from "vitest";
import { forSeeds, maskOf, pictureOf } from "#testing/index.ts";
import { type ObjectShape, objectShapeFromMask, renderObjects, resolveOverlaps, shapeArea } from "./index.ts";

const shapeOf = (rows: string[], position = {}) =>
  objectShapeFromMask(maskOf(...rows), position) as ObjectShape;
const draw = (shapes: readonly (ObjectShape | null)[], height: number, width: number) =>
  pictureOf(
    renderObjects(
      height,
      width,
      shapes.flatMap((shape, i) => (shape === null ? [] : [{ label: i + 1, shape }])),
    ),
  );

test("the earlier object keeps a shared pixel, or the later one when asked", () => {
  const objects = [shapeOf(["11..", "11.."]), shapeOf([".11.", ".111"])];
  const first = resolveOverlaps(objects);
  expect(draw(first.shapes, 2, 4)).toEqual(["112.", "1122"]);
  expect([first.movedPixels, first.pairs]).toEqual([2, 1]);
  expect(first.shapes[0]).toBe(objects[0]);
  expect(first.shapes[1]?.bbox).toEqual([0, 2, 2, 4]);
  expect(draw(resolveOverlaps(objects, "last").shapes, 2, 4)).toEqual(["122.", "1222"]);
});

test("what is covered wholly is null; other frames and planes do not matter", () => {
  const square = ["11", "11"];
  const result = resolveOverlaps([
    shapeOf(square),
    shapeOf(square),
    shapeOf(square, { t: 1 }),
    shapeOf(square, { z: 1 }),
  ]);
  expect(result.shapes.map((shape) => shape === null)).toEqual([false, true, false, false]);
  expect([result.movedPixels, result.pairs]).toEqual([4, 1]);
  expect(resolveOverlaps([])).toEqual({ shapes: [], movedPixels: 0, pairs: 0 });
});

test("bands: wide planes give the same as narrow ones", () => {
  // 2^19 columns apart makes bands of one or two rows.
  const far = { ...shapeOf(["1"]), bbox: [0, 2 ** 19, 1, 2 ** 19 + 1] as [number, number, number, number] };
  const objects = [shapeOf(["111", "111", "111"]), far, shapeOf(["....", ".111", ".111", ".111"])];
  const { shapes, movedPixels } = resolveOverlaps(objects);
  expect(draw([shapes[0]!, null, shapes[2]!], 4, 4)).toEqual(["111.", "1113", "1113", ".333"]);
  expect(movedPixels).toBe(4);
});

test("law: later drawn first equals rendering; nothing is lost twice", () =>
  forSeeds(200, (random) => {
    const [height, width] = [1 + random.int(9), 1 + random.int(9)];
    const objects: ObjectShape[] = [];
    for (let i = random.int(7); i >= 0; i--) {
      const data = Uint8Array.from({ length: height * width }, () => random.int(2));
      const shape = objectShapeFromMask({ dtype: "uint8", height, width, data });
      if (shape !== null) objects.push(shape);
    }
    const last = resolveOverlaps(objects, "last");
    expect(draw(last.shapes, height, width)).toEqual(draw(objects, height, width));
    const first = resolveOverlaps(objects, "first");
    const reversed = resolveOverlaps(objects.toReversed(), "last");
    expect(first.shapes).toEqual(reversed.shapes.toReversed());
    const area = (shapes: readonly (ObjectShape | null)[]) =>
      shapes.reduce((sum, shape) => sum + (shape === null ? 0 : shapeArea(shape)), 0);
    expect(area(objects) - area(first.shapes)).toBe(first.movedPixels);
    // Disjoint: drawn in any order they give the same picture.
    expect(area(first.shapes)).toBe(draw(first.shapes, height, width).join("").replaceAll(".", "").length);
  }));
