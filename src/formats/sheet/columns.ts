/**
 * The columns of a metadata sheet that the program understands, and help for misspelt ones.
 *
 * Any other column is kept as free text. A column one or two letters away from a known one is kept too, but a note
 * asks whether the known one was meant. Fields of the metadata schema are known under their names and aliases.
 */
import { channelFields, editDistance, fieldOf, metadataFields } from "#core/ontology/index.ts";

/** Columns that name the image of a row, in order of preference. */
export const keyColumns = ["name", "file", "file_name", "filename", "image", "id"] as const;

/** Columns with a meaning of their own, or with an older name than the metadata field they fill. */
const knownColumns = [
  "group",
  "kind",
  "modality",
  "organ",
  "cell_line",
  "species",
  "platform",
  "disease",
  "source",
  "source_id",
  "mpp",
  "mpp_y",
  "mpp_x",
  "split",
  "licence",
  "notes",
] as const;

/** Other spellings, each standing for one known column. */
const SYNONYMS: Readonly<Record<string, string>> = {
  appearance_cluster: "group",
  leakage_group: "group",
  group_key: "group",
  cellline: "cell_line",
  license: "licence",
  pixel_size: "mpp",
  pixel_size_um: "mpp",
  um_per_px: "mpp",
  um_per_pixel: "mpp",
  "mpp_um/px": "mpp",
  mppx: "mpp_x",
  mppy: "mpp_y",
  note: "notes",
};

/** Columns whose name differs from that of the metadata field they fill. */
const fieldsOfColumns: Readonly<Record<string, string>> = {
  cell_line: "cellLine",
  source_id: "sourceId",
  mpp: "mppX",
  mpp_x: "mppX",
  mpp_y: "mppY",
};

/** Known columns that describe the row rather than the image's metadata. */
const rowColumns: ReadonlySet<string> = new Set(["group", "kind", "source", "source_id", "split"]);

/** A header as it is compared: lower case, spaces and dashes as underscores. */
export function columnKey(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

/**
 * The known column a header stands for; the header's own key when it is not known.
 *
 * Older columns keep their names (`cell_line`); the other metadata fields bear the field's own name (`frameInterval`).
 */
export function canonicalColumn(header: string): string {
  const key = columnKey(header);
  const known = SYNONYMS[key] ?? key;
  if (isOldColumn(known)) return known;
  const field = fieldOf(key)?.name;
  if (field === undefined) return key;
  return (
    Object.keys(fieldsOfColumns).find((column) => column !== "mpp" && fieldsOfColumns[column] === field) ??
    field
  );
}

function isOldColumn(column: string): boolean {
  return (knownColumns as readonly string[]).includes(column);
}

/** Whether a header is an alias that gives way when its column is already there. */
export function isAlias(header: string): boolean {
  const key = columnKey(header);
  return (
    !Object.hasOwn(SYNONYMS, key) &&
    canonicalColumn(header).toLowerCase() !== key.replaceAll("_", "") &&
    !isOldColumn(key)
  );
}

/** The metadata field that a canonical column fills, or `null` for columns about the row. */
export function fieldOfColumn(column: string): string | null {
  if (rowColumns.has(column)) return null;
  return fieldsOfColumns[column] ?? column;
}

/** `channel 2 target` -> the second channel's target; `null` for other headers. */
export function channelColumn(header: string): { readonly index: number; readonly field: string } | null {
  const match = /^channel_?(\d{1,3})(?:_(.+))?$/.exec(columnKey(header));
  const number = Number(match?.[1] ?? 0);
  return number === 0 ? null : { index: number - 1, field: channelField(match?.[2] ?? "name") };
}

/** The known field of a channel that a name stands for; the name's own key when it is not known. */
export function channelField(name: string): string {
  const key = columnKey(name);
  return channelFields.find((field) => field.name === key || field.aliases.includes(key))?.name ?? key;
}

/** The known column that a header probably means, or `null`. */
export function suggestColumn(header: string): string | null {
  const key = columnKey(header);
  const old: readonly string[] = [...keyColumns, ...knownColumns, ...Object.keys(SYNONYMS)];
  if (old.includes(key) || fieldOf(key) !== undefined || key.length < 3) return null;
  let best: string | null = null;
  // One slip in a short word, two in a longer one; otherwise unrelated words would match.
  let bestDistance = key.length <= 4 ? 2 : 3;
  for (const candidate of [...old, ...metadataFields.map((field) => field.name)]) {
    const distance = editDistance(key, candidate.toLowerCase(), 2);
    if (distance < bestDistance && distance < candidate.length - 1) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
