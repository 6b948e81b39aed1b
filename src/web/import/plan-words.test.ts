/** Figures of a plan as a person reads them. */

import { expect, test } from "vitest";
import type { ImportPlan } from "#api/index.ts";
import { arrayText, labelsText, pixelSizeText } from "./plan-words.ts";

test("arrays: sides, further axes, type, count", () => {
  const array = { axes: "tcyx", dtype: "uint16", channels: 2, images: 12 };
  expect(arrayText({ ...array, smallest: [30, 2, 520, 696], largest: [30, 2, 520, 696] })).toBe(
    "520 × 696 px, 30 time points, 2 channels, uint16, 12 images",
  );
  expect(arrayText({ ...array, smallest: [1, 2, 100, 90], largest: [40, 2, 520, 696], images: 1 })).toBe(
    "100 × 90 to 520 × 696 px, 1 to 40 time points, 2 channels, uint16, 1 image",
  );
});

test("pixel sizes with where they come from", () => {
  const of = (pixelSizes: ImportPlan["pixelSizes"]) => pixelSizeText({ pixelSizes } as ImportPlan);
  expect(of([{ mpp: "0.5 x 0.48", source: "ome", images: 3 }])).toBe(
    "0.5 × 0.48 µm, from OME-XML of the files",
  );
  expect(
    of([
      { mpp: "0.5", source: "answer", images: 3 },
      { mpp: null, source: "nobody", images: 1 },
    ]),
  ).toBe("0.5 µm, from your answer (3); not known for 1 image");
});

test("labels: how many, how large, what is empty or incomplete", () => {
  const spread = (min: number, median: number, max: number) => ({ min, median, max });
  const layer = {
    compartment: "nuclear",
    name: "",
    coverage: ["exhaustive"],
    truth: ["gold"],
    images: 120,
    objects: 5833,
    perImage: spread(12, 40, 80),
    areaPx: spread(5, 140.4, 900),
    empty: 2,
  };
  expect(labelsText(layer)).toBe(
    "Nuclei: 5,833 in 120 images, 12 to 80 per image, median 140 px; 2 images without any",
  );
  expect(labelsText({ ...layer, images: 1, empty: 0, coverage: ["sparse"], name: "second" })).toBe(
    "Nuclei (second): 5,833 in 1 image, median 140 px; not every cell is labelled",
  );
});
