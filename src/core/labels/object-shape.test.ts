import { describe, expect, test } from "vitest";
import { forSeeds, makeSyntheticCells, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import {
  assertObjectShape,
  decodeObjectShape,
  drawObjectShapeInPlace,
  encodeObjectShape,
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  renderObjects,
  shapeArea,
  shapeContains,
  shapesEqual,
  shapesOverlap,
  shapeToMask,
} from "./index.ts";

const ring = maskOf("......", ".1111.", ".1..1.", ".1111.", "......");

/** Pixels of a shape, read bit by bit from the definition. */
function pixelsOf(shape: ObjectShape): string[] {
  const [y0, x0, y1, x1] = shape.bbox;
  const pixels: string[] = [];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const bit = (y - y0) * (x1 - x0) + x - x0;
      if (((shape.bits[Math.floor(bit / 8)] as number) >> (7 - (bit % 8))) % 2 === 1)
        pixels.push(`${y},${x}`);
    }
  }
  return pixels;
}

describe("object shape", () => {
  test("is a tight box and bits, most significant first", () => {
    // 1111 1001 1111 0000: four rows of four would be 16 bits; three rows are 12 with four of padding.
    expect(objectShapeFromMask(ring, { t: 2, z: 3 })).toEqual({
      t: 2,
      z: 3,
      bbox: [1, 1, 4, 5],
      bits: Uint8Array.of(0b11111001, 0b11110000),
    });
  });

  test("of an empty mask is null", () => {
    expect(objectShapeFromMask(maskOf("..", ".."))).toBeNull();
  });

  test("of a crop at any place in memory is that of the same pixels alone", () => {
    forSeeds(40, (rng) => {
      const [height, width, offset] = [1 + rng.int(5), 1 + rng.int(9), rng.int(7)];
      const pixels = Uint8Array.from({ length: height * width }, () =>
        rng.int(6) === 0 ? 1 + rng.int(255) : 0,
      );
      const memory = new Uint8Array(offset + pixels.length + 3).fill(9);
      memory.set(pixels, offset);
      const data = memory.subarray(offset, offset + pixels.length);
      const shape = objectShapeFromMask({ dtype: "uint8", height, width, data });
      const expected = [...pixels.keys()].filter((i) => pixels[i] !== 0);
      expect(shape === null ? [] : pixelsOf(shape)).toEqual(
        expected.map((i) => `${Math.floor(i / width)},${i % width}`),
      );
    });
  });

  test("area, membership, crop", () => {
    const shape = objectShapeFromMask(ring) as ObjectShape;
    expect(shapeArea(shape)).toBe(10);
    expect([shapeContains(shape, 1, 1), shapeContains(shape, 2, 2), shapeContains(shape, 0, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(pictureOf(shapeToMask(shape))).toEqual(["1111", "1..1", "1111"]);
  });

  test("drawing outside the image is cut off", () => {
    const labels = labelImage(2, 3);
    drawObjectShapeInPlace({ t: 0, z: 0, bbox: [1, 1, 3, 5], bits: Uint8Array.of(0xff) }, labels, 7);
    expect(pictureOf(labels)).toEqual(["...", ".77"]);
  });

  test("law: labels -> shapes -> labels is the identity, and shapes hold exactly their pixels", () =>
    forSeeds(300, (random) => {
      const labels = randomLabels(random);
      const shapes = objectShapesFromLabels(labels);
      const objects = [...shapes].map(([label, shape]) => ({ label, shape }));
      expect(pictureOf(renderObjects(labels.height, labels.width, objects))).toEqual(pictureOf(labels));
      expect([...shapes.keys()]).toEqual(
        [...new Set(labels.data)].filter((v) => v > 0).sort((a, b) => a - b),
      );
      for (const [label, shape] of shapes) {
        assertObjectShape(shape, labels);
        const expected: string[] = [];
        labels.data.forEach((value, i) => {
          if (value === label) expected.push(`${Math.floor(i / labels.width)},${i % labels.width}`);
        });
        expect(pixelsOf(shape)).toEqual(expected);
        expect(shapeArea(shape)).toBe(expected.length);
        const single = labels.data.map((value) => (value === label ? 1 : 0));
        expect(objectShapeFromMask({ ...labels, dtype: "uint8", data: Uint8Array.from(single) })).toEqual(
          shape,
        );
      }
    }));

  test("sparse labels up to the largest int32 work", () => {
    const labels = labelImage(1, 4, [2147483647, 2147483647, 9, 0]);
    expect([...objectShapesFromLabels(labels).keys()]).toEqual([9, 2147483647]);
  });

  test("law: overlap and equality agree with pixel sets", () =>
    forSeeds(300, (random) => {
      const one = [...objectShapesFromLabels(randomLabels(random)).values()];
      const two = [...objectShapesFromLabels(randomLabels(random)).values()];
      for (const a of one) {
        for (const b of two) {
          const [inA, inB] = [new Set(pixelsOf(a)), pixelsOf(b)];
          expect(shapesOverlap(a, b)).toBe(inB.some((pixel) => inA.has(pixel)));
          expect(shapesEqual(a, b)).toBe([...inA].join() === inB.join());
          expect(shapesOverlap(a, { ...b, t: 1 })).toBe(false);
        }
      }
    }));
});

describe("assertObjectShape", () => {
  const good: ObjectShape = { t: 0, z: 0, bbox: [1, 1, 4, 5], bits: Uint8Array.of(0b11111001, 0b11110000) };
  const image = { height: 5, width: 6 };
  const bad: readonly [string, ObjectShape, RegExp][] = [
    ["outside the image", { ...good, bbox: [3, 1, 6, 5] }, /outside the image of 5 x 6/],
    ["an empty box", { ...good, bbox: [1, 1, 1, 5], bits: new Uint8Array() }, /box is empty/],
    ["a wrong length", { ...good, bits: Uint8Array.of(0xff) }, /length of its box/],
    ["padding", { ...good, bits: Uint8Array.of(0b11111001, 0b11110001) }, /padding/],
    ["a loose box", { ...good, bits: Uint8Array.of(0b00001001, 0b11110000) }, /not tight/],
    ["a loose side", { ...good, bits: Uint8Array.of(0b11101000, 0b11100000) }, /not tight/],
    ["a fraction", { ...good, bbox: [1.5, 1, 4, 5] }, /whole numbers/],
    ["a negative frame", { ...good, t: -1 }, /frame or plane/],
  ];
  test("accepts a good shape", () => expect(() => assertObjectShape(good, image)).not.toThrow());
  test.each(bad)("refuses %s", (_, shape, message) => {
    expect(() => assertObjectShape(shape, image)).toThrow(message);
    expect(() => assertObjectShape(shape, image)).toThrow(expect.objectContaining({ code: "label.invalid" }));
  });
});

describe("encoding", () => {
  test("bytes of version 1, worked out by hand", () => {
    // version 1, t 2, z 3, y0 1, x0 1, height 3, width 4, coding 0, two bytes of bitmap (runs would take six).
    const shape = objectShapeFromMask(ring, { t: 2, z: 3 }) as ObjectShape;
    expect([...encodeObjectShape(shape)]).toEqual([1, 2, 3, 1, 1, 3, 4, 0, 0b11111001, 0b11110000]);
    // A full box of 10 x 30 at x = 300: runs "0 zeros, 300 ones" are shorter than 38 bytes; 300 is 172, 2.
    const box: ObjectShape = {
      t: 0,
      z: 0,
      bbox: [0, 300, 10, 330],
      bits: Uint8Array.from({ length: 38 }, (_, i) => (i < 37 ? 255 : 240)),
    };
    expect([...encodeObjectShape(box)]).toEqual([1, 0, 0, 0, 172, 2, 10, 30, 1, 0, 172, 2]);
  });

  test("law: decode of encode is the identity", () =>
    forSeeds(300, (random) => {
      for (const shape of objectShapesFromLabels(randomLabels(random, 30), {
        t: random.int(300),
        z: random.int(3),
      }).values()) {
        expect(decodeObjectShape(encodeObjectShape(shape))).toEqual(shape);
      }
    }));

  test("law: one shape has one encoding; every other byte string is refused or is another shape", () =>
    forSeeds(400, (random) => {
      const shapes = [...objectShapesFromLabels(randomLabels(random, 24)).values()];
      if (shapes.length === 0) return;
      const bytes = encodeObjectShape(random.pick(shapes));
      const changed = random.chance(0.3) ? bytes.slice(0, random.int(bytes.length)) : bytes.slice();
      if (changed.length === bytes.length) changed[random.int(bytes.length)] = random.int(256);
      let shape: ObjectShape;
      try {
        shape = decodeObjectShape(changed);
      } catch (error) {
        expect(error).toMatchObject({ code: "label.invalid" });
        return;
      }
      expect([...encodeObjectShape(shape)]).toEqual([...changed]);
    }));

  test("a huge box with a few bytes is refused before memory is taken", () => {
    const bytes = Uint8Array.of(1, 0, 0, 0, 0, 255, 255, 255, 127, 255, 255, 255, 127, 1, 0);
    expect(() => decodeObjectShape(bytes)).toThrow(expect.objectContaining({ code: "label.invalid" }));
  });

  test("cells of usual size take less than their bitmap", () => {
    const { labels } = makeSyntheticCells({ height: 128, width: 128, seed: 1 });
    for (const shape of objectShapesFromLabels(labels).values()) {
      expect(encodeObjectShape(shape).length).toBeLessThanOrEqual(shape.bits.length + 12);
    }
  });
});
