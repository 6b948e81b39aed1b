import { describe, expect, test } from "vitest";
import {
  applyChangesInPlace,
  createCanvas,
  erasedPixels,
  eraseStroke,
  type LabelCanvas,
  paintedPixels,
  paintStroke,
  renderCanvas,
  splitByLine,
} from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { LabelDisplay, type TextureSink } from "./label-display.ts";
import { previewNumber } from "./label-shader.ts";
import { textureSide, tileMargin } from "./label-tiles.ts";

const [height, width] = [30, 40];
const never = (): boolean => false;

/** A graphics card's memory that can be read. */
function fakeCard() {
  let copied = 0;
  let made = 0;
  const alive = new Set<Int32Array>();
  const sink: TextureSink<Int32Array> = {
    createTile: () => {
      const tile = new Int32Array(textureSide * textureSide).fill(-1);
      alive.add(tile);
      made++;
      return tile;
    },
    upload: (tile, numbers, row, column, columns) => {
      copied += numbers.length;
      numbers.forEach((number, i) => {
        tile[(row + Math.floor(i / columns)) * textureSide + column + (i % columns)] = number;
      });
    },
    destroyTile: (tile) => alive.delete(tile),
    setEntry: () => undefined,
  };
  const since = (): number => {
    const count = copied;
    copied = 0;
    return count;
  };
  return { sink, copied: since, alive, made: () => made };
}

/** What the screen shows at every pixel of a box: by the tile that is drawn there, as the shader looks it up. */
function seen(display: LabelDisplay<Int32Array>, size = { height, width }): Int32Array {
  const pixels = new Int32Array(size.height * size.width).fill(-9);
  let twice = 0;
  for (const { texture, box, y0, x0, step } of display.shown()) {
    for (let y = box[0]; y < box[2]; y++) {
      for (let x = box[1]; x < box[3]; x++) {
        if (pixels[y * size.width + x] !== -9) twice++;
        const texel = Math.floor((y - y0) / step) * textureSide + Math.floor((x - x0) / step);
        pixels[y * size.width + x] = texture[texel] as number;
      }
    }
  }
  expect(twice).toBe(0);
  return pixels;
}

/** Cell A: rows 5-14, columns 5-14. */
function canvasWithCell(): LabelCanvas {
  const data = new Int32Array(height * width);
  for (let y = 5; y < 15; y++) data.fill(1, y * width + 5, y * width + 15);
  const shapes = objectShapesFromLabels({ dtype: "int32", height, width, data });
  return createCanvas({ height, width, objects: new Map([["A", shapes.get(1) as ObjectShape]]) });
}

function displayOf(canvas: LabelCanvas) {
  const card = fakeCard();
  const display = new LabelDisplay(card.sink, canvas);
  // As much as a screen shows.
  display.look([0, 0, Math.min(512, canvas.height), Math.min(512, canvas.width)], 0, 1);
  display.prepare(never);
  return { card, display };
}

const path = Array.from({ length: 20 }, (_, i) => ({ y: 10 + 3 * Math.sin(i / 3), x: 4 + 1.5 * i }));

