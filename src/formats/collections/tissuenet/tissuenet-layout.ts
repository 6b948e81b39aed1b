/**
 * TissueNet 1.0 and 1.1: multiplexed tissue in two channels with whole cells and nuclei, `{train,val,test}.npz`.
 *
 * Known traps: X is (nuclear, membrane) but y is (whole cell, nuclear); the table of metadata in the test part of 1.1
 * repeats its header row, which shifts it against the images (see meta-table); the validation part holds each field at
 * two resolutions. Donors are not published, and the official split is random over images.
 */
import { objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { labelsOfChannelsLast, pixelsOf } from "../../channels-last.ts";
import type { NumberArray, TextArray } from "../../containers/npy/decode-values.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { Layout, LayoutItem, ReadItem, ReadObject } from "../../import/layout.ts";
import { cell, cellMpp, type MetaTable, rowsOfImages } from "../dynamic-nuclear-net/meta-table.ts";
import { metaOf, type SplitArchive, splitOf } from "../dynamic-nuclear-net/split-archive.ts";
import { goldLayer, itemPlaces, readPixels, splitLayout } from "../dynamic-nuclear-net/split-layout.ts";

export const tissuenetLayout: Layout = splitLayout({
  format: "tissuenet",
  title: "TissueNet",
  licence: "Modified Apache License 2.0 of the Van Valen Lab: non-commercial academic use only (TissueNet)",
  isPart: isTissue,
  holds: "two-channel images X and labels y",
  items: fields,
  notesOn: (items) =>
    items.some(({ group }) => group === null)
      ? ["Donors are not published, and without experiments the images cannot be grouped."]
      : [],
  read: readField,
});

function isTissue({ imageShape, labelShape }: SplitArchive): boolean {
  return imageShape[3] === 2 && labelShape.length === 4 && labelShape[3] === 2;
}

async function fields(archive: SplitArchive, notes: string[]): Promise<LayoutItem[]> {
  const count = archive.imageShape[0]!;
  const split = splitOf(archive.path);
  const table = await metaOf(archive);
  const rows = table === null ? null : rowsOfImages(table, count);
  if (table !== null) noteTable(archive, table, rows, count, notes);
  if (split === "val" && count > 1)
    notes.push(`${archive.path} holds fields at two resolutions; the same cells occur twice.`);
  const lists = await listedMetadata(archive, count, notes);
  return itemPlaces(archive).map((place, index): LayoutItem => {
    const row = rows?.[index] ?? null;
    const words: Record<string, string> = {
      ...lists(index),
      ...(table === null || row === null ? {} : tableRow(table, row)),
    };
    const metadata = {
      ...words,
      modality: "multiplexed fluorescence",
      ...(split === null ? {} : { sourceSplit: split }),
    };
    return {
      ...place,
      layers: ["wholeCell", "nuclear"],
      metadata,
      group: groupKey("tissuenet", { experiment: words["experiment"] }),
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
  const channels = [
    { name: "nuclear", role: "nuclear" },
    { name: "membrane", role: "membrane" },
  ] as const;
  return {
    image: readPixels(images, channels, name),
    layers: [goldLayer("wholeCell", wholeCell), goldLayer("nuclear", nuclear)],
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
