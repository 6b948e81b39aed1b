/**
 * What a dropped folder seems to hold, before anything is sent.
 *
 * Only names are looked at: the server reads the files and decides. The guess exists so that a person can see a wrong
 * drop (the folder above, the sheet forgotten) before waiting for an upload.
 */

export interface FoundFile {
  /** Relative path with forward slashes. */
  readonly path: string;
  readonly size: number;
}

export type FoundKind = "image" | "labels" | "sheet" | "archive" | "ignored";

export interface FoundSummary {
  readonly images: number;
  readonly labels: number;
  /** Images for which a label file with a matching name or folder was found. */
  readonly pairs: number;
  readonly archives: number;
  readonly sheets: readonly string[];
  readonly ignored: readonly string[];
  readonly bytes: number;
  /** Extension -> count, most frequent first; images, labels and archives only. */
  readonly formats: readonly (readonly [extension: string, count: number])[];
  /** Folders that hold images: what a leakage group is likely to be. */
  readonly folders: number;
}

const imageExtensions = new Set(["png", "tif", "tiff", "npy"]);
const archiveExtensions = new Set(["zip", "npz"]);
const sheetExtensions = new Set(["csv", "tsv"]);

/** Folder names that say "these are labels"; `masks` is also what the DSB2018 layout calls its one-object files. */
const labelFolder = /^(labels?|masks?|annotations?|gt|groundtruth)$/i;
const labelSuffix = /[-_.](masks?|labels?|label_image|gt|seg|annotation)$/i;

export function kindOf(path: string): FoundKind {
  const { folders, stem, extension } = parts(path);
  if (
    stem.startsWith(".") ||
    extension === "" ||
    folders.some((name) => name.startsWith(".") || name === "__MACOSX")
  )
    return "ignored";
  if (sheetExtensions.has(extension)) return "sheet";
  if (archiveExtensions.has(extension)) return "archive";
  if (!imageExtensions.has(extension)) return "ignored";
  return labelSuffix.test(stem) || folders.some((name) => labelFolder.test(name)) ? "labels" : "image";
}

export function summarise(files: readonly FoundFile[]): FoundSummary {
  const byKind: Record<FoundKind, FoundFile[]> = {
    image: [],
    labels: [],
    sheet: [],
    archive: [],
    ignored: [],
  };
  for (const file of files) byKind[kindOf(file.path)].push(file);
  const used = [...byKind.image, ...byKind.labels, ...byKind.archive];
  const labelled = new Set(byKind.labels.flatMap((file) => labelKeys(file.path)));
  return {
    images: byKind.image.length,
    labels: byKind.labels.length,
    pairs: byKind.image.filter((file) => imageKeys(file.path).some((key) => labelled.has(key))).length,
    archives: byKind.archive.length,
    sheets: byKind.sheet.map((file) => file.path),
    ignored: byKind.ignored.map((file) => file.path),
    bytes: [...used, ...byKind.sheet].reduce((sum, file) => sum + file.size, 0),
    formats: countBy(used.map((file) => parts(file.path).extension)),
    folders: new Set(byKind.image.map((file) => parts(file.path).folders.join("/"))).size,
  };
}

/** An image is known by its name, and by the folder it shares with its masks (DSB2018: id/images, id/masks). */
function imageKeys(path: string): string[] {
  const { folders, stem } = parts(path);
  const keys = [`name:${stem.toLowerCase()}`];
  if (/^images?$/i.test(folders.at(-1) ?? "")) keys.push(`folder:${folders.slice(0, -1).join("/")}`);
  return keys;
}

function labelKeys(path: string): string[] {
  const { folders, stem } = parts(path);
  const keys = [`name:${stem.replace(labelSuffix, "").toLowerCase()}`];
  // `masks` beside `images` at the top is a folder of many label images, not the masks of one.
  if (/^masks$/i.test(folders.at(-1) ?? "") && folders.length > 1) {
    keys.push(`folder:${folders.slice(0, -1).join("/")}`);
  }
  return keys;
}

function parts(path: string): { folders: string[]; stem: string; extension: string } {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return { folders, stem: name, extension: "" };
  return { folders, stem: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() };
}

function countBy(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
