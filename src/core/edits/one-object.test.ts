/** Tools for one object, and bulk deletion: trim, smooth, fit, find. */

import { describe, expect, test } from "vitest";
import { pictureAfter, stateOf, stateOfLabels, wholeRaw } from "#testing/edited-layers.ts";
import { labelImage, plane } from "../array/index.ts";
import { shapeArea, shapeContains } from "../labels/index.ts";
import { rng } from "../rng.ts";
import {
  createCanvas,
  deleteObjects,
  findObjects,
  fitObject,
  neighboursOfObject,
  smoothObject,
  trimToPart,
} from "./index.ts";

describe("trimToPart", () => {
  const state = stateOf("11.1", "1..1", "..1.", "2...");
  test("keeps what hangs together with the click, also over corners", () => {
    const canvas = createCanvas(state);
    expect(pictureAfter(state, trimToPart(canvas, "1", { y: 0, x: 0 }))).toEqual([
      "11..",
      "1...",
      "....",
      "2...",
    ]);
    expect(pictureAfter(state, trimToPart(canvas, "1", { y: 2, x: 2 }))).toEqual([
      "...1",
      "...1",
      "..1.",
      "2...",
    ]);
    expect(trimToPart(canvas, "2", { y: 3, x: 0 })).toEqual([]);
  });
  test("refuses a click beside the cell", () => {
    for (const at of [
      { y: 3, x: 0 },
      { y: 0, x: 2 },
      { y: -5, x: 0 },
    ]) {
      expect(() => trimToPart(createCanvas(state), "1", at)).toThrow(/part of the cell/);
    }
  });
});

describe("smoothObject", () => {
  test("takes a spike off, fills a notch, stays out of a neighbour", () => {
    const state = stateOf(
      ".........",
      ".........",
      "...1.....",
      ".1111111.",
      ".1111111.",
      ".111.111.",
      ".1111111.",
      "2222222..",
    );
    const changes = smoothObject(createCanvas(state), "1", 1);
    const after = pictureAfter(state, changes);
    expect(after[2]).toBe(".........");
    expect(after[7]).toMatch(/^2222222/);
    // The enclosed hole is topology: it stays for the tool that fills holes.
    expect(after[5]).toBe(".111.111.");
  });
  test("refuses widths out of range", () => {
    for (const sigma of [0, -1, 33, Number.NaN]) {
      expect(() => smoothObject(createCanvas(stateOf("1")), "1", sigma)).toThrow(/Smoothing takes/);
    }
  });
});

