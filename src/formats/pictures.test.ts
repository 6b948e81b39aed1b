import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf, fixture, refusal } from "./fixtures/fixtures.ts";
import { readImage } from "./read-image.ts";
import { readLabels } from "./read-labels.ts";

interface Expected {
  readonly axes: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}
const path = join(import.meta.dirname, "fixtures/expected-pictures.json");
const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(path, "utf8")).files;

test.each(Object.entries(expected))(
  "%s comes out as Pillow decodes it, to the last bit",
  async (name, { axes, shape, sha256 }) => {
    const { image, mpp } = await readImage(fixture(name), { name });
    expect([image.axes, image.shape, image.dtype, mpp]).toEqual([axes, shape, "uint8", null]);
    expect(digestOf(image.data)).toBe(sha256);
  },
);

test("notes tell what compression and cameras did", async () => {
  const lossy = "The file is a JPEG: compression has changed its values, most of all at edges.";
  expect((await readImage(fixture("grey.jpg"), { name: "a" })).notes).toEqual([lossy]);
  expect((await readImage(fixture("exif-6.jpg"), { name: "a" })).notes).toEqual([
    lossy,
    "The image was turned as its camera asks (EXIF orientation 6).",
  ]);
  expect((await readImage(fixture("lossless.webp"), { name: "a" })).notes).toEqual([]);
});

describe("pictures that cannot be used are refused", () => {
  test("CMYK", async () => {
    const error = await refusal(() => readImage(fixture("cmyk.jpg"), { name: "print.jpg" }));
    expect([error.code, error.message]).toEqual([
      "format.jpeg",
      "print.jpg: its colours are those of print (CMYK).",
    ]);
  });

  test("lossy labels, as files and inside TIFF", async () => {
    for (const name of ["grey.jpg", "lossy.webp", "jpeg-grey.tif"])
      expect((await refusal(() => readLabels(fixture(name), { name }))).message).toContain(
        "compressed with loss",
      );
  });

  test.each(["rgb-420.jpg", "progressive.jpg", "lossy.webp", "lossless.webp", "rgb-24.bmp", "palette-8.bmp"])(
    "every cut of %s",
    async (name) => {
      const whole = fixture(name);
      for (let length = 0; length < whole.length - 2; length += 37) {
        const error = await refusal(() => readImage(whole.slice(0, length), { name }));
        expect(error.code).toMatch(/^format\.(jpeg|webp|bmp|detect)$/);
        expect(error.message).not.toContain("cannot be understood");
      }
    },
  );

  test("a header that announces more than the limit", async () => {
    for (const name of ["rgb-420.jpg", "lossy.webp", "rgb-24.bmp"]) {
      const error = await refusal(() => readImage(fixture(name), { name, limits: { samplesMax: 1000 } }));
      expect(error.code).toBe("limit.pixels");
    }
  });
});
