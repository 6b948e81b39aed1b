import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { renderObjects } from "#core/labels/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { refusal, sharedData } from "../fixtures/fixtures.ts";
import { writePng } from "../pixels/png/write-png.ts";
import { writeOmeZarr } from "../pixels/zarr/write-ome-zarr.ts";
import { parseSheet } from "../sheet/parse-sheet.ts";
import { applySheet } from "./apply-sheet.ts";
import type { LayoutPlan } from "./layout.ts";
import { detectLayout } from "./registry.ts";

/** Files of 10 bytes with the given names. */
const files = (...paths: string[]) =>
  memoryFiles("in", Object.fromEntries(paths.map((path) => [path, "0123456789"])));
const shape = ({ items }: LayoutPlan) =>
  items.map(({ name, imagePath, locator }) => {
    const labels = locator as { path?: string; paths?: string[] } | null;
    return [name, imagePath, labels === null ? null : (labels.path ?? labels.paths)];
  });

test("DSB2018: masks of single nuclei, or the merged label image when it is there", async () => {
  const id = (name: string) => [
    `t/${name}/images/${name}.png`,
    `t/${name}/masks/2.png`,
    `t/${name}/masks/1.png`,
  ];
  const given = files(...id("aa"), ...id("bb"), "labels/bb.tif", "index.csv", "t/cc/images/cc.png");
  const { layout, plan, files: sorted } = await detectLayout(given);
  expect(layout.format).toBe("dsb2018");
  expect(shape(plan)).toEqual([
    ["aa", "t/aa/images/aa.png", ["t/aa/masks/1.png", "t/aa/masks/2.png"]],
    ["bb", "t/bb/images/bb.png", "labels/bb.tif"],
    ["cc", "t/cc/images/cc.png", null],
  ]);
  expect(sorted.sheetPath).toBe("index.csv");
  expect(plan.notes).toEqual([
    "2 masks of single nuclei were left aside, because label images merged from them are present.",
  ]);
});

test("pairs beside each other", async () => {
  const names = ["a.tif", "a_masks.png", "b.png", "b_cp_masks.tif", "c.ome.tif", "c_Labels.tif"];
  const { layout, plan } = await detectLayout(
    files(...names, "d.png", "e_seg.tif", "f.png", "f_mask.png", "f_label.png"),
    { format: "pairs" },
  );
  expect(layout.format).toBe("pairs");
  expect(shape(plan)).toEqual([
    ["a", "a.tif", "a_masks.png"],
    ["b", "b.png", "b_cp_masks.tif"],
    ["c", "c.ome.tif", "c_Labels.tif"],
    ["d", "d.png", null],
    ["e_seg", "e_seg.tif", null],
    ["f", "f.png", "f_label.png"],
  ]);
  expect(plan.ignored).toEqual([
    { path: "f_mask.png", reason: "f_label.png is already the label image of f.png" },
  ]);
});

test("pairs of folders; the sheet is not ignored, a second one is not lost", async () => {
  const { plan, files: sorted } = await detectLayout(
    files(
      "x/images/a.png",
      "x/labels/a.tif",
      "x/images/b.png",
      "x/labels/zz.tif",
      "y/images/a.png",
      "y/masks/a_mask.png",
      "x/sheet.csv",
      "x/index.csv",
    ),
    { format: "pairs" },
  );
  expect(shape(plan)).toEqual([
    ["x/images/a", "x/images/a.png", "x/labels/a.tif"],
    ["b", "x/images/b.png", null],
    ["y/images/a", "y/images/a.png", "y/masks/a_mask.png"],
  ]);
  expect(sorted.sheetPath).toBe("x/sheet.csv");
  expect(plan.ignored).toEqual([
    { path: "x/index.csv", reason: "it is not an image" },
    { path: "x/labels/zz.tif", reason: "it looks like a label image, but no image has its name" },
  ]);
});

test("a plain folder; what is left out has a reason, what is empty is named", async () => {
  const png = writePng({ height: 1, width: 1, channels: 1, data: Uint8Array.of(7) });
  const given = memoryFiles("in", {
    "b.png": "x",
    "a.TIF": "x",
    "b.tif": "x",
    "notes.docx": "x",
    ".DS_Store": "x",
    "__MACOSX/b.png": "x",
    "empty.png": "",
    // Extensions get lost; content tells.
    export_0017: png,
    export_0018: "no image",
  });
  const { layout, plan, files: sorted } = await detectLayout(given);
  expect(layout.format).toBe("images");
  expect(shape(plan)).toEqual([
    ["a", "a.TIF", null],
    ["b", "b.png", null],
    ["b.tif", "b.tif", null],
    ["export_0017", "export_0017", null],
  ]);
  expect(plan.ignored.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    ".DS_Store: it belongs to the operating system",
    "__MACOSX/b.png: it belongs to the operating system",
    "export_0018: it is not an image",
    "notes.docx: it is not an image",
  ]);
  expect(sorted.empty).toEqual(["empty.png"]);
});

