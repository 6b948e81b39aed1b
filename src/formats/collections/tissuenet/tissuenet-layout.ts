/**
 * TissueNet 1.0 and 1.1: multiplexed tissue in two channels with whole cells and nuclei, `{train,val,test}.npz`.
 *
 * Known traps: X is (nuclear, membrane) but y is (whole cell, nuclear); the table of metadata in the test part of 1.1
 * repeats its header row, which shifts it against the images (see meta-table); the validation part holds each field at
 * two resolutions. Donors are not published, and the official split is random over images.
 */
import { objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { imageOfChannelsLast, labelsOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import type { NumberArray, TextArray } from "../../containers/npy/decode-values.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { Layout, LayoutItem, ReadItem, ReadLayer, ReadObject } from "../../import/layout.ts";
import { fileOf } from "../../import/paths.ts";
import { cell, cellMpp, type MetaTable, rowsOfImages } from "../dynamic-nuclear-net/meta-table.ts";
import {
  findSplitArchives,
  metaOf,
  readSplits,
  type SplitArchive,
  splitOf,
} from "../dynamic-nuclear-net/split-archive.ts";

const LICENCE =
  "Modified Apache License 2.0 of the Van Valen Lab: non-commercial academic use only (TissueNet)";

export const tissuenetLayout: Layout = {
  format: "tissuenet",
  title: "TissueNet",
  async plan(files) {
    const archives = (await findSplitArchives(files)).filter(isTissue);
    if (archives.length === 0) return null;
    const items: LayoutItem[] = [];
    const notes: string[] = [];
    for (const archive of archives) items.push(...(await planSplit(archive, notes)));
    if (items.some(({ group }) => group === null))
      notes.push("Donors are not published, and without experiments the images cannot be grouped.");
    const paths = new Set(archives.map(({ path }) => path));
    const ignored = files.entries
      .filter(({ path }) => !paths.has(path))
      .map(({ path }) => ({ path, reason: "it is not an archive of two-channel images X and labels y" }));
    return { items, ignored, notes, licence: LICENCE };
  },
  open(files) {
    const splits = readSplits(files);
    return {
      async read(item) {
        const { path, index } = item.locator as { path: string; index: number };
        const { images, labels } = await splits.read(path, index);
        return readField(images, labels, `${path}, image ${index}`);
      },
    };
  },
};

function isTissue({ imageShape, labelShape }: SplitArchive): boolean {
  return imageShape[3] === 2 && labelShape.length === 4 && labelShape[3] === 2;
}

async function planSplit(archive: SplitArchive, notes: string[]): Promise<LayoutItem[]> {
  const count = archive.imageShape[0]!;
  const split = splitOf(archive.path);
  const table = await metaOf(archive);
  const rows = table === null ? null : rowsOfImages(table, count);
  if (table !== null) noteTable(archive, table, rows, count, notes);
  if (split === "val" && count > 1)
    notes.push(`${archive.path} holds fields at two resolutions; the same cells occur twice.`);
  const lists = await listedMetadata(archive, count, notes);
  const stem = fileOf(archive.path).replace(/\.npz$/i, "");
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, index): LayoutItem => {
    const row = rows?.[index] ?? null;
    const fields: Record<string, string> = {
      ...lists(index),
      ...(table === null || row === null ? {} : tableRow(table, row)),
    };
    const metadata = {
      ...fields,
      modality: "multiplexed fluorescence",
      ...(split === null ? {} : { sourceSplit: split }),
    };
    return {
      name: `${stem} ${String(index).padStart(digits, "0")}`,
      imagePath: archive.path,
      locator: { path: archive.path, index },
      layers: ["wholeCell", "nuclear"],
      metadata,
      group: groupKey("tissuenet", { experiment: fields["experiment"] }),
      mpp: table === null || row === null ? null : cellMpp(table, row),
    };
  });
}

