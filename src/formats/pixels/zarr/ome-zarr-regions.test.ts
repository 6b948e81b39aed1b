import { expect, test } from "vitest";
import { channelPlane, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { createRowHalver } from "./halve-rows.ts";
import { levelForms, omeZarrImage, omeZarrLabels } from "./ome-zarr.ts";
import { omeZarrImageRegions, omeZarrLabelsRegions } from "./ome-zarr-regions.ts";
import { halveByMean, halveByNearest } from "./pyramid.ts";

function noise(
  dtype: "uint8" | "uint16" | "float32" | "int32",
  shape: readonly [number, number, number],
): ImageArray {
  const data = typedArray(dtype, shape[0] * shape[1] * shape[2]);
  for (let i = 0; i < data.length; i++) data[i] = (i * 2_654_435_761) % 251;
  return imageArray(dtype, "cyx", shape, data as never);
}

/** Levels in memory, given out by region. */
function levelsOf(image: ImageArray, halve: (image: ImageArray) => ImageArray) {
  const levels = [image];
  for (const _ of levelForms(image).slice(1)) levels.push(halve(levels.at(-1) as ImageArray));
  return {
    levels: levelForms(image),
    async readBox(level: number, c: number, [y0, x0, y1, x1]: readonly [number, number, number, number]) {
      const { width, data } = channelPlane(levels[level] as ImageArray, { c });
      const out = typedArray(image.dtype, (y1 - y0) * (x1 - x0));
      for (let y = y0; y < y1; y++)
        out.set(data.subarray(y * width + x0, y * width + x1) as never, (y - y0) * (x1 - x0));
      return out;
    },
  };
}

test.each(["uint8", "uint16", "float32"] as const)(
  "every key of an image has the bytes of the whole one (%s)",
  async (dtype) => {
    const image = noise(dtype, [2, 1237, 1090]);
    const options = {
      name: "slide",
      mpp: { y: 0.5, x: 0.25 },
      channels: [{ name: "DAPI" }, { name: "CD45" }],
    };
    const whole = omeZarrImage(image, options);
    const regions = omeZarrImageRegions(levelsOf(image, halveByMean), options);
    expect(whole.keys().length).toBe(3 + 1 + 2 * (9 + 4 + 1));
    for (const key of whole.keys()) {
      expect(regions.has(key)).toBe(true);
      expect(await regions.get(key)).toEqual(whole.get(key));
    }
  },
);

test("keys that do not exist are not there", async () => {
  const regions = omeZarrImageRegions(levelsOf(noise("uint8", [1, 600, 600]), halveByMean), { name: "a" });
  for (const key of [
    "",
    "c/0",
    "2/zarr.json",
    "00/zarr.json",
    "0/c/0/0",
    "0/c/0/2/0",
    "0/c/0/0/0/0",
    "0/x",
    "1/c/0/1/0",
  ]) {
    expect([key, regions.has(key), await regions.get(key)]).toEqual([key, false, undefined]);
  }
});

test("label images by region are those of the whole one", async () => {
  const image = noise("int32", [1, 700, 530]);
  const plane = { ...image, axes: "yx", shape: [700, 530] };
  const whole = omeZarrLabels(plane, { name: "cells", mpp: null });
  const regions = omeZarrLabelsRegions(levelsOf(plane, halveByNearest), { name: "cells", mpp: null });
  for (const key of whole.keys()) expect(await regions.get(key)).toEqual(whole.get(key));
});

test.each([
  [1, 7],
  [2, 8],
  [3, 31],
  [64, 37],
])("bands of %i rows of a plane %i high halve as the whole plane", (step, height) => {
  const image = noise("uint16", [1, height, 13]);
  for (const levels of [1, 3]) {
    const found: number[] = [];
    const halvers = Array.from({ length: levels }, (_, k) =>
      createRowHalver("uint16", Math.ceil(13 / 2 ** k)),
    );
    const pass = (k: number, rows: ImageArray["data"]): void => {
      const halver = halvers[k];
      if (halver === undefined) found.push(...rows);
      else pass(k + 1, halver.add(rows));
    };
    for (let y = 0; y < height; y += step)
      pass(0, image.data.subarray(y * 13, Math.min(height, y + step) * 13));
    for (let k = 0; k < levels; k++) pass(k + 1, (halvers[k] as (typeof halvers)[number]).end());
    let expected = image;
    for (let k = 0; k < levels; k++) expected = halveByMean(expected);
    expect(found).toEqual([...expected.data]);
  }
});
