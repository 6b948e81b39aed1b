/**
 * `metadata.csv` of an export: the sheet by which our importer, and anyone with a table program, gets back what picture
 * files cannot hold: metadata in raw words, groups, licences, channels.
 *
 * One row per picture, named by its path from the sheet. Terms and training buckets are not in it: they follow from the
 * words, and `images.jsonl` has them for other programs.
 */
import { csvText } from "./listing.ts";

/** What the sheet says of an item. */
export interface SheetItem {
  readonly group: string;
  readonly licence: string;
  readonly mpp: { readonly y: number; readonly x: number } | null;
  readonly channels: readonly { readonly name: string; readonly role: string }[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SheetPicture {
  /** From the folder of the sheet. */
  readonly path: string;
  readonly item: SheetItem;
}

/** Columns that older sheets call otherwise than the field. */
const columnOf: Readonly<Record<string, string>> = { cellLine: "cell_line", sourceId: "source_id" };

/** Fields the columns of which have a meaning of their own. */
const reserved = new Set(["file", "group", "licence", "mpp_y", "mpp_x", "source", "split", "kind"]);

export function metadataSheet(pictures: readonly SheetPicture[]): string {
  const fields = [...new Set(pictures.flatMap(({ item }) => Object.keys(item.metadata)))]
    .filter((field) => field === "kind" || !reserved.has(field))
    .sort();
  const channels = pictures.reduce((most, { item }) => Math.max(most, item.channels.length), 0);
  const header = [
    "file",
    "group",
    "licence",
    "mpp_y",
    "mpp_x",
    ...fields.map((field) => columnOf[field] ?? field),
    ...Array.from({ length: channels }, (_, c) => [`channel ${c + 1}`, `channel ${c + 1} role`]).flat(),
  ];
  const lines = pictures.map(({ path, item }) =>
    [
      path,
      item.group,
      item.licence,
      item.mpp === null ? "" : String(item.mpp.y),
      item.mpp === null ? "" : String(item.mpp.x),
      ...fields.map((field) => item.metadata[field] ?? ""),
      ...Array.from({ length: channels }, (_, c) => [
        item.channels[c]?.name ?? "",
        item.channels[c]?.role ?? "",
      ]).flat(),
    ]
      .map(csvText)
      .join(","),
  );
  return `${[header.map(csvText).join(","), ...lines].join("\r\n")}\r\n`;
}
