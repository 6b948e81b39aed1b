/**
 * The run-length tables of the 2018 Data Science Bowl (stage1_train_labels.csv, stage1_solution.csv …): one row per
 * nucleus with ImageId and EncodedPixels.
 *
 * EncodedPixels are pairs "start length" down the columns of the image, counted from 1. Images lie at
 * `<ImageId>/images/<ImageId>.png` or are called so. `Usage` (Ignored: not scored) is kept as the field sourceUsage.
 */
import { axisLength } from "#core/array/index.ts";
import { fault } from "../../fault.ts";
import { readHead } from "../../import/files-by-head.ts";
import { imagePaths, notImages } from "../../import/image-files.ts";
import type { ImportFiles, Layout, LayoutItem, LayoutPlan, ReadItem } from "../../import/layout.ts";
import { objectLayer, type RawObject } from "../../object-layer.ts";
import { pixelBudget, spendPixels } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import { boxOfCounts, shapeFromCounts } from "../coco/rle.ts";
import { countsOfPairs, parseRleTable, type RleTable } from "./rle-table.ts";

// Enough for the header row.
const PEEK_BYTES = 1_024;

export const dsb2018RleLayout: Layout = {
  format: "dsb2018-rle",
  title: "Data Science Bowl 2018, run-length table",
  plan: planTable,
  open: (files) => {
    let table: { readonly path: string; readonly rows: Promise<RleTable> } | undefined;
    return {
      read(item) {
        const path = item.locator as string | null;
        if (path !== null && table?.path !== path) table = { path, rows: readTable(files, path) };
        return readItem(files, item, path === null ? null : (table?.rows ?? null));
      },
    };
  },
};

async function readTable(files: ImportFiles, path: string): Promise<RleTable> {
  return parseRleTable(new TextDecoder().decode(await files.read(path)), path);
}

async function planTable(files: ImportFiles): Promise<LayoutPlan | null> {
  const tables = new Map<string, RleTable>();
  for (const { path, size } of files.entries) {
    if (/\.csv$/i.test(path) && (await isTable(files, path, size)))
      tables.set(path, await readTable(files, path));
  }
  if (tables.size === 0) return null;
  const images = await imagePaths(files);
  const items: LayoutItem[] = [];
  const ignored: { path: string; reason: string }[] = [];
  const found = new Set<string>();
  for (const path of images) {
    const id = stemOf(path);
    const table = [...tables].find(([, rows]) => rows.has(id));
    if (table === undefined || /\/masks\/[^/]+$/.test(path)) {
      ignored.push({ path, reason: "no run-length table lists it" });
      continue;
    }
    found.add(id);
    const usage = table[1].get(id)?.usage ?? "";
    items.push({
      name: id,
      imagePath: path,
      locator: table[0],
      layers: ["nuclear"],
      metadata: usage === "" ? {} : { sourceUsage: usage },
      group: null,
      mpp: null,
    });
  }
  if (items.length === 0) return null;
  const listed = new Set([...tables.values()].flatMap((rows) => [...rows.keys()]));
  const missing = listed.size - found.size;
  ignored.push(...notImages(files, images).filter(({ path }) => !tables.has(path)));
  const notes = missing === 0 ? [] : [`${missing} images of the run-length tables are not among the files.`];
  return { items, ignored, notes, licence: null };
}

async function isTable(files: ImportFiles, path: string, size: number): Promise<boolean> {
  const [line = ""] = (await readHead(files, { path, size }, PEEK_BYTES)).split(/[\r\n]/, 1);
  return /\bImageId\b/.test(line) && /\bEncodedPixels\b/.test(line);
}

async function readItem(
  files: ImportFiles,
  item: LayoutItem,
  table: Promise<RleTable> | null,
): Promise<ReadItem> {
  const image = await readImage(await files.read(item.imagePath), { name: item.imagePath });
  const entry = (await table)?.get(stemOf(item.imagePath));
  if (entry === undefined || item.layers.length === 0) return { image, layers: [], notes: [] };
  const frame = { height: axisLength(image.image, "y"), width: axisLength(image.image, "x") };
  if (entry.size !== null && (entry.size.height !== frame.height || entry.size.width !== frame.width)) {
    throw fault("format.pair", {
      file: item.imagePath,
      reason: `it is ${frame.height} x ${frame.width} pixels, the run-length table says ${entry.size.height} x ${entry.size.width}`,
      remedy: "Check that table and images belong together.",
    });
  }
  const budget = pixelBudget(frame);
  const raw = entry.rows.map(({ text, line }): RawObject => {
    const counts = countsOfPairs(text, item.locator as string, line);
    const box = boxOfCounts(counts, frame);
    if (box !== null) spendPixels(budget, (box[2] - box[0]) * (box[3] - box[1]), item.imagePath);
    return { shape: shapeFromCounts(counts, frame) };
  });
  const { layer, notes } = objectLayer(raw, { compartment: "nuclear", file: item.imagePath });
  return { image, layers: [layer], notes };
}
