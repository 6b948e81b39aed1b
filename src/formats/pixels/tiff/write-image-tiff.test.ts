import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Dtype, type ImageArray, typedArray } from "#core/array/index.ts";
import { digestOf, refusal } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";
import { type ImageTiffOptions, writeImageTiff } from "./write-image-tiff.ts";

/** Distinct values in closed form. */
function made(dtype: Dtype, axes: string, shape: readonly number[]): ImageArray {
  const data = typedArray(
    dtype,
    shape.reduce((product, size) => product * size, 1),
  );
  for (let i = 0; i < data.length; i++) data[i] = dtype.startsWith("float") ? i / 8 - 3 : (i * 7) % 120;
  return { dtype, axes, shape, data };
}

const full: ImageTiffOptions = {
  name: "plate 3 <µ>",
  mpp: { y: 0.5, x: 0.65 },
  zStepUm: 2,
  frameIntervalS: 300,
  channels: [{ name: "DAPI", role: "nuclear", fluor: "DAPI", emissionNm: 461 }, { name: "PH" }],
};

const cases: readonly [Dtype, string, readonly number[]][] = [
  ["uint8", "yx", [5, 7]],
  ["uint16", "cyx", [2, 33, 21]],
  ["float32", "tczyx", [3, 2, 4, 6, 5]],
  ["int16", "tyx", [4, 6, 5]],
  ["uint32", "zyx", [2, 300, 257]],
  ["float64", "tcyx", [2, 2, 3, 4]],
  ["int32", "czyx", [2, 3, 3, 4]],
  ["int8", "yx", [1, 1]],
];

test.each(cases)("%s %s comes back with its metadata", async (dtype, axes, shape) => {
  const image = made(dtype, axes, shape);
  const read = await readImage(writeImageTiff(image, full), { name: "a.ome.tif" });
  expect(read.image).toEqual(image);
  expect([read.mpp, read.mppSource]).toEqual([{ y: 0.5, x: 0.65 }, "ome"]);
  expect(read.metadata).toEqual({ zStepUm: "2", frameIntervalS: "300", imageName: "plate 3 <µ>" });
  if (axes.includes("c")) expect(read.channels).toEqual(full.channels);
});

test("ImageJ's dialect comes back, and types it does not have are refused", async () => {
  const image = made("uint16", "tczyx", [3, 2, 4, 6, 5]);
  const read = await readImage(writeImageTiff(image, { ...full, flavour: "imagej" }), { name: "a.tif" });
  expect(read.image).toEqual(image);
  expect([read.mppSource, read.metadata]).toEqual(["imagej", { zStepUm: "2", frameIntervalS: "300" }]);
  expect(read.mpp?.y).toBeCloseTo(0.5, 6);
  expect(read.mpp?.x).toBeCloseTo(0.65, 6);
  const error = await refusal(() => writeImageTiff(made("int32", "yx", [2, 2]), { flavour: "imagej" }));
  expect(error.message).toContain("ImageJ has no pixels of type int32");
});

test("the same image gives the same bytes", () => {
  const image = made("uint16", "cyx", [2, 33, 21]);
  expect(digestOf(writeImageTiff(image, full))).toBe(digestOf(writeImageTiff(image, full)));
});

const python = "/usr/bin/python3";
const hasTifffile = (() => {
  try {
    execFileSync(python, ["-c", "import tifffile"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasTifffile)("tifffile opens what was written", () => {
  test("the same axes, types and values, as OME-TIFF and as ImageJ hyperstack", () => {
    const folder = mkdtempSync(join(tmpdir(), "image-tiff-"));
    try {
      const expected: Record<string, unknown> = {};
      for (const [index, [dtype, axes, shape]] of cases.entries()) {
        for (const flavour of ["ome", "imagej"] as const) {
          if (flavour === "imagej" && !["uint8", "uint16", "float32"].includes(dtype)) continue;
          const image = made(dtype, axes, shape);
          const name = flavour === "ome" ? `${index}.ome.tif` : `${index}.tif`;
          writeFileSync(join(folder, name), writeImageTiff(image, { ...full, flavour }));
          expected[name] = { axes: [...axes].sort().join(""), dtype, sha256: digestOf(image.data) };
        }
      }
      const script = `
import hashlib, json, os, sys
import numpy as np
import tifffile
found = {}
for name in os.listdir(sys.argv[1]):
    with tifffile.TiffFile(os.path.join(sys.argv[1], name)) as file:
        series = file.series[0]
        assert file.is_ome if ".ome." in name else file.is_imagej
        axes = series.axes.lower()
        order = [axes.index(a) for a in "tczyx" if a in axes]
        array = np.ascontiguousarray(np.transpose(series.asarray(), order))
        found[name] = {"axes": "".join(sorted(axes)), "dtype": array.dtype.name, "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
print(json.dumps(found))`;
      const found: unknown = JSON.parse(execFileSync(python, ["-c", script, folder], { encoding: "utf8" }));
      expect(found).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
