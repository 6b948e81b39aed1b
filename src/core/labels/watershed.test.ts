import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, maskOf, pictureOf } from "#testing/index.ts";
import { type LabelImage, labelImage, type Mask, type Plane, plane } from "../array/index.ts";
import { rng } from "../rng.ts";
import { connectedComponents, watershedFromSeeds } from "./index.ts";

const flat = (height: number, width: number): Plane<"float32"> => plane("float32", height, width);

/** The same flood with the whole queue searched at every step: lowest level, then first in. */
function slowWatershed(
  elevation: Plane<"float32">,
  seeds: LabelImage,
  mask: Mask,
  connectivity: 4 | 8,
): LabelImage {
  const { height, width } = elevation;
  const labels = labelImage(height, width);
  const queue: { level: number; order: number; pixel: number }[] = [];
  let order = 0;
  seeds.data.forEach((label, pixel) => {
    if (label <= 0 || mask.data[pixel] === 0) return;
    labels.data[pixel] = label;
    queue.push({ level: elevation.data[pixel] as number, order: order++, pixel });
  });
  while (queue.length > 0) {
    queue.sort((a, b) => a.level - b.level || a.order - b.order);
    const { level, pixel } = queue.shift() as (typeof queue)[number];
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    const steps = [
      [-1, 0],
      [0, -1],
      [0, 1],
      [1, 0],
      [-1, -1],
      [-1, 1],
      [1, -1],
      [1, 1],
    ] as const;
    for (const [dy, dx] of steps.slice(0, connectivity)) {
      const [ny, nx] = [y + dy, x + dx];
      const to = ny * width + nx;
      if (ny < 0 || nx < 0 || ny >= height || nx >= width || mask.data[to] === 0 || labels.data[to] !== 0)
        continue;
      labels.data[to] = labels.data[pixel] as number;
      queue.push({ level: Math.max(level, elevation.data[to] as number), order: order++, pixel: to });
    }
  }
  return labels;
}

