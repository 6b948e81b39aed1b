import { decode } from "fast-png";
import { expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { labelsOf } from "#testing/index.ts";
import { overlayPng, thumbnailPng } from "./pictures.ts";

const labels = labelsOf("........", ".111222.", ".111222.", ".111222.", "........");

test("an overlay is clear on background, thin inside, full on outlines, and neighbours differ", () => {
  const { width, channels, data } = decode(overlayPng(labels, 100));
  expect([width, channels]).toEqual([8, 4]);
  const at = (y: number, x: number) => [...data.slice(4 * (y * 8 + x), 4 * (y * 8 + x) + 4)];
  expect(at(0, 0)).toEqual([0, 0, 0, 0]);
  expect(at(2, 2)[3]).toBe(90);
  expect(at(1, 1)[3]).toBe(255);
  expect(at(2, 3)[3]).toBe(255); // where the two touch
  expect(at(2, 2).slice(0, 3)).toEqual(at(1, 1).slice(0, 3));
  expect(at(2, 2).slice(0, 3)).not.toEqual(at(2, 5).slice(0, 3));
});

test("a large label image is shown smaller", () => {
  const { width, height } = decode(overlayPng(labels, 4));
  expect([width, height]).toEqual([4, 3]);
});

test("a thumbnail is grey without labels and has orange outlines with them", () => {
  const image = imageArray("uint8", "yx", [5, 8], new Uint8Array(40).fill(7));
  expect(decode(thumbnailPng(image, 100)).channels).toBe(1);
  const { channels, data } = decode(thumbnailPng(image, 100, { labels }));
  expect(channels).toBe(3);
  expect([...data.slice(3 * 9, 3 * 9 + 3)]).toEqual([255, 140, 26]);
  expect([...data.slice(0, 3)]).toEqual([0, 0, 0]);
});
