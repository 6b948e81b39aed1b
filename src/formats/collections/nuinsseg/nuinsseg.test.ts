import { expect, test } from "vitest";
import { type ObjectShape, shapeArea } from "#core/labels/index.ts";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { makeNuInsSeg } from "#testing/datasets/histology.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { nuinssegLayout } from "./nuinsseg-layout.ts";

test("modified labels are taken, slides are groups, ambiguous areas limit what is labelled", async () => {
  const { plan, items } = await checkMadeDataset(nuinssegLayout, makeNuInsSeg({ seed: 1 }));
  expect(plan.items.map(({ group }) => group)).toEqual([
    { key: "human bladder", level: "slide" },
    { key: "human bladder", level: "slide" },
    { key: "mouse kidney", level: "slide" },
    { key: "mouse kidney", level: "slide" },
  ]);
  expect(items.map(({ layers }) => layers[0]!.coverage)).toEqual([
    "exhaustive",
    "region",
    "exhaustive",
    "exhaustive",
  ]);
  // The first three rows of 40 pixels are vague; all else is labelled completely.
  expect(items.map(({ layers }) => layers[0]!.region?.bbox)).toEqual([
    undefined,
    [3, 0, 40, 40],
    undefined,
    undefined,
  ]);
  expect(shapeArea(items[1]!.layers[0]!.region as ObjectShape)).toBe(1600 - 120);
  expect(items[1]!.notes[0]).toContain("marked 120 pixels as ambiguous");
  expect(plan.ignored.filter(({ path }) => path.includes("label masks/"))).toHaveLength(4);
});

test("an organ folder that names no species has no group", async () => {
  const made = makeNuInsSeg({ seed: 1 });
  const renamed = Object.fromEntries(
    Object.entries(made.files).map(([path, bytes]) => [path.replace("human bladder", "bladder"), bytes]),
  );
  const plan = (await nuinssegLayout.plan(memoryFiles("m", renamed)))!;
  expect(plan.items.map(({ group }) => group?.key ?? null)).toEqual([
    null,
    null,
    "mouse kidney",
    "mouse kidney",
  ]);
  expect(plan.notes.join()).toContain("their slide is unknown");
});

test("folders without the corrected labels are not this layout", async () => {
  const files = memoryFiles("m", {
    "human skin/tissue images/a.png": new Uint8Array(1),
    "human skin/label masks/a.tif": new Uint8Array(1),
  });
  expect(await nuinssegLayout.plan(files)).toBeNull();
});
