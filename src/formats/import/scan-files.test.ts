import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refusal, sharedData } from "../fixtures/fixtures.ts";
import { parseSheet } from "../sheet/parse-sheet.ts";
import { applySheet } from "./apply-sheet.ts";
import { scanFiles } from "./scan-files.ts";

const files = (...paths: string[]) => paths.map((path) => ({ path, size: 10 }));
const shape = (plan: ReturnType<typeof scanFiles>) =>
  plan.items.map(({ name, imagePath, labels }) => [
    name,
    imagePath,
    labels === null ? null : labels.kind === "labelImage" ? labels.path : labels.paths,
  ]);

test("DSB2018: masks of single nuclei, or the merged label image when it is there", () => {
  const id = (name: string) => [
    `t/${name}/images/${name}.png`,
    `t/${name}/masks/2.png`,
    `t/${name}/masks/1.png`,
  ];
  const plan = scanFiles(files(...id("aa"), ...id("bb"), "labels/bb.tif", "index.csv", "t/cc/images/cc.png"));
  expect(plan.format).toBe("dsb2018");
  expect(shape(plan)).toEqual([
    ["aa", "t/aa/images/aa.png", ["t/aa/masks/1.png", "t/aa/masks/2.png"]],
    ["bb", "t/bb/images/bb.png", "labels/bb.tif"],
    ["cc", "t/cc/images/cc.png", null],
  ]);
  expect(plan.sheetPath).toBe("index.csv");
  expect(plan.notes).toEqual([
    "2 masks of single nuclei were left aside, because label images merged from them are present.",
  ]);
});

test("pairs beside each other", () => {
  const plan = scanFiles(
    files(
      "a.tif",
      "a_masks.png",
      "b.png",
      "b_cp_masks.tif",
      "c.ome.tif",
      "c_Labels.tif",
      "d.png",
      "e_seg.tif",
      "f.png",
      "f_mask.png",
      "f_label.png",
    ),
  );
  expect(plan.format).toBe("pairs");
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

test("pairs of folders", () => {
  const plan = scanFiles(
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
  );
  expect(plan.format).toBe("pairs");
  expect(shape(plan)).toEqual([
    ["x/images/a", "x/images/a.png", "x/labels/a.tif"],
    ["b", "x/images/b.png", null],
    ["y/images/a", "y/images/a.png", "y/masks/a_mask.png"],
  ]);
  expect(plan.ignored).toEqual([
    { path: "x/index.csv", reason: "x/sheet.csv is used as the metadata sheet" },
    { path: "x/labels/zz.tif", reason: "it looks like a label image, but no image has its name" },
  ]);
});

test("a plain folder; everything that is left out has a reason", () => {
  const plan = scanFiles([
    ...files("b.png", "a.TIF", "b.tif", "notes.docx", ".DS_Store", "__MACOSX/b.png"),
    { path: "empty.png", size: 0 },
  ]);
  expect(plan.format).toBe("images");
  expect(shape(plan)).toEqual([
    ["a", "a.TIF", null],
    ["b", "b.png", null],
    ["b.tif", "b.tif", null],
  ]);
  expect(plan.ignored.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    ".DS_Store: it belongs to the operating system",
    "__MACOSX/b.png: it belongs to the operating system",
    "empty.png: it is empty (0 bytes); copy it again",
    "notes.docx: it is not a PNG or TIFF image",
  ]);
});

test("law: every file is an item, labels of one, the sheet, left aside, or ignored", () => {
  const paths = [
    "i/images/a.png",
    "i/labels/a.tif",
    "c_masks.tif",
    "c.tif",
    "q.txt",
    "i/labels/o.tif",
    "index.csv",
  ];
  const plan = scanFiles(files(...paths));
  const seen = [
    ...plan.items.flatMap((item) => [
      item.imagePath,
      ...(item.labels?.kind === "labelImage" ? [item.labels.path] : []),
    ]),
    ...plan.ignored.map(({ path }) => path),
    plan.sheetPath,
  ];
  expect(seen.toSorted()).toEqual(paths.toSorted());
});

test("a named format must fit; nothing to import says so", async () => {
  expect(scanFiles(files("a.tif", "a_masks.tif"), { format: "images" }).items.length).toBe(2);
  expect((await refusal(() => scanFiles(files("a.tif"), { format: "pairs" }))).code).toBe("format.pair");
  expect((await refusal(() => scanFiles(files("a.tif"), { format: "dsb2018" }))).code).toBe("format.pair");
  expect((await refusal(() => scanFiles(files("a.txt")))).code).toBe("import.empty");
  expect((await refusal(() => scanFiles([]))).message).toBe("There are no files to import.");
});

test.skipIf(!existsSync(join(sharedData, "dsb2018-more")))(
  "the two public collections are recognised whole",
  () => {
    for (const [folder, format, count, group] of [
      ["dsb2018", "dsb2018", 120, "f256.08"],
      ["dsb2018-more", "pairs", 332, "f256.05"],
    ] as const) {
      const root = join(sharedData, folder);
      const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
        /\.\w+$/.test(path),
      );
      const plan = scanFiles(files(...paths));
      expect([
        plan.format,
        plan.items.length,
        plan.items.filter((item) => item.labels?.kind === "labelImage").length,
      ]).toEqual([format, count, count]);
      const report = applySheet(
        plan,
        parseSheet(readFileSync(join(root, plan.sheetPath!), "utf8"), { name: "index.csv" }),
      );
      expect([report.joined, report.unmatchedRows, report.unmatchedImages]).toEqual([count, [], []]);
      expect(report.plan.items[0]!.metadata["group"]).toBe(group);
    }
  },
);