function noteTable(
  { path }: SplitArchive,
  table: MetaTable,
  rows: readonly (number | null)[] | null,
  count: number,
  notes: string[],
): void {
  if (table.headerRows > 1)
    notes.push(
      `The header of the table of ${path} is repeated (${table.headerRows} times); the copies were taken out, otherwise all metadata would be shifted.`,
    );
  if (splitOf(path) === "test" && table.headerRows === 4)
    notes.push(
      `The publisher's own converter drops the first four images of ${path} as very poorly segmented; look at them before use.`,
    );
  if (rows === null)
    notes.push(`The table of ${path} has ${table.rows.length} rows for ${count} images; it was not used.`);
}

function tableRow(table: MetaTable, row: number): Record<string, string> {
  const fields: readonly (readonly [field: string, columns: readonly string[]])[] = [
    ["sourceFile", ["filename"]],
    ["experiment", ["experiment"]],
    ["organ", ["tissue", "organ", "specimen"]],
    ["platform", ["platform"]],
    ["species", ["species"]],
    ["screeningPassed", ["screening_passed"]],
  ];
  return Object.fromEntries(
    fields
      .map(([field, columns]) => [
        field,
        columns.map((column) => cell(table, row, column)).find((word) => word !== "") ?? "",
      ])
      .filter(([, word]) => word !== ""),
  );
}

/** `tissue_list` and `platform_list` of 1.0, when they have one entry per image. */
async function listedMetadata(
  archive: SplitArchive,
  count: number,
  notes: string[],
): Promise<(index: number) => Record<string, string>> {
  const lists: [field: string, words: readonly string[]][] = [];
  for (const [member, field] of [
    ["tissue_list", "organ"],
    ["platform_list", "platform"],
  ] as const) {
    const found = archive.members.get(member);
    if (found === undefined) continue;
    const array = await found.read();
    const words =
      array.dtype === "text" || array.dtype === "object"
        ? Array.from(array.data, (word) => String(word))
        : [];
    if (words.length === count) lists.push([field, words]);
    else
      notes.push(
        `${member} of ${archive.path} has ${words.length} entries for ${count} images; it was not used.`,
      );
  }
  return (index) => Object.fromEntries(lists.map(([field, words]) => [field, words[index]!]));
}

function readField(images: NumberArray | TextArray, labels: NumberArray | TextArray, name: string): ReadItem {
  const array = pixelsOf(labels, name);
  // y channel 0 = whole cells, 1 = nuclei: the other way round than X.
  const [wholeCell, nuclear] = [0, 1].map((channel) => objectsOf(array, channel, name)) as [
    ReadObject[],
    ReadObject[],
  ];
  const layer = (compartment: "wholeCell" | "nuclear", objects: ReadObject[]): ReadLayer => ({
    compartment,
    name: "",
    truth: "gold",
    coverage: "exhaustive",
    objects,
    links: [],
  });
  return {
    image: {
      image: imageOfChannelsLast(pixelsOf(images, name)),
      channels: [
        { name: "nuclear", role: "nuclear" },
        { name: "membrane", role: "membrane" },
      ],
      mpp: null,
      mppSource: null,
      notes: [],
    },
    layers: [layer("wholeCell", wholeCell), layer("nuclear", nuclear)],
    notes: looksSwapped(wholeCell, nuclear)
      ? [
          "The outlines taken as nuclei are larger than those taken as whole cells; the archive may have its label channels in another order.",
        ]
      : [],
  };
}

function objectsOf(array: NumberArray, channel: number, name: string): ReadObject[] {
  const labels = labelsOfChannelsLast(array, channel, name);
  return [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
}

/** Nuclei lie in cells; when the median nucleus is larger than the median cell, something is the other way round. */
function looksSwapped(cells: readonly ReadObject[], nuclei: readonly ReadObject[]): boolean {
  if (cells.length === 0 || nuclei.length === 0) return false;
  return medianArea(nuclei) > medianArea(cells);
}

function medianArea(objects: readonly ReadObject[]): number {
  const areas = objects.map(({ shape }) => shapeArea(shape)).sort((a, b) => a - b);
  return areas[Math.floor(areas.length / 2)]!;
}
