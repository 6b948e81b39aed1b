/** Reading and choosing in private mode: which plane is taken, what is refused before memory is. */
import { expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { writeImageTiff } from "#formats/index.ts";
import { choosePlane, describeImage, readChosenFile } from "./private-image.ts";

// Values tell their place: t 1000s, c 100s, z 10s, x ones.
const data = Uint16Array.from({ length: 2 * 2 * 3 * 4 }, (_, i) => {
  const [x, z, c, t] = [i % 4, Math.floor(i / 4) % 3, Math.floor(i / 12) % 2, Math.floor(i / 24)];
  return 1000 * t + 100 * c + 10 * z + x;
});
const stack = imageArray("uint16", "tczyx", [2, 2, 3, 1, 4], data);

test("one frame and one focal plane with all channels, as a copy", () => {
  const chosen = choosePlane(stack, { t: 1, z: 2 });
  expect([chosen.axes, chosen.shape]).toEqual(["cyx", [2, 1, 4]]);
  expect([...chosen.data]).toEqual([1020, 1021, 1022, 1023, 1120, 1121, 1122, 1123]);
  chosen.data[0] = 7;
  expect(data).not.toContain(7);
  const grey = choosePlane(imageArray("uint8", "yx", [1, 2], Uint8Array.of(5, 6)), { t: 0, z: 0 });
  expect([grey.axes, ...grey.data]).toEqual(["yx", 5, 6]);
});

test("a place outside the stack and an image beyond a browser's memory are refused", () => {
  expect(() => choosePlane(stack, { t: 2, z: 0 })).toThrow(expect.objectContaining({ code: "array.axes" }));
  const huge = { ...stack, axes: "yx", shape: [10_000, 10_000], data: new Uint16Array(0) };
  expect(() => choosePlane(huge, { t: 0, z: 0 })).toThrow(expect.objectContaining({ code: "limit.pixels" }));
});

test("a file is described by what it says; one too large is refused before it is read", async () => {
  const bytes = writeImageTiff(stack, {
    channels: [{ name: "DAPI", role: "nuclear" }, { name: "WGA" }],
    mpp: { y: 0.5, x: 0.5 },
  });
  const read = await readChosenFile(new Blob([bytes as Uint8Array<ArrayBuffer>]), "a.ome.tif");
  expect(describeImage("a.ome.tif", read)).toMatchObject({
    ...{ height: 1, width: 4, frames: 2, planes: 3, pages: null, mpp: { y: 0.5, x: 0.5 } },
    channels: [{ name: "DAPI" }, { name: "WGA" }],
  });
  const large = { size: 2 ** 40, arrayBuffer: () => Promise.reject(new Error("read")) } as unknown as Blob;
  await expect(readChosenFile(large, "b.tif")).rejects.toMatchObject({ code: "limit.bytes" });
  await expect(readChosenFile(new Blob(["text"]), "c.tif")).rejects.toMatchObject({ code: "format.detect" });
});
