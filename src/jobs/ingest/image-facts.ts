/**
 * What the sheet and the caller's defaults say about one image: group, pixel size, licence, free metadata.
 *
 * The group is the promise that a test image has no sibling among the training images, so it is never guessed per
 * image: without a word from the sheet, all images of the import form one group.
 */

import { isFoundryError } from "#core/errors.ts";
import { parseMetadata } from "#core/metadata.ts";
import { type GroupKey, type GroupLevel, groupRules, type Mpp } from "#formats/index.ts";

export interface ImageFacts {
  readonly group: string;
  /** What images of the group share; null when only a person or a sheet named it. */
  readonly groupLevel: GroupLevel | null;
  /** How the group was found, in words. */
  readonly groupRule: string;
  /** False when the group is only the import's own name. */
  readonly groupKnown: boolean;
  /** From the sheet; a file's own pixel size gives way to it. */
  readonly mpp: Mpp | null;
  readonly licence: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Columns with a place of their own on an image, or measured from the pixels anyway. */
const ownPlace = new Set([
  "group",
  "mpp",
  "mpp_y",
  "mpp_x",
  "licence",
  "split",
  "height",
  "width",
  "name",
  "id",
  "status",
  "cells",
]);

/** Columns of sheets -> metadata fields of the program. */
const fieldNames: Readonly<Record<string, string>> = { cell_line: "cellLine", source_id: "sourceId" };

/** Longer names are cut: a group is a key in queries and tables. */
const GROUP_LENGTH_MAX = 200;

/** What is known beside the sheet. */
export interface FactSource {
  readonly title: string;
  /** Name of the layout, for its rule about groups. */
  readonly format: string;
  readonly sheet: string | null;
  readonly licence?: string;
  readonly defaults?: { readonly group?: string; readonly metadata?: Readonly<Record<string, string>> };
  /** More words of the sheet, by metadata field. */
  readonly words?: Readonly<Record<string, string>>;
  /** What the layout itself says about the image. */
  readonly item?: { readonly metadata: Readonly<Record<string, string>>; readonly group: GroupKey | null };
}

/**
 * A sheet is believed before the layout, the layout before the defaults of the whole import.
 *
 * @param row  values of the image's row, by canonical column; empty when it has none.
 */
export function imageFacts(row: Readonly<Record<string, string>>, source: FactSource): ImageFacts {
  const notes: string[] = [];
  if (row["split"] !== undefined) {
    notes.push(
      "The column `split` is not used: groups get their side when a dataset is frozen, and keep it.",
    );
  }
  const metadata: Record<string, string> = { ...source.defaults?.metadata };
  for (const [column, value] of Object.entries({ ...source.item?.metadata, ...row, ...source.words })) {
    if (ownPlace.has(column)) continue;
    const field = fieldNames[column] ?? column;
    try {
      Object.assign(metadata, parseMetadata({ [field]: value }));
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      notes.push(`The column \`${column}\` was left out. ${error.message}`);
    }
  }
  return {
    ...groupOf(row, source),
    mpp: sheetMpp(row),
    licence: row["licence"] ?? source.licence ?? "unknown",
    metadata,
    notes,
  };
}

function groupOf(
  row: Readonly<Record<string, string>>,
  { title, format, sheet, defaults, item }: FactSource,
): Pick<ImageFacts, "group" | "groupLevel" | "groupRule" | "groupKnown"> {
  const found = (key: string, groupLevel: GroupLevel | null, groupRule: string) => ({
    group: key.slice(0, GROUP_LENGTH_MAX),
    groupLevel,
    groupRule,
    groupKnown: true,
  });
  if (row["group"] !== undefined) return found(row["group"], null, `column group of ${sheet ?? "the sheet"}`);
  const rule = groupRules.find((one) => one.format === format)?.rule ?? `layout ${format}`;
  if (item?.group !== undefined && item.group !== null) return found(item.group.key, item.group.level, rule);
  if (defaults?.group !== undefined) return found(defaults.group, null, "given for the whole import");
  return { ...found(title, null, "nothing tells; the import is one group"), groupKnown: false };
}

/** Sheets are parsed strictly, so these are numbers. */
function sheetMpp(row: Readonly<Record<string, string>>): Mpp | null {
  const y = Number(row["mpp_y"] ?? row["mpp"] ?? row["mpp_x"] ?? Number.NaN);
  const x = Number(row["mpp_x"] ?? row["mpp"] ?? row["mpp_y"] ?? Number.NaN);
  return Number.isFinite(y) && Number.isFinite(x) ? { y, x } : null;
}
