import { encode } from "fast-png";
import { expect, test } from "vitest";
import { digestOf, expectedImages, fixture, refusal } from "./fixtures/fixtures.ts";
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
