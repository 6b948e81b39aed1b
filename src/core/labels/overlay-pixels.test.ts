/** The overlay: outlines opaque, insides see-through, background clear; neighbours differ in colour. */
import { expect, test } from "vitest";
import { labelImage } from "../array/index.ts";
import { overlayPixels } from "./index.ts";

const alphas = (data: Uint8ClampedArray): number[] =>
  Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3] as number);

test("a square of 3 x 3 in a plane of 5 x 5: eight outline pixels around one filled", () => {
  const labels = labelImage(5, 5);
  for (let y = 1; y < 4; y++) for (let x = 1; x < 4; x++) labels.data[5 * y + x] = 4;
  const { height, width, data } = overlayPixels(labels, 100);
  expect([height, width]).toEqual([5, 5]);
  const expected = Array.from(labels.data, (label, i) => (label === 0 ? 0 : i === 12 ? 90 : 255));
  expect(alphas(data)).toEqual(expected);
});

test("touching objects have different colours; a large image is shrunk to the side", () => {
  const labels = labelImage(8, 40);
  for (let i = 0; i < labels.data.length; i++) labels.data[i] = 1 + Math.floor((i % 40) / 10);
  const { data } = overlayPixels(labels, 100);
  const colour = (x: number) => data.slice(4 * (4 * 40 + x), 4 * (4 * 40 + x) + 3).join();
  for (const x of [5, 15, 25]) expect(colour(x)).not.toBe(colour(x + 10));
  const small = overlayPixels(labels, 10);
  expect([small.height, small.width, small.data.length]).toEqual([2, 10, 80]);
});