describe("label display", () => {
  test("at first the screen shows the canvas", () => {
    const canvas = canvasWithCell();
    expect(seen(displayOf(canvas).display)).toEqual(renderCanvas(canvas).data);
  });

  test("a stroke shown piece by piece looks like the finished stroke, before and after it is applied", () => {
    const canvas = canvasWithCell();
    const { display } = displayOf(canvas);
    for (let i = 0; i < path.length; i++) {
      const points = path.slice(Math.max(0, i - 1), i + 1);
      const part = paintedPixels(canvas, { uid: "B", points, radius: 2, mode: "exclude" });
      if (part !== null) display.showStroke(part, "B");
    }
    const changes = paintStroke(canvas, { uid: "B", points: path, radius: 2, mode: "exclude" });
    const finished = canvasWithCell();
    applyChangesInPlace(finished, changes);
    const number = finished.numberOf("B");
    const wanted = renderCanvas(finished).data;
    expect(seen(display)).toEqual(wanted.map((v) => (v === number ? previewNumber : v)));

    display.clearPreview();
    expect(seen(display)).toEqual(renderCanvas(canvas).data);
    const box = applyChangesInPlace(canvas, changes);
    display.refresh(box ?? [0, 0, 0, 0]);
    expect(seen(display)).toEqual(wanted);
  });

  test("erasing piece by piece never brings back what an earlier piece took away", () => {
    const canvas = canvasWithCell();
    const { display } = displayOf(canvas);
    for (let i = 0; i < path.length; i++) {
      const part = erasedPixels(canvas, { points: path.slice(Math.max(0, i - 1), i + 1), radius: 1 });
      if (part !== null) display.showStroke(part, null);
    }
    applyChangesInPlace(canvas, eraseStroke(canvas, { points: path, radius: 1 }));
    expect(seen(display)).toEqual(renderCanvas(canvas).data);
  });

  test("an eraser that began on a cell takes from no other, and from background nothing", () => {
    const canvas = canvasWithCell();
    expect(erasedPixels(canvas, { points: path, radius: 1, uid: "B" })).toBeNull();
    expect(erasedPixels(canvas, { points: [{ y: 25, x: 25 }], radius: 3 })).toBeNull();
  });

  test("a move copies the brush's rectangle, whatever the size of the cell and the image", () => {
    for (const side of [1_000, 40_000]) {
      const data = new Uint8Array(200 * 200).fill(1);
      const bits = new Uint8Array(data.length / 8).fill(255);
      const big: ObjectShape = { t: 0, z: 0, bbox: [600, 600, 800, 800], bits };
      const canvas = createCanvas({ height: side, width: side, objects: new Map([["A", big]]) });
      const { card, display } = displayOf(canvas);
      display.look([500, 500, 1_000, 1_000], 0, 1);
      display.prepare(never);
      card.copied();
      const points = [{ y: 700, x: 800 }];
      const part = paintedPixels(canvas, { uid: "A", points, radius: 2, mode: "exclude" });
      display.showStroke(part as ObjectShape, "A");
      expect(card.copied()).toBe(25);
    }
  });

  test("a draft shows what it would make, new cells told apart, and goes without a trace", () => {
    const canvas = canvasWithCell();
    const { display } = displayOf(canvas);
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
    const pixels = seen(display);
    const row = [...pixels.subarray(10 * width + 4, 10 * width + 16)];
    expect(new Set(row)).toEqual(new Set([0, own, previewNumber + 1]));
    const areas = split.map(({ after }) => shapeArea(after as ObjectShape));
    expect(areas[0]! + areas[1]!).toBe(100);
    expect(pixels.filter((number) => number === own)).toHaveLength(areas[0]!);
    expect(pixels.filter((number) => number === previewNumber + 1)).toHaveLength(areas[1]!);
    expect(pixels[25 * width + 30]).toBe(previewNumber + 2);
    display.showDraft([{ uid: "A", before, after: null }]);
    expect(seen(display).every((number) => number === 0)).toBe(true);
    display.clearPreview();
    expect(seen(display)).toEqual(renderCanvas(canvas).data);
  });
});

