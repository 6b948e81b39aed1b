import { expect, test } from "vitest";
import { deviceWords, loadedWords, scaleWords, timeWords } from "./private-words.ts";

const processor = { device: "wasm", threads: 4, isolated: true, adapter: "", refusal: null } as const;

test("the device in plain words, with the reason when it could be faster", () => {
  expect(deviceWords(processor)).toBe("Computed on the processor with 4 threads.");
  expect(deviceWords({ ...processor, threads: 1, isolated: false })).toMatch(/one thread only.*HTTPS/);
  expect(deviceWords({ ...processor, device: "webgpu", threads: 1, adapter: "amd rdna-3" })).toBe(
    "Computed on the graphics card (amd rdna-3) through WebGPU.",
  );
  expect(deviceWords({ ...processor, refusal: "It ran out of memory." })).toMatch(/not used: It ran out/);
});

test("what was loaded, and the rate of images large enough to have one", () => {
  expect(loadedWords({ runtime: 3_660_000, model: 1_420_000 })).toMatch(
    /^Loaded 3\.7.MB of runtime and 1\.4.MB/,
  );
  expect(loadedWords({ runtime: 0, model: 0 })).toMatch(/nothing was loaded/);
  // 4 s for 2 megapixels.
  expect(timeWords(4000, 2e6)).toMatch(/4.s, 2\.0 s per megapixel/);
  expect(timeWords(100, 1e4)).toBe("It took less than a second.");
});

test("the scale is told when it is not the image's own", () => {
  const estimate = { scale: 2.04, cellDiameterPx: 9, cellCount: 40, sure: true };
  expect(scaleWords({ factor: 1, source: "none", estimate })).toBeNull();
  expect(scaleWords({ factor: 1, source: "pixelSize", estimate: null })).toBeNull();
  expect(scaleWords({ factor: 2.04, source: "estimated", estimate })).toMatch(
    /^The model saw .* 2 times .*estimated/,
  );
  expect(scaleWords({ factor: 2.04, source: "estimated", estimate })).not.toMatch(/doubt/);
  expect(scaleWords({ factor: 2.04, source: "estimated", estimate: { ...estimate, sure: false } })).toMatch(
    /doubt/,
  );
  expect(scaleWords({ factor: 0.512, source: "given", estimate: null })).toMatch(
    /0\.51 times its size, as you said/,
  );
});
