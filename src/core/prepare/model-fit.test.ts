import { expect, test } from "vitest";
import { type FittedImage, type FittedModel, modelFit } from "./model-fit.ts";

const nuclei: FittedModel = { inputs: [{ role: "nuclear", required: true }], modalities: [] };
const phase: FittedModel = {
  inputs: [{ role: "phase", required: true }],
  modalities: ["phase contrast microscopy"],
};
const tissue: FittedModel = {
  inputs: [
    { role: "nuclear", required: true },
    { role: "membrane", required: false },
    { role: "cytoplasm", required: false },
  ],
  modalities: ["multiplexed"],
};

const image = (
  channels: readonly (readonly [name: string, role: string])[],
  modality: string | null = null,
) => ({ channels: channels.map(([name, role], index) => ({ index, name, role })), modality }) as FittedImage;

const order = (of: FittedImage): string[] =>
  Object.entries({ nuclei, phase, tissue })
    .sort(([, a], [, b]) => modelFit(of, b) - modelFit(of, a))
    .map(([name]) => name);

test("stated roles decide", () => {
  expect(order(image([["", "nuclear"]]))[0]).toBe("nuclei");
  expect(order(image([["", "phase"]]))[0]).toBe("phase");
  expect(modelFit(image([["", "phase"]]), nuclei)).toBe(-1);
  expect(
    order(
      image([
        ["", "nuclear"],
        ["", "membrane"],
      ]),
    )[0],
  ).toBe("tissue");
});

test("names of markers decide where no role is stated", () => {
  expect(modelFit(image([["DAPI", "other"]]), nuclei)).toBe(1);
  const panel = image([
    ["DAPI", "other"],
    ["E-Cadherin", "other"],
    ["Calcein", "other"],
  ]);
  expect(modelFit(panel, tissue)).toBe(1);
  expect(modelFit(panel, phase)).toBe(-1);
});

test("the modality decides where channels say nothing", () => {
  expect(order(image([["grey", "other"]], "Phase contrast microscopy"))[0]).toBe("phase");
  expect(modelFit(image([["grey", "other"]], "fluorescence microscopy"), phase)).toBe(-1);
});

test("of an image of which nothing is known, the general model comes first and none is ruled out", () => {
  const grey = image([["grey", "other"]]);
  expect(order(grey)[0]).toBe("nuclei");
  for (const model of [nuclei, phase, tissue]) expect(modelFit(grey, model)).toBeGreaterThan(-0.5);
  // A photograph is given to a model of one input as its luminance.
  const photograph = image([
    ["R", "other"],
    ["G", "other"],
    ["B", "other"],
  ]);
  expect(modelFit(photograph, nuclei)).toBe(0);
  expect(modelFit(photograph, tissue)).toBe(-1);
});
