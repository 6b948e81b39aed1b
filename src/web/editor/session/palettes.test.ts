/** Palettes kept, found again, matched to channels of other images; damaged storage is no palette. */

import { expect, test } from "vitest";
import type { ChannelLook } from "./look.ts";
import { applyPalette, paletteOf, readPalettes, withPalette, writePalettes } from "./palettes.ts";

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

function memory(): Pick<Storage, "getItem" | "setItem"> & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

const made = paletteOf(" two stains ", [
  channel(0, "DAPI", { colour: [0, 0, 255], gamma: 0.5, limits: [5, 50] }),
  channel(1, "Actin", { visible: false, inverted: true }),
]);

test("kept per project and read back", () => {
  const storage = memory();
  expect(writePalettes(storage, "p1", withPalette([], made))).toBe(true);
  expect(readPalettes(storage, "p1")).toEqual([made]);
  expect(made.name).toBe("two stains");
  expect(readPalettes(storage, "p2")).toEqual([]);
  expect(withPalette([made], { ...made, channels: [] })).toEqual([{ ...made, channels: [] }]);
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

test("what is damaged or full is no palette and no failure", () => {
  const storage = memory();
  storage.setItem(
    "cellfoundry-palettes-p",
    JSON.stringify([made, { name: "x", channels: [{ gamma: -1 }] }, 7]),
  );
  expect(readPalettes(storage, "p")).toEqual([made]);
  storage.setItem("cellfoundry-palettes-p", "{");
  expect(readPalettes(storage, "p")).toEqual([]);
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  expect(writePalettes(full, "p", [made])).toBe(false);
  expect(writePalettes(null, "p", [made])).toBe(false);
});
