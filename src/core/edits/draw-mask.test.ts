import { describe, expect, test } from "vitest";
import { labelImage } from "../array/index.ts";
import { objectShapesFromLabels, shapeArea, shapeContains } from "../labels/index.ts";
import { applyChangesInPlace, createCanvas, drawMask } from "./index.ts";

/** A cell of 2 x 2 pixels with its corner at row 1, column 4. */
function canvasWithNeighbour() {
  const labels = labelImage(6, 8);
  for (const at of [12, 13, 20, 21]) labels.data[at] = 1;
  const [entry] = objectShapesFromLabels(labels);
  if (entry === undefined) throw new Error("no shape");
  return createCanvas({ height: 6, width: 8, objects: new Map([["n", entry[1]]]) });
}

const full = (height: number, width: number) =>
  ({ dtype: "uint8", height, width, data: new Uint8Array(height * width).fill(1) }) as const;

describe("an object drawn as a mask", () => {
  test("excluding, the neighbour keeps every pixel", () => {
    const canvas = canvasWithNeighbour();
    const changes = drawMask(canvas, { uid: "a", box: [0, 2, 4, 6], mask: full(4, 4), mode: "exclude" });
    expect(changes.map(({ uid }) => uid)).toEqual(["a"]);
    const after = changes[0]?.after;
    // 16 pixels of the mask, 4 of them the neighbour's.
    expect(after && shapeArea(after)).toBe(12);
    expect(after && shapeContains(after, 1, 4)).toBe(false);
  });

  test("overwriting, the neighbour loses what the mask marks, here all it has", () => {
    const canvas = canvasWithNeighbour();
    const changes = drawMask(canvas, { uid: "a", box: [0, 2, 4, 6], mask: full(4, 4), mode: "overwrite" });
    expect(changes.find(({ uid }) => uid === "n")?.after).toBeNull();
    expect(changes.find(({ uid }) => uid === "a")?.after && shapeArea(changes[0]!.after!)).toBe(16);
  });

  test("what lies outside the image is left out; the same mask again changes nothing", () => {
    const canvas = canvasWithNeighbour();
    const drawn = { uid: "a", box: [-2, -2, 2, 2], mask: full(4, 4), mode: "exclude" } as const;
    const changes = drawMask(canvas, drawn);
    expect(changes[0]?.after && shapeArea(changes[0].after)).toBe(4);
    applyChangesInPlace(canvas, changes);
    expect(drawMask(canvas, drawn)).toEqual([]);
  });
});
