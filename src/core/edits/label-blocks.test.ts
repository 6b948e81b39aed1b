import { expect, test } from "vitest";
import { forSeeds } from "#testing/index.ts";
import type { BoundingBox } from "../array/index.ts";
import { type ObjectShape, objectShapeFromMask } from "../labels/index.ts";
import { applyChangesInPlace, createCanvas, renderCanvas } from "./index.ts";
import { LabelBlocks } from "./label-blocks.ts";

/** The number of each pixel says where it is. */
const placed = (width: number): { blocks: LabelBlocks; drawn: () => number } => {
  let drawn = 0;
  const blocks = new LabelBlocks(1000, width, (data, y0, x0) => {
    drawn++;
    for (let i = 0; i < data.length; i++) data[i] = (y0 + (i >> 8)) * width + x0 + (i & 255);
  });
  return { blocks, drawn: () => drawn };
};

test("a pixel and a box across blocks say what was drawn there, each block drawn once", () => {
  const { blocks, drawn } = placed(1000);
  expect(blocks.numberAt(700, 999)).toBe(700_999);
  expect([...blocks.copyBox([255, 254, 257, 258])]).toEqual([
    255_254, 255_255, 255_256, 255_257, 256_254, 256_255, 256_256, 256_257,
  ]);
  expect(drawn()).toBe(5);
  expect(blocks.numberAt(256, 256)).toBe(256_256);
  expect(drawn()).toBe(5);
});

test("a run is written across the blocks that are held, and nowhere else", () => {
  const { blocks } = placed(1000);
  blocks.numberAt(0, 0);
  blocks.fillInPlace(3, 250, 600, -7);
  expect([...blocks.copyBox([3, 249, 4, 258])]).toEqual([3249, -7, -7, -7, -7, -7, -7, 3256, 3257]);
  blocks.forget([0, 0, 10, 10]);
  expect(blocks.numberAt(3, 250)).toBe(3250);
});

test("what was dropped for newer blocks is drawn again, also when it was the one asked for last", () => {
  const { blocks, drawn } = placed(256 * 600);
  for (let k = 0; k < 600; k++) blocks.numberAt(0, 256 * k);
  blocks.fillInPlace(0, 0, 1, 5);
  expect(blocks.numberAt(0, 0)).toBe(0);
  expect(drawn()).toBe(601);
  blocks.fillInPlace(0, 256 * 599, 256 * 599 + 1, 5);
  expect(blocks.numberAt(0, 256 * 599)).toBe(5);
});

const disc = (cy: number, cx: number, radius: number): ObjectShape => {
  const size = 2 * radius + 1;
  const data = new Uint8Array(size * size);
  for (let i = 0; i < data.length; i++) {
    if (Math.hypot(Math.floor(i / size) - radius, (i % size) - radius) <= radius) data[i] = 1;
  }
  return objectShapeFromMask(
    { dtype: "uint8", height: size, width: size, data },
    { y: cy - radius, x: cx - radius },
  )!;
};

test("a slide of 40,000² opens and is edited without a raster of its size", () => {
  const side = 40_000;
  const objects = new Map<string, ObjectShape>();
  for (let k = 0; k < 500; k++) objects.set(`c${k}`, disc(50 + 79 * k, 39_950 - 79 * k, 10));
  const canvas = createCanvas({ height: side, width: side, objects });
  expect(canvas.uidAt(50, 39_950)).toBe("c0");
  expect(canvas.uidAt(50 + 79 * 499, 39_950 - 79 * 499)).toBe("c499");
  const after = disc(20_000, 39_000, 12);
  expect(applyChangesInPlace(canvas, [{ uid: "new", before: null, after }])).toEqual(after.bbox);
  expect(canvas.uidAt(20_000, 39_012)).toBe("new");
  expect(canvas.uidsIn([0, 0, side, side])).toHaveLength(501);
});

test("law: samples are the raster's numbers at every step-th pixel, also outside the canvas", () => {
  forSeeds(20, (random) => {
    const [height, width] = [300 + random.int(300), 300 + random.int(300)];
    const objects = new Map<string, ObjectShape>();
    for (let k = 0; k < 60; k++) {
      const radius = 2 + random.int(15);
      const at = [radius + random.int(height - 2 * radius), radius + random.int(width - 2 * radius)] as const;
      objects.set(`c${k}`, disc(at[0], at[1], radius));
    }
    const overlapAllowed = true;
    const canvas = createCanvas({ height, width, objects, overlapAllowed });
    const whole = renderCanvas(canvas).data;
    const step = random.pick([1, 2, 4, 8]);
    const samples = { y0: random.int(80) - 40, x0: random.int(80) - 40, rows: 70, columns: 90, step };
    const found = canvas.samplesFrom(samples);
    const wanted = Int32Array.from(found, (_, i) => {
      const [y, x] = [samples.y0 + Math.floor(i / 90) * step, samples.x0 + (i % 90) * step];
      return y >= 0 && x >= 0 && y < height && x < width ? (whole[y * width + x] as number) : 0;
    });
    expect(found).toEqual(wanted);
    const box: BoundingBox = [random.int(100), random.int(100), 150 + random.int(150), 150 + random.int(150)];
    const numbers = new Set(canvas.numbersIn(box));
    numbers.delete(0);
    const uids = new Set(canvas.uidsIn(box));
    expect([...numbers].filter((number) => !uids.has(canvas.uidOf(number) ?? ""))).toEqual([]);
  });
});
