import { expect, test } from "vitest";
import { firstColour, isRgb } from "./channels.ts";

const channel = (index: number, name: string, role = "other") => ({ index, name, role });

test("a photograph is known by its channel names", () => {
  const photo = [channel(0, "Red"), channel(1, "green"), channel(2, "B")];
  expect(isRgb(photo)).toBe(true);
  expect([0, 1, 2].map((i) => firstColour(photo, i))).toEqual([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ]);
  expect(isRgb([channel(0, "DAPI"), channel(1, "CD45"), channel(2, "CD3")])).toBe(false);
});

test("one channel is grey; several differ", () => {
  expect(firstColour([channel(0, "DAPI", "nuclear")], 0)).toEqual([255, 255, 255]);
  const two = [channel(0, "DAPI", "nuclear"), channel(1, "WGA", "membrane"), channel(2, "x")];
  const colours = [0, 1, 2].map((i) => firstColour(two, i).join());
  expect(new Set(colours).size).toBe(3);
});
