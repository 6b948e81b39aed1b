import { describe, expect, test } from "vitest";
import {
  applyChangesInPlace,
  createCanvas,
  eraseStroke,
  type LabelCanvas,
  paintStroke,
  splitByLine,
} from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { LabelDisplay, type TextureSink } from "./label-display.ts";
import { previewNumber } from "./label-shader.ts";

const [height, width] = [30, 40];

/** A graphics card's memory that can be read. */
function fakeCard(): { sink: TextureSink; pixels: Int32Array; copied: () => number } {
  const pixels = new Int32Array(height * width).fill(-1);
  let copied = 0;
  const sink: TextureSink = {
    upload: (raster, rasterWidth, at, [y0, x0, y1, x1]) => {
      copied += (y1 - y0) * (x1 - x0);
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) {
          pixels[y * width + x] = raster[(at.y + y - y0) * rasterWidth + at.x + x - x0] as number;
        }
      }
    },
    setEntry: () => undefined,
  };
  return {
    sink,
    pixels,
    copied: () => {
      const since = copied;
      copied = 0;
      return since;
    },
  };
}

/** Cell A: rows 5-14, columns 5-14. */
function canvasWithCell(): LabelCanvas {
  const data = new Int32Array(height * width);
  for (let y = 5; y < 15; y++) data.fill(1, y * width + 5, y * width + 15);
  const shapes = objectShapesFromLabels({ dtype: "int32", height, width, data });
  return createCanvas({ height, width, objects: new Map([["A", shapes.get(1) as ObjectShape]]) });
}

const path = Array.from({ length: 20 }, (_, i) => ({ y: 10 + 3 * Math.sin(i / 3), x: 4 + 1.5 * i }));

describe("label display", () => {
  test("at first the card holds the canvas", () => {
    const card = fakeCard();
    const canvas = canvasWithCell();
    new LabelDisplay(card.sink, canvas);
    expect(card.pixels).toEqual(canvas.labels.data);
  });

  test("a stroke shown piece by piece looks like the finished stroke, before and after it is applied", () => {
    const card = fakeCard();
    const canvas = canvasWithCell();
    const display = new LabelDisplay(card.sink, canvas);
    for (let i = 0; i < path.length; i++) {
      const points = path.slice(Math.max(0, i - 1), i + 1);
      display.showPreview(paintStroke(canvas, { uid: "B", points, radius: 2, mode: "exclude" }), null);
    }
    const changes = paintStroke(canvas, { uid: "B", points: path, radius: 2, mode: "exclude" });
    const finished = canvasWithCell();
    applyChangesInPlace(finished, changes);
    const number = finished.numberOf("B");
    expect(card.pixels).toEqual(finished.labels.data.map((v) => (v === number ? previewNumber : v)));

    display.clearPreview();
    expect(card.pixels).toEqual(canvas.labels.data);
    const box = applyChangesInPlace(canvas, changes);
    display.refresh(box ?? [0, 0, 0, 0]);
    expect(card.pixels).toEqual(finished.labels.data);
  });

  test("erasing piece by piece never brings back what an earlier piece took away", () => {
    const card = fakeCard();
    const canvas = canvasWithCell();
    const display = new LabelDisplay(card.sink, canvas);
    for (let i = 0; i < path.length; i++) {
      const points = path.slice(Math.max(0, i - 1), i + 1);
      display.showPreview(eraseStroke(canvas, { points, radius: 1 }), null);
    }
    applyChangesInPlace(canvas, eraseStroke(canvas, { points: path, radius: 1 }));
    expect(card.pixels).toEqual(canvas.labels.data);
  });

  test("a move copies the brush's rectangle, not the image", () => {
    const card = fakeCard();
    const canvas = canvasWithCell();
    const display = new LabelDisplay(card.sink, canvas);
    card.copied();
    const points = [{ y: 22, x: 20 }];
    display.showPreview(paintStroke(canvas, { uid: "B", points, radius: 2, mode: "exclude" }), null);
    expect(card.copied()).toBe(25);
    display.showPreview(paintStroke(canvas, { uid: "B", points, radius: 2, mode: "exclude" }), null);
    expect(card.copied()).toBe(0);
  });

  test("a draft shows what it would make, new cells told apart, and goes without a trace", () => {
    const card = fakeCard();
    const canvas = canvasWithCell();
    const display = new LabelDisplay(card.sink, canvas);
    const own = canvas.numberOf("A");
    const before = canvas.shapes.get("A") as ObjectShape;
    const line = [
      { y: 0, x: 9.5 },
      { y: 20, x: 9.5 },
    ] as const;
    const split = splitByLine(canvas, "A", line[0], line[1], ["N"]);
    display.showDraft([
      ...split,
      ...paintStroke(canvas, { uid: "B", points: [{ y: 25, x: 30 }], radius: 0, mode: "exclude" }),
    ]);
    const row = [...card.pixels.subarray(10 * width + 4, 10 * width + 16)];
    expect(new Set(row)).toEqual(new Set([0, own, previewNumber + 1]));
    const areas = split.map(({ after }) => shapeArea(after as ObjectShape));
    expect(areas[0]! + areas[1]!).toBe(100);
    expect(card.pixels.filter((number) => number === own)).toHaveLength(areas[0]!);
    expect(card.pixels.filter((number) => number === previewNumber + 1)).toHaveLength(areas[1]!);
    expect(card.pixels[25 * width + 30]).toBe(previewNumber + 2);
    display.showDraft([{ uid: "A", before, after: null }]);
    expect(card.pixels.every((number) => number === 0)).toBe(true);
    display.clearPreview();
    expect(card.pixels).toEqual(canvas.labels.data);
  });
});
