/** Order of frames by their names, by cases written out by hand. */
import { expect, test } from "vitest";
import { assertFrames, noteMissing, orderFrames } from "./frame-files.ts";

const orderOf = (...paths: string[]) =>
  orderFrames(paths).files.map(({ path, number }) => `${number}:${path}`);

test("the last number counts, as a number", () => {
  expect(orderOf("t10.tif", "t9.tif", "t100.tif")).toEqual(["9:t9.tif", "10:t10.tif", "100:t100.tif"]);
  expect(orderOf("w2_t003_dapi.png", "w2_t001_dapi.png")).toEqual([
    "1:w2_t001_dapi.png",
    "3:w2_t003_dapi.png",
  ]);
  // Endings may differ; what is no image, or lies deeper, is no frame.
  expect(orderOf("t2.TIF", "t1.tiff", "man_track.txt", "deeper/t0.tif")).toEqual(["1:t1.tiff", "2:t2.TIF"]);
});

test("names that differ in more than one number are in reading order and counted from 0", () => {
  const frames = orderFrames(["b1_t2.tif", "a10_t1.tif", "a9_t1.tif"]);
  expect(frames.numbered).toBe(false);
  expect(frames.files.map(({ path }) => path)).toEqual(["a9_t1.tif", "a10_t1.tif", "b1_t2.tif"]);
  expect(frames.files.map(({ number }) => number)).toEqual([0, 1, 2]);
  expect(orderFrames(["one.tif", "two.tif"]).numbered).toBe(false);
  // The same number twice does not tell the order.
  expect(orderFrames(["t1.tif", "t01.tif"]).numbered).toBe(false);
});

test("holes are told, and an empty folder is refused", () => {
  expect(noteMissing(orderFrames(["t3.tif", "t4.tif", "t7.tif"]))).toEqual([
    "2 of the frames 3 to 7 are missing; the frames before and after were joined.",
  ]);
  expect(noteMissing(orderFrames(["t3.tif", "t4.tif"]))).toEqual([]);
  expect(() => assertFrames(orderFrames(["notes.txt"]), "m")).toThrowError(
    expect.objectContaining({ code: "import.empty" }),
  );
});
