/** Which questions a file leaves open for a model, and the first answers. */
import { expect, test } from "vitest";
import { type InputContract, upgradeContract } from "#nn/index.ts";
import type { PrivateImage } from "./private-protocol.ts";
import { firstChoice, mustAsk, questionsFor } from "./private-questions.ts";

const nuclei: InputContract = upgradeContract({
  channels: [{ role: "nuclear" }],
  mpp: null,
  stride: 8,
  receptiveRadiusPx: 44,
  normalisation: { kind: "percentile", low: 1, high: 99 },
  architecture: "unet",
  compartment: "nuclear",
  postprocessing: {
    foregroundThreshold: 0.5,
    seedThreshold: 0.4,
    seedProminence: 0.1,
    seedDistancePx: 0,
    smoothingPx: 1,
    seedless: "keep",
    areaPxMin: 8,
    holePxMax: 100,
  },
});
const tissue: InputContract = {
  ...nuclei,
  mpp: { y: 0.5, x: 0.5 },
  channels: [
    { role: "nuclear", required: true },
    { role: "membrane", required: false },
  ],
};

const image = (over: Partial<PrivateImage>): PrivateImage => ({
  name: "a.tif",
  height: 10,
  width: 10,
  frames: 1,
  planes: 1,
  channels: [{ name: "", role: null }],
  mpp: null,
  pages: null,
  notes: [],
  ...over,
});
const channels = (...roles: (string | null)[]) => roles.map((role) => ({ name: role ?? "", role }));

test("a grey and an RGB picture need no answer for a one-channel model", () => {
  for (const count of [1, 3, 4]) {
    const picture = image({ channels: channels(...Array.from({ length: count }, () => null)) });
    expect(mustAsk(questionsFor(picture, nuclei))).toBe(false);
    expect(firstChoice(picture, nuclei)).toEqual({ t: 0, z: 0, channels: null, mpp: null });
  }
});

test("frames, planes, unknown pages and other channel counts are asked; a missing pixel size is not in the way", () => {
  expect(mustAsk(questionsFor(image({ frames: 2 }), nuclei))).toBe(true);
  expect(mustAsk(questionsFor(image({ planes: 7 }), nuclei))).toBe(true);
  expect(firstChoice(image({ planes: 7 }), nuclei).z).toBe(3);
  expect(mustAsk(questionsFor(image({ pages: { axis: "z", count: 7 } }), nuclei))).toBe(true);
  expect(mustAsk(questionsFor(image({ channels: channels(null, null) }), nuclei))).toBe(true);
  const two = image({ channels: channels(null, null) });
  expect([questionsFor(two, tissue).mpp, mustAsk(questionsFor(two, tissue))]).toEqual([true, false]);
  expect(questionsFor(image({ ...two, mpp: { y: 1, x: 1 } }), tissue).mpp).toBe(false);
});

test("channels go to roles by name, then in order; one that is not required may be missing", () => {
  const five = image({ channels: channels(null, "membrane", null, "nuclear", "other") });
  expect(firstChoice(five, tissue).channels).toEqual([3, 1]);
  expect(firstChoice(image({ channels: channels("other", null, null) }), tissue).channels).toEqual([1, null]);
  expect(firstChoice(image({ channels: channels(null) }), tissue).channels).toEqual([0, null]);
});