describe("fitObject", () => {
  const side = 64;
  /** A bright ellipse in noise, at 16-bit depth; beside it another one when asked. */
  function scene(noise: number, neighbour = false) {
    const random = rng(5, "fit");
    const picture = plane("uint16", side, side);
    const truth = new Uint8Array(side * side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const isIn = ((y - 32) / 14) ** 2 + ((x - 30) / 10) ** 2 <= 1;
        const isOther = neighbour && Math.hypot(y - 32, x - 50) <= 10;
        truth[y * side + x] = isIn ? 1 : 0;
        picture.data[y * side + x] = 3_000 + (isIn || isOther ? 6_000 : 0) + random.next() * noise;
      }
    }
    return { raw: wholeRaw(picture), truth };
  }
  const iou = (truth: Uint8Array, shape: Parameters<typeof shapeContains>[0]): number => {
    let [both, either] = [0, 0];
    truth.forEach((value, i) => {
      const isIn = shapeContains(shape, Math.floor(i / side), i % side);
      if (isIn && value === 1) both++;
      if (isIn || value === 1) either++;
    });
    return both / either;
  };

  test("from a click: the ellipse, in noise as strong as two thirds of its contrast", () => {
    const { raw, truth } = scene(4_000);
    const empty = stateOfLabels(labelImage(side, side));
    const start = { at: { y: 30, x: 31 }, radiusPx: 5 };
    const [change] = fitObject(createCanvas(empty), { uid: "1", raw, start });
    expect(change?.before).toBeNull();
    expect(iou(truth, change!.after!)).toBeGreaterThan(0.93);
  });

  test("a badly drawn cell becomes the ellipse; fitted again it hardly moves", () => {
    const { raw, truth } = scene(1_000);
    const labels = labelImage(side, side);
    for (let y = 26; y < 46; y++) labels.data.fill(1, y * side + 26, y * side + 44);
    const state = stateOfLabels(labels);
    const shape = fitObject(createCanvas(state), { uid: "1", raw })[0]!.after!;
    expect(iou(truth, shape)).toBeGreaterThan(0.95);
    const again = fitObject(createCanvas({ ...state, objects: new Map([["1", shape]]) }), { uid: "1", raw });
    const area = again.length === 0 ? shapeArea(shape) : shapeArea(again[0]!.after!);
    expect(Math.abs(area - shapeArea(shape)) / shapeArea(shape)).toBeLessThan(0.02);
  });

  test("a labelled neighbour that touches is a wall", () => {
    const { raw, truth } = scene(500, true);
    const labels = labelImage(side, side);
    for (let i = 0; i < labels.data.length; i++) {
      if (Math.hypot(Math.floor(i / side) - 32, (i % side) - 50) <= 10) labels.data[i] = 2;
    }
    const start = { at: { y: 32, x: 28 }, radiusPx: 5 };
    const changes = fitObject(createCanvas(stateOfLabels(labels)), { uid: "1", raw, start });
    expect(changes.map(({ uid }) => uid)).toEqual(["1"]);
    expect(iou(truth, changes[0]!.after!)).toBeGreaterThan(0.93);
  });

  test("nothing to hold on to: an even picture changes nothing or leaves a start that vanishes", () => {
    const flat = wholeRaw(plane("uint8", side, side));
    const start = { at: { y: 30, x: 31 }, radiusPx: 1 };
    const empty = createCanvas(stateOfLabels(labelImage(side, side)));
    const changes = fitObject(empty, { uid: "1", raw: flat, start });
    expect(changes.every(({ after }) => after !== null && shapeArea(after) <= 9)).toBe(true);
  });

  test("refuses an unknown cell without a start, and options out of range", () => {
    const { raw } = scene(0);
    const empty = createCanvas(stateOfLabels(labelImage(side, side)));
    const start = { at: { y: 30, x: 31 }, radiusPx: 5 };
    for (const more of [{}, { start, marginPx: 0 }, { start, rounds: 0 }, { start, smoothing: 9 }]) {
      expect(() => fitObject(empty, { uid: "1", raw, ...more })).toThrow(
        expect.objectContaining({ code: "edit.invalid" }),
      );
    }
  });
});

describe("findObjects, deleteObjects", () => {
  const state = stateOf("1..22", "...22", ".333.", ".333.", "....4");
  const canvas = createCanvas(state);
  test("by size and by the edge; any criterion is enough", () => {
    expect(findObjects(canvas, { areaPxBelow: 4 })).toEqual(["1", "4"]);
    expect(findObjects(canvas, { areaPxAbove: 4 })).toEqual(["3"]);
    expect(findObjects(canvas, { touchesEdge: true })).toEqual(["1", "2", "4"]);
    expect(findObjects(canvas, { areaPxAbove: 5, areaPxBelow: 2 })).toEqual(["1", "3", "4"]);
    expect(findObjects(canvas, {})).toEqual([]);
  });
  test("deletes them in one edit", () => {
    const changes = deleteObjects(canvas, ["1", "4", "1"]);
    expect(pictureAfter(state, changes)).toEqual(["...22", "...22", ".333.", ".333.", "....."]);
    expect(() => deleteObjects(canvas, ["9"])).toThrow(/not on this plane/);
  });
});

test("neighbours by contact, over a seam of one pixel; who is farther is none", () => {
  const state = stateOf(
    "22.......",
    "22111....",
    "22111...5",
    "..111....",
    "...3.....",
    ".........",
    "....4....",
  );
  // Within 2 of object 1: the right column of 2 (rows 0 to 2) and its left column where only 2 away, 3's pixel.
  expect(neighboursOfObject(createCanvas(state), "1")).toEqual([
    { uid: "2", contactPx: 5 },
    { uid: "3", contactPx: 1 },
  ]);
});
