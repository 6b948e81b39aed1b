/**
 * Damaged and hostile model files against the check: facts or a coded error with its place, in bounded time.
 *
 * Seeded mutations of a small network with every kind of part, and of the model that ships. What passes the check is
 * met again by the trial run in a process of its own (src/jobs/models).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isFoundryError } from "../../src/core/errors.ts";
import { checkModel, encodeModel, type OnnxModel } from "../../src/nn/onnx/index.ts";
import { generator, mutate } from "./mutations.ts";

const small: OnnxModel = {
  graphName: "g",
  producer: "fuzz",
  documentation: "",
  opsets: { "": 17, "com.microsoft": 1 },
  inputs: [{ name: "image", dtype: "float32", shape: ["n", 1, "h", "w"] }],
  outputs: [{ name: "map", dtype: "float32", shape: ["n", 1, "h", "w"] }],
  initialisers: [
    { name: "k", shape: [1, 1, 3, 3], data: new Float32Array(9).fill(0.1) },
    { name: "s", shape: [4], data: new Float32Array([1, 1, 2, 2]) },
    { name: "r", shape: [4], data: BigInt64Array.from([1n, 1n, 2n, 2n]) },
  ],
  nodes: [
    {
      operator: "Conv",
      domain: "",
      name: "c",
      inputs: ["image", "k"],
      outputs: ["a"],
      attributes: { pads: { kind: "ints", value: [1, 1, 1, 1] } },
    },
    {
      operator: "Resize",
      domain: "",
      name: "u",
      inputs: ["a", "", "s"],
      outputs: ["b"],
      attributes: { mode: { kind: "string", value: "nearest" } },
    },
    { operator: "Tile", domain: "", name: "t", inputs: ["b", "r"], outputs: ["d"], attributes: {} },
    { operator: "Clip", domain: "", name: "l", inputs: ["d"], outputs: ["map"], attributes: {} },
  ],
  metadata: { note: "x" },
};

const shipped = new Uint8Array(
  readFileSync(join(import.meta.dirname, "../../models/nuclei-fluorescence/1.0.0/model.onnx")),
);

/** Where the graph's structure lies in a large file: weights in between would swallow nearly every mutation. */
const head = shipped.subarray(0, 12_000);

const CASES = 4000;
const HANG_MS = 5_000;

describe.each([
  ["a small network", encodeModel(small)],
  ["the head of the shipped model", head],
])("%s", (_name, valid) => {
  test(`${CASES} mutations: facts or model.invalid`, () => {
    let refused = 0;
    for (let seed = 0; seed < CASES; seed++) {
      const bytes = mutate(valid, generator(seed));
      const start = performance.now();
      try {
        const facts = checkModel(bytes);
        expect(facts.outputs.length, `seed ${seed}`).toBeGreaterThan(0);
      } catch (error) {
        if (!isFoundryError(error, "model.invalid")) throw new Error(`seed ${seed}`, { cause: error });
        expect(error.message.length, `seed ${seed}`).toBeLessThan(600);
        expect(error.hint, `seed ${seed}`).toBeTruthy();
        refused++;
      }
      expect(performance.now() - start, `seed ${seed}`).toBeLessThan(HANG_MS);
    }
    // Most damage is seen; what is not seen lies in numbers of weights and names.
    expect(refused).toBeGreaterThan(CASES / 3);
  });
});
