/** Palettes matched to channels of other images; those that a browser kept are found once; damaged storage is no palette. */

import { expect, test } from "vitest";
import type { ChannelLook } from "./look.ts";
import { applyPalette, forgetOldPalettes, paletteOf, readOldPalettes } from "./palettes.ts";

const channel = (index: number, name: string, patch: Partial<ChannelLook> = {}): ChannelLook => ({
  index,
  name,
  visible: true,
  colour: [255, 255, 255],
  limits: [0, 100],
  automatic: [0, 100],
  range: [0, 255],
  gamma: 1,
  inverted: false,
  ...patch,
});

function memory(text: string) {
  const kept = new Map([["cellfoundry-palettes-p", text]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
  };
}

const made = paletteOf(" two stains ", [
  channel(0, "DAPI", { colour: [0, 0, 255], gamma: 0.5, limits: [5, 50] }),
  channel(1, "Actin", { visible: false, inverted: true }),
]);

test("those of an earlier version are found in their project, once", () => {
  const storage = memory(JSON.stringify([made]));
  expect(made.name).toBe("two stains");
  expect(readOldPalettes(storage, "other")).toEqual([]);
  expect(readOldPalettes(storage, "p")).toEqual([made]);
  forgetOldPalettes(storage, "p");
  expect(readOldPalettes(storage, "p")).toEqual([]);
});

test("channels are found by name, the rest by place", () => {
  const other = [channel(0, "Actin"), channel(1, "DAPI"), channel(2, "Tubulin")];
  const [actin, dapi, tubulin] = applyPalette(other, made, false);
  expect(actin).toMatchObject({ index: 0, visible: false, inverted: true, limits: [0, 100] });
  expect(dapi).toMatchObject({ index: 1, colour: [0, 0, 255], gamma: 0.5, limits: [0, 100] });
  expect(tubulin).toEqual(other[2]);
  expect(applyPalette([channel(0, "405")], made, true)[0]).toMatchObject({
    colour: [0, 0, 255],
    limits: [5, 50],
  });
});

test("what is damaged is no palette and no failure", () => {
  const damaged = JSON.stringify([made, { name: "x", channels: [{ gamma: -1 }] }, 7]);
  expect(readOldPalettes(memory(damaged), "p")).toEqual([made]);
  expect(readOldPalettes(memory("{"), "p")).toEqual([]);
  expect(readOldPalettes(null, "p")).toEqual([]);
});
