/**
 * What the sheet and the caller's defaults say about one image: group, pixel size, licence, free metadata.
 *
 * The group is the promise that a test image has no sibling among the training images, so it is never guessed per
 * image: without a word from the sheet, all images of the import form one group.
 */

import { isFoundryError } from "#core/errors.ts";
import { parseMetadata } from "#core/metadata.ts";
import type { Mpp } from "#formats/index.ts";

export interface ImageFacts {
  readonly group: string;
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

/**
 * @param row    values of the image's row, by canonical column; empty when it has none.
 * @param source title and licence of the import, and the caller's defaults for what the row does not say.
 */
export function imageFacts(
  row: Readonly<Record<string, string>>,
  source: {
    readonly title: string;
    readonly licence?: string;
    readonly defaults?: { readonly group?: string; readonly metadata?: Readonly<Record<string, string>> };
  },
): ImageFacts {
  const notes: string[] = [];
  const group = row["group"] ?? source.defaults?.group;
  if (row["split"] !== undefined) {
    notes.push(
      "The column `split` is not used: groups get their side when a dataset is frozen, and keep it.",
    );
  }
  const metadata: Record<string, string> = { ...source.defaults?.metadata };
  for (const [column, value] of Object.entries(row)) {
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
    group: (group ?? source.title).slice(0, GROUP_LENGTH_MAX),
    groupKnown: group !== undefined,
    mpp: sheetMpp(row),
    licence: row["licence"] ?? source.licence ?? "unknown",
    metadata,
    notes,
  };
}

/** Sheets are parsed strictly, so these are numbers. */
function sheetMpp(row: Readonly<Record<string, string>>): Mpp | null {
  const y = Number(row["mpp_y"] ?? row["mpp"] ?? row["mpp_x"] ?? Number.NaN);
  const x = Number(row["mpp_x"] ?? row["mpp"] ?? row["mpp_y"] ?? Number.NaN);
  return Number.isFinite(y) && Number.isFinite(x) ? { y, x } : null;
}
