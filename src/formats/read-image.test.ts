import { describe, expect, test } from "vitest";
import { digestOf, expectedImages, fixture, refusal } from "./fixtures/fixtures.ts";
import { readImage } from "./read-image.ts";

describe("files of tifffile and Pillow come out as those tools put them in", () => {
  const images = Object.entries(expectedImages).filter(([name]) => !name.startsWith("labels-"));
  test.each(images)("%s", async (name, expected) => {
    const read = await readImage(fixture(name), { name });
    expect({ axes: read.image.axes, shape: read.image.shape, dtype: read.image.dtype }).toEqual({
      axes: expected.axes,
      shape: expected.shape,
      dtype: expected.dtype,
    });
    expect(digestOf(read.image.data)).toBe(expected.sha256);
    expect(read.mppSource).toBe(expected.mppSource);
    // tifffile stores resolutions as fractions of 32-bit numbers.
    for (const axis of ["y", "x"] as const)
      expect(read.mpp?.[axis] ?? 0).toBeCloseTo(expected.mpp?.[axis] ?? 0, 6);
    if (expected.channels !== null) expect(read.channels.map((c) => c.name)).toEqual(expected.channels);
  });
});

test("roles follow from channel names that leave no doubt", async () => {
  const { channels } = await readImage(fixture("ome-tczyx.ome.tif"), { name: "a" });
  expect(channels).toEqual([
    { name: "DAPI", role: "nuclear" },
    { name: "GFP" },
    { name: "Phase", role: "phase" },
  ]);
});

test("pages without a description are taken for z, and a note says so", async () => {
  const { notes } = await readImage(fixture("pages-plain.tif"), { name: "a" });
  expect(notes).toEqual([
    "The file does not say what its 4 pages are; they were taken for focal planes (z).",
  ]);
});

test("a caller who knows what the pages are can say so", async () => {
  const read = await readImage(fixture("pages-plain.tif"), { name: "a", pagesAre: "t" });
  expect([read.image.axes, read.notes]).toEqual(["tyx", []]);
  expect(digestOf(read.image.data)).toBe(expectedImages["pages-plain.tif"]!.sha256);
});

test("axes that do not end in yx are refused, not turned silently", async () => {
  const error = await refusal(() => readImage(fixture("shaped-yxz.tif"), { name: "a.tif" }));
  expect(error.message).toBe("a.tif, description: its axes are YXZ.");
});

test("what ImageJ adds for display and further images of an OME-TIFF are left aside with a note", async () => {
  expect((await readImage(fixture("imagej-green.tif"), { name: "a" })).notes).toEqual([
    "The colours in which ImageJ shows the image were left aside.",
  ]);
  expect((await readImage(fixture("ome-two-images.ome.tif"), { name: "a" })).notes).toEqual([
    "The file describes 2 images; only the first was read.",
  ]);
});

test("a printer's resolution is ignored with a note", async () => {
  const { mpp, notes } = await readImage(fixture("print-resolution.tif"), { name: "a" });
  expect(mpp).toBeNull();
  expect(notes).toEqual([
    "The resolution tag (84.7 µm per pixel) is not one of a microscope; it was ignored.",
  ]);
});

test("equal colours become one grey channel; opaque alpha goes silently, other alpha with a note", async () => {
  expect((await readImage(fixture("grey-as-rgba.tif"), { name: "a" })).notes).toEqual([
    "Red, green and blue are equal everywhere; the image was read as one grey channel.",
  ]);
  expect((await readImage(fixture("rgba.png"), { name: "a" })).notes).toEqual([
    "The transparency (alpha) of the image was dropped.",
  ]);
});

test("limits are checked before anything is decoded", async () => {
  const limits = { samplesMax: 100 };
  const error = await refusal(() => readImage(fixture("strips-float.tif"), { name: "big.tif", limits }));
  expect(error.code).toBe("limit.pixels");
  expect(error.message).toContain("big.tif: the header announces 40 x 52 pixels");
  expect((await refusal(() => readImage(fixture("rgba.png"), { name: "a", limits }))).code).toBe(
    "limit.pixels",
  );
  const small = { fileBytesMax: 10 };
  expect((await refusal(() => readImage(fixture("rgba.png"), { name: "a", limits: small }))).code).toBe(
    "limit.bytes",
  );
});

test("every cut of a TIFF is refused or leaves the pixels as they were", async () => {
  const whole = fixture("tiled-deflate-predictor.tif");
  const digest = expectedImages["tiled-deflate-predictor.tif"]!.sha256;
  for (let length = 0; length < whole.length; length += 13) {
    try {
      const { image } = await readImage(whole.slice(0, length), { name: "cut.tif" });
      expect(digestOf(image.data)).toBe(digest);
    } catch (error) {
      expect(error).toHaveProperty("code", expect.stringMatching(/^format\.(tiff|detect)$/));
    }
  }
});
