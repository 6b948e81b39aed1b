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
  channels: [{ name: "", role: "other" }],
  mpp: null,
  pages: null,
  notes: [],
  ...over,
});
/** Channels by name, each of a role that nobody has stated unless it follows a colon: "a" or "a:nuclear". */
const channels = (...names: string[]) =>
  names.map((text) => ({ name: text.split(":")[0] ?? "", role: text.split(":")[1] ?? "other" }));

test("a grey and an RGB picture need no answer for a one-channel model", () => {
  for (const count of [1, 3, 4]) {
    const picture = image({ channels: channels(...Array.from({ length: count }, () => "")) });
    expect(mustAsk(questionsFor(picture, nuclei))).toBe(false);
    expect(firstChoice(picture, nuclei)).toEqual({ t: 0, z: 0, channels: null, mpp: null, scale: "auto" });
  }
});

test("frames, planes, unknown pages and other channel counts are asked; a missing pixel size is not in the way", () => {
  expect(mustAsk(questionsFor(image({ frames: 2 }), nuclei))).toBe(true);
  expect(mustAsk(questionsFor(image({ planes: 7 }), nuclei))).toBe(true);
  expect(firstChoice(image({ planes: 7 }), nuclei).z).toBe(3);
  expect(mustAsk(questionsFor(image({ pages: { axis: "z", count: 7 } }), nuclei))).toBe(true);
  expect(mustAsk(questionsFor(image({ channels: channels("", "") }), nuclei))).toBe(true);
  const two = image({ channels: channels("DAPI", "WGA") });
  expect([questionsFor(two, tissue).mpp, mustAsk(questionsFor(two, tissue))]).toEqual([true, false]);
  expect(questionsFor(image({ ...two, mpp: { y: 1, x: 1 } }), tissue).mpp).toBe(false);
});

test("channels go to roles by stated role and by name; what stays open is asked, with a guess in order", () => {
  const five = image({ channels: channels("a", "b:membrane", "c", "d:nuclear", "e") });
  expect(mustAsk(questionsFor(five, tissue))).toBe(false);
  expect(firstChoice(five, tissue).channels).toEqual([3, 1]);
  expect(firstChoice(image({ channels: channels("CD45", "x", "DAPI") }), tissue).channels).toEqual([2, 0]);
  expect(firstChoice(image({ channels: channels("x", "DAPI") }), nuclei).channels).toEqual([1]);
  expect(firstChoice(image({ channels: channels("") }), tissue).channels).toEqual([0, null]);
  const open = image({ channels: channels("p:phase", "", "") });
  expect(questionsFor(open, tissue).roles.map(({ role }) => role)).toEqual(["nuclear", "membrane"]);
  expect(firstChoice(open, tissue).channels).toEqual([1, 2]);
});