describe("watershedFromSeeds", () => {
  test("seeds meet half-way on a flat plane", () => {
    expect(pictureOf(watershedFromSeeds(flat(1, 5), labelsOf("1...2")))).toEqual(["11122"]);
    expect(pictureOf(watershedFromSeeds(flat(1, 6), labelsOf("1....2")))).toEqual(["111222"]);
  });

  test("a ridge is the border, wherever the seeds are; its top goes to the front that arrives first", () => {
    const ridge = plane("float32", 1, 9, Float32Array.of(0, 1, 2, 3, 4, 9, 4, 3, 0));
    expect(pictureOf(watershedFromSeeds(ridge, labelsOf("1.......2")))).toEqual(["111112222"]);
    expect(pictureOf(watershedFromSeeds(ridge, labelsOf("..1...2..")))).toEqual(["111112222"]);
  });

  test("a hollow without a seed is shared by those who flow in", () => {
    const hollow = plane("float32", 1, 7, Float32Array.of(5, 5, 0, 0, 0, 5, 5));
    expect(pictureOf(watershedFromSeeds(hollow, labelsOf("1.....2")))).toEqual(["1111222"]);
  });

  test("pixels off the mask and unreachable pixels stay background", () => {
    const mask = maskOf("11.11", "11.1.");
    expect(pictureOf(watershedFromSeeds(flat(2, 5), labelsOf("1.2..", "....."), { mask }))).toEqual([
      "11...",
      "11...",
    ]);
  });

  test("corners count only with eight neighbours", () => {
    const mask = maskOf("1.", ".1");
    const seeds = labelsOf("3.", "..");
    expect(pictureOf(watershedFromSeeds(flat(2, 2), seeds, { mask }))).toEqual(["3.", ".."]);
    expect(pictureOf(watershedFromSeeds(flat(2, 2), seeds, { mask, connectivity: 8 }))).toEqual(["3.", ".3"]);
  });

  test("a value that is not a number is refused, with its place", () => {
    const bad = plane("float32", 1, 3, Float32Array.of(0, Number.NaN, 0));
    expect(() => watershedFromSeeds(bad, labelsOf("1.."))).toThrow(/not a number, first at pixel index 1/);
    expect(() => watershedFromSeeds(bad, labelsOf("1.."), { mask: maskOf("1.1") })).not.toThrow();
  });

  test("planes of different size are refused", () => {
    expect(() => watershedFromSeeds(flat(1, 3), labelsOf("1."))).toThrow(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
  });

  test("law: equals the slow flood; invents no label; fills every masked piece that holds a seed", () =>
    forSeeds(300, (random) => {
      const [height, width] = [1 + random.int(9), 1 + random.int(9)];
      // Few distinct heights, negative ones too, so that ties are the rule.
      const elevation = plane("float32", height, width);
      const seeds = labelImage(height, width);
      const mask: Mask = { dtype: "uint8", height, width, data: new Uint8Array(height * width) };
      for (let i = 0; i < seeds.data.length; i++) {
        elevation.data[i] = (random.int(5) - 2) * 0.3;
        seeds.data[i] = random.chance(0.1) ? 1 + random.int(4) : 0;
        mask.data[i] = random.chance(0.85) ? 1 : 0;
      }
      const connectivity = random.chance(0.5) ? 4 : 8;
      const found = watershedFromSeeds(elevation, seeds, { mask, connectivity });
      expect(pictureOf(found)).toEqual(pictureOf(slowWatershed(elevation, seeds, mask, connectivity)));
      const pieces = connectedComponents(mask, connectivity);
      const seeded = new Set(pieces.data.filter((piece, i) => piece > 0 && (seeds.data[i] as number) > 0));
      found.data.forEach((label, i) => {
        expect(label > 0).toBe(seeded.has(pieces.data[i] as number));
      });
    }));

  test("law: equals the slow flood on heights without ties, in pieces of all shapes, from the top as from below", () =>
    forSeeds(12, (random) => {
      // More than 1,024 pixels in the largest piece, so that their heights do not fit the table of distinct values.
      const [height, width] = [40 + random.int(8), 40 + random.int(8)];
      const elevation = plane("float32", height, width);
      const seeds = labelImage(height, width);
      const mask: Mask = { dtype: "uint8", height, width, data: new Uint8Array(height * width).fill(1) };
      for (let i = 0; i < seeds.data.length; i++) {
        elevation.data[i] = (random.next() - 0.5) * 10 ** random.int(4);
        if (random.chance(0.02)) seeds.data[i] = random.chance(0.1) ? 2 ** 31 - 1 : 1 + random.int(9);
      }
      // Walls one pixel thick: pieces that differ in size and place.
      for (let x = 0; x < width; x++) mask.data[7 * width + x] = 0;
      for (let y = 0; y < 7; y++) mask.data[y * width + 12] = 0;
      const expected = slowWatershed(elevation, seeds, mask, 4);
      expect(watershedFromSeeds(elevation, seeds, { mask }).data).toEqual(expected.data);
      const turned = { ...elevation, data: elevation.data.map((value) => -value) };
      expect(watershedFromSeeds(turned, seeds, { mask, first: "high" }).data).toEqual(expected.data);
    }));

  test("a piece of 160,000 pixels: seeds in a row of a flat field of 400 x 400 share it by nearness", () => {
    const side = 400;
    const seeds = labelImage(side, side);
    for (let y = 0; y < side; y++)
      for (const [k, x] of [50, 150, 320].entries()) seeds.data[y * side + x] = k + 1;
    for (const connectivity of [4, 8] as const) {
      const { data } = watershedFromSeeds(flat(side, side), seeds, { connectivity });
      // Half-way between 50 and 150, and between 150 and 320; the earlier front takes the middle.
      const expected = data.map((_, i) => (i % side <= 100 ? 1 : i % side <= 235 ? 2 : 3));
      expect(data).toEqual(expected);
    }
  });

  test("a basin comes out the same in a frame of its own as within the whole plane", () => {
    const random = rng(5, "wide");
    const [height, width] = [300, 300];
    const elevation = plane("float32", height, width);
    const seeds = labelImage(height, width);
    for (let i = 0; i < seeds.data.length; i++) {
      elevation.data[i] = random.int(40);
      if (random.chance(0.002)) seeds.data[i] = i + 1;
    }
    const whole = watershedFromSeeds(elevation, seeds, { connectivity: 8 });
    // The basins of the result, each flooded alone in its own small mask, must come out as they are.
    const mask: Mask = { dtype: "uint8", height, width, data: new Uint8Array(height * width) };
    const chosen = whole.data[150 * width + 150] as number;
    whole.data.forEach((label, i) => {
      if (label === chosen) mask.data[i] = 1;
    });
    const alone = watershedFromSeeds(elevation, seeds, { mask, connectivity: 8 });
    expect(alone.data).toEqual(whole.data.map((label) => (label === chosen ? label : 0)));
    expect(slowFlood(elevation, seeds)).toEqual(whole.data);
  });
});

/** The same rule with a bucket queue of plain lists: levels are whole numbers below 40. */
function slowFlood(elevation: Plane<"float32">, seeds: LabelImage): Int32Array {
  const { height, width } = elevation;
  const labels = seeds.data.slice();
  const buckets: number[][] = Array.from({ length: 40 }, () => []);
  seeds.data.forEach((label, i) => {
    if (label > 0) buckets[elevation.data[i] as number]!.push(i);
  });
  buckets.forEach((bucket, level) => {
    for (const pixel of bucket) {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      for (const [dy, dx] of [
        [-1, 0],
        [0, -1],
        [0, 1],
        [1, 0],
        [-1, -1],
        [-1, 1],
        [1, -1],
        [1, 1],
      ] as const) {
        const to = (y + dy) * width + x + dx;
        if (y + dy < 0 || x + dx < 0 || y + dy >= height || x + dx >= width || labels[to] !== 0) continue;
        labels[to] = labels[pixel] as number;
        buckets[Math.max(level, elevation.data[to] as number)]!.push(to);
      }
    }
  });
  return labels;
}
