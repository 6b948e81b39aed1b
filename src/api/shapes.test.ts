import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { base64ByHand, base64ToBytes, bytesToBase64, shapeFromWire, shapeToWire } from "./shapes.ts";

test("bytes become the base64 that Node writes, and come back", () => {
  // The last is more than one call of String.fromCharCode takes.
  for (const length of [...Array(70).keys(), 100_003]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length * 37) & 255);
    const text = Buffer.from(bytes).toString("base64");
    expect(bytesToBase64(bytes)).toBe(text);
    expect(base64ByHand(bytes)).toBe(text);
    expect(base64ToBytes(text)).toEqual(bytes);
  }
});

const notBase64 = [
  ...["A", "A===", "AA=A", "AB==", "AAB=", "AA-_", "====", "A\u00e9==", "AAAA=", " AAA", "AA A", "AAAA    "],
];

test.each(notBase64)("%j is refused", (text) => {
  expect(() => base64ToBytes(text)).toThrow(expect.objectContaining({ code: "label.invalid" }));
});

test("the conversion of ES2026, as browsers have it, reads and refuses the same", () => {
  // A process of its own: the engine of this one has it behind a flag.
  const script = `
    import { base64ToBytes, bytesToBase64 } from ${JSON.stringify(new URL("./shapes.ts", import.meta.url).href)};
    const refused = ${JSON.stringify(notBase64)}.filter((text) => {
      try { base64ToBytes(text); return false; } catch (error) { return error.code === "label.invalid"; }
    });
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 151) & 255);
    const same = [0, 1, 2, 999].every((n) => {
      const part = bytes.subarray(0, n);
      return bytesToBase64(part) === Buffer.from(part).toString("base64") && base64ToBytes(bytesToBase64(part)).join() === part.join();
    });
    console.log(JSON.stringify({ native: typeof Uint8Array.fromBase64, refused: refused.length, same }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--js-base-64", "--input-type=module", "-e", script],
    {
      encoding: "utf8",
    },
  );
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ native: "function", refused: notBase64.length, same: true });
});

test("a shape keeps its place and its bits on the way", () => {
  const shape = { t: 1, z: 2, bbox: [3, 4, 5, 8] as const, bits: Uint8Array.of(0b11110111) };
  expect(shapeToWire(shape)).toEqual({ t: 1, z: 2, bbox: [3, 4, 5, 8], bits: "9w==" });
  expect(shapeFromWire(shapeToWire(shape))).toEqual(shape);
});