test("law: every file is an item, labels of one, the sheet, empty, or ignored", async () => {
  const paths = [
    "i/images/a.png",
    "i/labels/a.tif",
    "c_masks.tif",
    "c.tif",
    "q.txt",
    "i/labels/o.tif",
    "index.csv",
  ];
  const { plan, files: sorted } = await detectLayout(files(...paths));
  const seen = [
    ...shape(plan).flatMap(([, image, labels]) => [image, ...(labels === null ? [] : [labels])]),
    ...plan.ignored.map(({ path }) => path),
    sorted.sheetPath,
  ];
  expect(seen.toSorted()).toEqual(paths.toSorted());
});

test("a named format must fit; nothing to import says so; all candidates are told", async () => {
  expect((await detectLayout(files("a.tif", "a_masks.tif"), { format: "images" })).plan.items.length).toBe(2);
  expect((await refusal(() => detectLayout(files("a.tif"), { format: "pairs" }))).code).toBe("format.pair");
  expect((await refusal(() => detectLayout(files("a.tif"), { format: "dsb2018" }))).code).toBe("format.pair");
  expect((await refusal(() => detectLayout(files("a.tif"), { format: "bmp" }))).code).toBe("request.invalid");
  expect((await refusal(() => detectLayout(files("a.txt")))).code).toBe("import.empty");
  expect((await refusal(() => detectLayout(files()))).message).toBe("There are no files to import.");
  const { candidates, layout } = await detectLayout(files("x/a.tif", "x/a_labels.tif"), { all: true });
  expect(layout.format).toBe("pairs");
  expect(candidates.filter(({ fits }) => fits)).toMatchObject([
    { format: "pairs", images: 1, withLabels: 1 },
    { format: "images", images: 2, withLabels: 0 },
  ]);
});

test.skipIf(!existsSync(join(sharedData, "dsb2018-more")))(
  "the two public collections are recognised whole",
  async () => {
    for (const [folder, format, count, group] of [
      ["dsb2018", "dsb2018", 120, "f256.08"],
      ["dsb2018-more", "pairs", 332, "f256.05"],
    ] as const) {
      const root = join(sharedData, folder);
      const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
        /\.\w+$/.test(path),
      );
      const { layout, plan, files: sorted } = await detectLayout(files(...paths));
      const labelled = plan.items.filter(
        (item) => (item.locator as { kind?: string } | null)?.kind === "labelImage",
      );
      expect([layout.format, plan.items.length, labelled.length]).toEqual([format, count, count]);
      const text = readFileSync(join(root, sorted.sheetPath!), "utf8");
      const report = applySheet(plan.items, parseSheet(text, { name: "index.csv" }));
      expect([report.rows.size, report.unmatchedRows, report.unmatchedImages]).toEqual([count, [], []]);
      expect(report.rows.get(plan.items[0]!)!.values["group"]).toBe(group);
    }
  },
);

test("an OME-Zarr folder is one image with its label images, whatever it is called", async () => {
  const image = {
    dtype: "uint8",
    axes: "cyx",
    shape: [2, 3, 4],
    data: Uint8Array.from({ length: 24 }, (_, i) => i),
  } as const;
  const labels = labelImage(3, 4, Int32Array.of(0, 5, 5, 0, 0, 0, 0, 0, 9, 9, 9, 0));
  const entries: Record<string, Uint8Array> = {};
  const written = writeOmeZarr(image, [{ name: "nuclei", labels }], { name: "x", mpp: { y: 0.5, x: 0.5 } });
  for await (const [path, bytes] of written) entries[`data/cells/${path}`] = bytes;
  const given = memoryFiles("in", { ...entries, "data/readme.txt": "x" });
  const { layout, plan } = await detectLayout(given);
  expect(layout.format).toBe("ome-zarr");
  expect(plan.items).toMatchObject([{ name: "cells", imagePath: "data/cells", layers: ["nuclear"] }]);
  expect(plan.ignored).toEqual([{ path: "data/readme.txt", reason: "it lies outside the Zarr hierarchies" }]);
  const read = await layout.open(given).read(plan.items[0]!);
  expect(read.image).toMatchObject({ image: { axes: "cyx", shape: [2, 3, 4] }, mpp: { y: 0.5, x: 0.5 } });
  expect([...renderObjects(3, 4, read.layers[0]!.objects).data]).toEqual([...labels.data]);
});
