import { expect, test } from "vitest";
import { base64ToBytes, bytesToBase64, shapeFromWire, shapeToWire } from "./shapes.ts";

test("bytes become the base64 that Node writes, and come back", () => {
  // The last is more than one call of String.fromCharCode takes.
  for (const length of [...Array(70).keys(), 100_003]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length * 37) & 255);
    const text = Buffer.from(bytes).toString("base64");
    expect(bytesToBase64(bytes)).toBe(text);
    expect(base64ToBytes(text)).toEqual(bytes);
  }
});

test.each(["A", "A===", "AA=A", "AB==", "AAB=", "AA-_", "====", "A\u00e9==", "AAAA=", " AAA"])(
  "%j is refused",
  (text) => {
    expect(() => base64ToBytes(text)).toThrow(expect.objectContaining({ code: "label.invalid" }));
  },
);

test("a shape keeps its place and its bits on the way", () => {
  const shape = { t: 1, z: 2, bbox: [3, 4, 5, 8] as const, bits: Uint8Array.of(0b11110111) };
  expect(shapeToWire(shape)).toEqual({ t: 1, z: 2, bbox: [3, 4, 5, 8], bits: "9w==" });
  expect(shapeFromWire(shapeToWire(shape))).toEqual(shape);
});
