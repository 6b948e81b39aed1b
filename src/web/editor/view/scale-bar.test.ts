import { expect, test } from "vitest";
import { scaleBar } from "./scale-bar.ts";

test("0.5 µm/px at 2 screen pixels per pixel: 140 screen pixels are 35 µm, the bar shows 20 µm on 80 pixels", () => {
  expect(scaleBar(2, 0.5)).toEqual({ lengthPx: 80, text: "20 µm" });
});

test("without a pixel size the bar counts pixels", () => {
  expect(scaleBar(1, null)).toEqual({ lengthPx: 100, text: "100 px" });
});

test("units change with the length", () => {
  expect(scaleBar(0.01, 0.5).text).toBe("5 mm");
  expect(scaleBar(64, 0.1).text).toBe("200 nm");
});
