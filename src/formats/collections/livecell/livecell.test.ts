import { describe, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { makeEvican, makeLivecell } from "#testing/datasets/cell-culture.ts";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { evicanLayout } from "../evican/evican-layout.ts";
import { dropDuplicates, iou } from "./drop-duplicates.ts";
import { parseLivecellName } from "./image-name.ts";
import { livecellLayout } from "./livecell-layout.ts";

test("what a file name tells", () => {
  expect(parseLivecellName("SkBr3_Phase_H3_2_00d04h00m_4.tif")).toEqual({
    cellLine: "SkBr3",
    well: "H3",
    location: "2",
    time: "00d04h00m",
    crop: "4",
  });
  expect(parseLivecellName("SkBr3_H3_2.tif")).toBeNull();
});

describe("outlines drawn twice", () => {
  const box = (y0: number, x0: number, y1: number, x1: number) => {
    const plane = labelImage(80, 80);
    for (let y = y0; y < y1; y++) plane.data.fill(1, y * 80 + x0, y * 80 + x1);
    return objectShapesFromLabels(plane).get(1)!;
  };

  test("intersection over union by hand", () => {
    expect(iou(box(0, 0, 10, 10), box(0, 5, 10, 15))).toBeCloseTo(50 / 150, 12);
    expect(iou(box(0, 0, 2, 2), box(4, 4, 6, 6))).toBe(0);
  });

  test("the second is dropped, a neighbour that overlaps stays", () => {
    const shapes = [
      box(0, 0, 20, 20),
      box(0, 1, 20, 21),
      box(0, 15, 20, 35),
      null,
      box(30, 30, 79, 79),
      box(31, 30, 79, 79),
    ];
    const result = dropDuplicates(shapes);
    expect(result.shapes).toEqual([shapes[0], null, shapes[2], null, shapes[4], null]);
    expect(result.dropped).toBe(2);
  });
});

test("LIVECell: one listing of two, duplicates dropped, wells are groups", async () => {
  const { plan, items } = await checkMadeDataset(livecellLayout, makeLivecell({ seed: 1 }));
  expect(plan.items.map(({ group }) => group)).toEqual([
    { key: "MCF7 E4", level: "well" },
    { key: "A172 A7", level: "well" },
    { key: "A172 A7", level: "well" },
    { key: "A172 B7", level: "well" },
  ]);
  expect(plan.items[0]!.mpp).toEqual({ y: 1.24, x: 1.24 });
  expect(plan.notes).toEqual([
    "1 images are annotated more than once; the listing with the most cells is taken for each.",
  ]);
  expect(plan.ignored.map(({ path }) => path)).toEqual(["annotations/LIVECell_single_cells/a172/train.json"]);
  expect(items[1]!.notes.join()).toMatch(
    /annotated 2 times; \d+ cells of id 200 were taken, the other has 3 \(id 201\)/,
  );
  expect(items[2]!.notes.join()).toMatch(/\d cells are outlined twice/);
});

test("EVICAN: two sparse layers, the second annotation file does not count again", async () => {
  const { plan, items } = await checkMadeDataset(evicanLayout, makeEvican({ seed: 1 }));
  expect(items.flatMap(({ layers }) => layers.map(({ coverage }) => coverage))).toEqual(
    Array(4).fill("sparse"),
  );
  expect(plan.items.map(({ group }) => group)).toEqual([null, null]);
  expect(plan.notes).toContain(
    "2 images are listed in a second annotation file; the first listing was taken.",
  );
  const elsewhere = Object.fromEntries(
    Object.entries(makeEvican({ seed: 1 }).files).map(([path, bytes]) => [
      path.replace(/EVICAN/g, "X"),
      bytes,
    ]),
  );
  expect(await evicanLayout.plan(memoryFiles("mine", elsewhere))).toBeNull();
});

test("LIVECell names without annotations, and annotations of other images, are not this layout", async () => {
  const name = "A172_Phase_A7_1_00d00h00m_1.tif";
  expect(await livecellLayout.plan(memoryFiles("m", { [name]: new Uint8Array(4) }))).toBeNull();
  const other = JSON.stringify({
    images: [{ id: 1, file_name: "b.tif", height: 1, width: 1 }],
    annotations: [],
    categories: [],
  });
  expect(
    await livecellLayout.plan(memoryFiles("m", { [name]: new Uint8Array(4), "a.json": other })),
  ).toBeNull();
});
