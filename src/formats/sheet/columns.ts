/**
 * The columns of a metadata sheet that the program understands, and help for misspelt ones.
 *
 * Any other column is kept as free text. A column one or two letters away from a known one is kept too, but a note
 * asks whether the known one was meant.
 */

/** Columns that name the image of a row, in order of preference. */
export const keyColumns = ["name", "file", "file_name", "filename", "image", "id"] as const;

/** Columns with a meaning of their own. */
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
  note: "notes",
};

/** A header as it is compared: lower case, spaces and dashes as underscores. */
export function columnKey(header: string): string {
  return header
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

/** The known column a header stands for; the header's own key when it is not known. */
export function canonicalColumn(header: string): string {
  const key = columnKey(header);
  return SYNONYMS[key] ?? key;
}

/** The known column that a header probably means, or `null`. */
export function suggestColumn(header: string): string | null {
  const key = columnKey(header);
  const all: readonly string[] = [...keyColumns, ...knownColumns, ...Object.keys(SYNONYMS)];
  if (all.includes(key) || key.length < 3) return null;
  let best: string | null = null;
  // One slip in a short word, two in a longer one; otherwise unrelated words would match.
  let bestDistance = key.length <= 4 ? 2 : 3;
  for (const candidate of all) {
    const distance = editDistance(key, candidate);
    if (distance < bestDistance && distance < candidate.length - 1) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
