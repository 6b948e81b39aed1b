/** Contracts of both versions are read; whatever is damaged is refused by name. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { InputContract } from "./index.ts";
import { assertContract, upgradeContract } from "./index.ts";

// The contract of the shipped model nuclei-fluorescence@1.0.0, written by the program as it was then.
const card = new URL("../../../models/nuclei-fluorescence/1.0.0/card.json", import.meta.url);
const version1 = (JSON.parse(readFileSync(card, "utf8")) as { contract: Record<string, unknown> }).contract;

const good: InputContract = upgradeContract(version1);
const only = good.compartments[0];

test("version 1 becomes version 2 with the same numbers", () => {
  expect("version" in version1).toBe(false);
  expect(good).toEqual({
    version: 2,
    channels: [{ role: "nuclear", required: true }],
    mpp: null,
    normalisation: { kind: "percentile", low: 1, high: 99.8 },
    stride: 8,
    receptiveRadiusPx: 44,
    architecture: "unet 16-32-64-128, average pool, skip add, decoder 1",
    compartments: [
      {
        compartment: "nuclear",
        outputs: { innerDistance: "innerDistance", foreground: "foreground" },
        postprocessing: version1["postprocessing"],
        confidence: null,
      },
    ],
    range: null,
  });
});

test("version 2 stays as it is, with two compartments and optional channels too", () => {
  const two = {
    ...good,
    channels: [
      { role: "nuclear", required: true },
      { role: "membrane", required: false },
    ],
    compartments: [only, { ...only, compartment: "wholeCell" }],
  };
  expect(upgradeContract(two)).toEqual(two);
});

const knots = (list: unknown): unknown => ({
  ...good,
  compartments: [{ ...only, confidence: { knots: list } }],
});

test.each<[string, unknown, string]>([
  ["nothing", null, "not an object"],
  ["another version", { ...good, version: 3 }, "version is 3"],
  ["no channel", { ...good, channels: [] }, "names no channels"],
  ["a made-up role", { ...good, channels: [{ role: "magic", required: true }] }, '"magic"'],
  ["nothing required", { ...good, channels: [{ role: "nuclear", required: false }] }, "requires no channel"],
  ["no compartment", { ...good, compartments: [] }, "names no compartments"],
  ["one compartment twice", { ...good, compartments: [only, only] }, "twice"],
  ["unnamed outputs", { ...good, compartments: [{ ...only, outputs: {} }] }, "outputs of nuclear"],
  ["no thresholds", { ...good, compartments: [{ ...only, postprocessing: {} }] }, "foregroundThreshold"],
  ["a stride of half a pixel", { ...good, stride: 0.5 }, "stride"],
  ["a reach without end", { ...good, receptiveRadiusPx: 1e9 }, "receptiveRadiusPx"],
  ["a pixel size of 0", { ...good, mpp: { y: 0, x: 1 } }, "mpp"],
  ["a head that is a number", { ...good, head: 3 }, "head"],
  ["percentiles upside down", { ...good, normalisation: { kind: "percentile", low: 9, high: 1 } }, "normal"],
  [
    "knots out of order",
    knots([
      [0.5, 0],
      [0.2, 1],
    ]),
    "order",
  ],
  ["knots that are words", knots([["a", "b"]]), "pair of numbers"],
])("refused: %s", (_name, contract, words) => {
  const refusal = expect.objectContaining({ code: "model.invalid", message: expect.stringContaining(words) });
  expect(() => assertContract(contract)).toThrowError(refusal);
});

test("a damaged contract of version 1 is refused too", () => {
  const { postprocessing: _left, ...rest } = version1;
  expect(() => upgradeContract(rest)).toThrowError(expect.objectContaining({ code: "model.invalid" }));
  expect(() => upgradeContract({})).toThrowError(expect.objectContaining({ code: "model.invalid" }));
});
