import { expect, test } from "vitest";
import { makeNeuripsCellSeg } from "#testing/datasets/cell-culture.ts";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { neuripsCellsegLayout } from "./neurips-cellseg-layout.ts";

test("images of three formats with their labels; no groups; an image without labels stays", async () => {
  const { plan } = await checkMadeDataset(neuripsCellsegLayout, makeNeuripsCellSeg({ seed: 1 }));
  expect(
    plan.items.map(({ imagePath, layers, group, metadata }) => [
      imagePath.split(".").at(-1),
      layers.length,
      group,
      metadata["sourceSplit"],
    ]),
  ).toEqual([
    ["bmp", 1, null, "train"],
    ["png", 1, null, "train"],
    ["tif", 1, null, "train"],
    ["png", 0, null, "train"],
  ]);
  expect(plan.notes).toContain("1 images have no labels.");
});

test("any other folder of images and labels is not this set", async () => {
  const files = memoryFiles("m", { "images/a.png": new Uint8Array(1), "labels/a.tif": new Uint8Array(1) });
  expect(await neuripsCellsegLayout.plan(files)).toBeNull();
});
