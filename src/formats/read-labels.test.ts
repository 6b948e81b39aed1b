import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { expect, test } from "vitest";
import { digestOf, expectedImages, fixture, refusal, sharedData } from "./fixtures/fixtures.ts";
import { assembleObjectMasks } from "./import/object-masks.ts";
import { assertPair } from "./pair.ts";
import { readLabels } from "./read-labels.ts";

test.each(["labels-int64.tif", "labels-float32.tif", "labels-uint32.tif"])(
  "%s: whole numbers of any type",
  async (name) => {
    const labels = await readLabels(fixture(name), { name });
    expect([labels.height, labels.width, labels.dtype]).toEqual([9, 11, "int32"]);
    expect(digestOf(labels.data)).toBe(expectedImages[name]!.sha256);
  },
);

test("a fraction is refused with its pixel", async () => {
  const error = await refusal(() => readLabels(fixture("labels-fraction.tif"), { name: "l.tif" }));
  // Value (3 * 11 + 4) * 1009 + 0.5, written by make-fixtures.py.
  expect(error.message).toBe(
    "l.tif, pixel y 3, x 4: its value is 37333.5; labels are whole numbers from 0 to 2147483647.",
  );
  expect(error.code).toBe("format.tiff");
});

test("a TIFF with a colour map gives its stored numbers", async () => {
  const labels = await readLabels(fixture("palette.tif"), { name: "l.tif" });
  // make-fixtures.py: (7 i) mod 4.
  expect([...labels.data.subarray(0, 6)]).toEqual([0, 3, 2, 1, 0, 3]);
});

test("PNG: 8 and 16 bits pass, colours and palettes do not", async () => {
  const grey = encode({
    width: 3,
    height: 2,
    channels: 1,
    depth: 16,
    data: Uint16Array.of(0, 1, 300, 65_535, 0, 2),
  });
  expect([...(await readLabels(grey, { name: "l.png" })).data]).toEqual([0, 1, 300, 65_535, 0, 2]);
  const rgb = encode({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) });
  const error = await refusal(() => readLabels(rgb, { name: "l.png" }));
  expect(error.message).toBe("l.png: it is a colour image; a colour is not a label.");
  expect(error.hint).toContain("one-channel TIFF");
  expect((await refusal(() => readLabels(fixture("palette.png"), { name: "p.png" }))).code).toBe(
    "format.png",
  );
});

test("stacks and channels are refused", async () => {
  expect((await refusal(() => readLabels(fixture("pages-plain.tif"), { name: "l.tif" }))).message).toBe(
    "l.tif: it holds 4 planes; a label image has one.",
  );
  expect((await refusal(() => readLabels(fixture("pil-packbits-RGB.tif"), { name: "l.tif" }))).message).toBe(
    "l.tif: it has 3 channels; a label image has one.",
  );
});

test("labels of another size than the image name both sizes", async () => {
  const image = { dtype: "uint8", axes: "yx", shape: [4, 6], data: new Uint8Array(24) } as const;
  const error = await refusal(() => assertPair(image, "a.png", { height: 6, width: 4 }, "a_masks.tif"));
  expect(error.code).toBe("format.pair");
  expect(error.message).toBe(
    "a_masks.tif: its labels are 6 x 4 pixels, the image a.png is 4 x 6 (they seem to be turned).",
  );
});

test("overlapping masks: the first by name keeps the pixel, the overlap is counted", () => {
  const mask = (name: string, ...data: number[]) => ({ name, height: 1, width: 4, data });
  const masks = [mask("b.png", 0, 255, 255, 0), mask("a.png", 255, 255, 0, 0), mask("c.png", 0, 255, 0, 0)];
  const { labels, overlapPixels, lost, labelOfMask } = assembleObjectMasks(masks, "x");
  expect([...labels.data]).toEqual([1, 1, 2, 0]);
  expect({ overlapPixels, lost }).toEqual({ overlapPixels: 2, lost: ["c.png"] });
  expect([...labelOfMask]).toEqual([
    ["a.png", 1],
    ["b.png", 2],
    ["c.png", 0],
  ]);
});

const dsb = join(sharedData, "dsb2018");

// All 120 images (5,833 masks) agree and take half a minute; every test run checks each twentieth.
test.skipIf(!existsSync(dsb))(
  "masks of the 2018 Data Science Bowl merge to the label images made by another tool",
  async () => {
    for (const id of readdirSync(join(dsb, "stage1_train")).filter((_, i) => i % 20 === 0)) {
      const folder = join(dsb, "stage1_train", id, "masks");
      const masks = [];
      for (const name of readdirSync(folder))
        masks.push({ name, ...(await readLabels(readFileSync(join(folder, name)), { name })) });
      const made = assembleObjectMasks(masks, id).labels;
      const reference = await readLabels(readFileSync(join(dsb, "labels", `${id}.tif`)), { name: id });
      expect(samePartition(made.data, reference.data), id).toBe(true);
    }
  },
);

function samePartition(a: Int32Array, b: Int32Array): boolean {
  const [forth, back] = [new Map<number, number>([[0, 0]]), new Map<number, number>([[0, 0]])];
  return (
    a.length === b.length &&
    a.every((x, i) => {
      const y = b[i]!;
      if (!forth.has(x)) forth.set(x, y);
      if (!back.has(y)) back.set(y, x);
      return forth.get(x) === y && back.get(y) === x;
    })
  );
}