describe("tiles of a large plane", () => {
  const side = 1_100;
  const large = (): LabelCanvas => {
    const objects = new Map<string, ObjectShape>();
    for (let k = 0; k < 121; k++) {
      const [y, x] = [Math.floor(k / 11) * 100 + 7, (k % 11) * 100 + 13];
      const bits = new Uint8Array(80 * 10).fill(255);
      objects.set(`c${k}`, { t: 0, z: 0, bbox: [y, x, y + 80, x + 80], bits });
    }
    return createCanvas({ height: side, width: side, objects });
  };

  test("zoomed out, each texel shows a pixel below it", () => {
    const canvas = large();
    const { display } = displayOf(canvas);
    display.look([0, 0, side, side], -2, 1);
    display.prepare(never);
    const whole = renderCanvas(canvas).data;
    const pixels = seen(display, { height: side, width: side });
    const wanted = pixels.map((_, i) => {
      const [y, x] = [Math.floor(i / side), i % side];
      return whole[(y - (y % 4)) * side + x - (x % 4)] as number;
    });
    expect(pixels.every((number, i) => number === wanted[i])).toBe(true);
  });

  test("the margin of a tile holds what lies beside it, so that outlines close across tiles", () => {
    const canvas = large();
    const { display } = displayOf(canvas);
    display.look([0, 0, 1_024, 1_024], 0, 1);
    display.prepare(never);
    for (const { texture, y0, x0 } of display.shown()) {
      for (const texel of [0, tileMargin - 1, textureSide - 1, textureSide * (textureSide - 1)]) {
        const [y, x] = [y0 + Math.floor(texel / textureSide), x0 + (texel % textureSide)];
        const inside = y >= 0 && x >= 0;
        expect(texture[texel]).toBe(inside ? canvas.numberAt(y, x) : 0);
      }
    }
  });

  test("when a frame's time is up, coarser tiles stand in, and the rest comes with the next frames", () => {
    const canvas = large();
    const { display } = displayOf(canvas);
    display.look([0, 0, side, side], -2, 1);
    display.prepare(never);
    display.look([0, 0, side, side], 0, 1);
    expect(display.prepare(() => true)).toBe(false);
    // The tile of the corner was there before.
    expect(display.shown().map(({ step }) => step)).toEqual([1, ...Array(8).fill(4)]);
    expect(seen(display, { height: side, width: side })).not.toContain(-9);
    expect(display.prepare(never)).toBe(true);
    expect(display.shown().every(({ step }) => step === 1)).toBe(true);
  });

  test("a tile that was out of view while cells changed is drawn again when it is back", () => {
    const canvas = large();
    const { display } = displayOf(canvas);
    display.look([0, 0, 512, 512], 0, 1);
    display.prepare(never);
    display.look([1_024, 1_024, side, side], 0, 1);
    display.prepare(never);
    const before = canvas.shapes.get("c0") as ObjectShape;
    display.refresh(applyChangesInPlace(canvas, [{ uid: "c0", before, after: null }]) as never);
    display.look([0, 0, 512, 512], 0, 1);
    display.prepare(never);
    const corner = display.shown()[0] as { texture: Int32Array };
    expect(corner.texture[(tileMargin + 20) * textureSide + tileMargin + 20]).toBe(0);
  });

  test("another canvas is on the screen at once, with nothing of the one before", () => {
    const { display } = displayOf(large());
    display.look([0, 0, side, side], -1, 1);
    display.prepare(never);
    display.reset(createCanvas({ height: side, width: side, objects: new Map() }));
    expect(seen(display, { height: side, width: side }).every((number) => number === 0)).toBe(true);
  });

  test("what was left behind does not pile up", () => {
    const { card, display } = displayOf(createCanvas({ height: 60_000, width: 60_000, objects: new Map() }));
    for (let k = 0; k < 100; k++) {
      display.look([512 * k, 0, 512 * k + 512, 512], 0, 1);
      display.prepare(never);
    }
    expect(card.made()).toBe(100);
    expect(card.alive.size).toBeLessThanOrEqual(65);
    display.close();
    expect(card.alive.size).toBe(0);
  });

  test("a selected cell is shown whole where another one lies on it, and no longer when it is not", () => {
    const objects = new Map<string, ObjectShape>();
    const canvas = createCanvas({ height, width, overlapAllowed: true, objects });
    const line = (uid: string, points: readonly { y: number; x: number }[]): void => {
      applyChangesInPlace(canvas, paintStroke(canvas, { uid, points, radius: 2, mode: "overlap" }));
    };
    line("A", [
      { y: 15, x: 5 },
      { y: 15, x: 30 },
    ]);
    line("B", [
      { y: 5, x: 18 },
      { y: 25, x: 18 },
    ]);
    const { display } = displayOf(canvas);
    const pixelsOf = (number: number): number => seen(display).filter((value) => value === number).length;
    const plain = seen(display);
    expect(plain).toEqual(renderCanvas(canvas).data);
    const [a, b] = ["A", "B"].map((uid) => shapeArea(canvas.shapes.get(uid) as ObjectShape));
    expect(pixelsOf(1)).toBeLessThan(a as number);
    display.raise(["A"]);
    expect(pixelsOf(1)).toBe(a);
    expect(pixelsOf(2)).toBeLessThan(b as number);
    display.raise(["B"]);
    expect([pixelsOf(2), pixelsOf(1) < (a as number)]).toEqual([b, true]);
    display.raise([]);
    expect(seen(display)).toEqual(plain);
    // What is gone is raised no more.
    display.raise(["A"]);
    const box = applyChangesInPlace(canvas, [
      { uid: "A", before: canvas.shapes.get("A") as ObjectShape, after: null },
    ]);
    display.refresh(box as NonNullable<typeof box>);
    expect([pixelsOf(1), pixelsOf(2)]).toEqual([0, b]);
  });
});
