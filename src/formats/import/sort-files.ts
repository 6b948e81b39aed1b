/**
 * The files of an import before any layout looks at them: droppings of the operating system and empty files out, the
 * metadata sheet found.
 */
import { fault } from "../fault.ts";
import { byPath, fileOf, isImageFile } from "./paths.ts";
import type { FileEntry, IgnoredFile } from "./plan.ts";

/** DSB2018 has 30,000 files; a folder of a million is a screen that should be imported plate by plate. */
const FILES_MAX = 500_000;

const SHEET_NAMES = [
  "sheet.csv",
  "metadata.csv",
  "index.csv",
  "images.csv",
  "metadata.tsv",
  "sheet.tsv",
  "sheet.yaml",
  "metadata.yaml",
];

export interface SortedFiles {
  /** What layouts may look at, sorted by path. */
  readonly entries: readonly FileEntry[];
  readonly ignored: readonly IgnoredFile[];
  /** Images of 0 bytes: copied badly. */
  readonly empty: readonly string[];
  readonly sheetPath: string | null;
}

/** @throws FoundryError `limit.files`. */
export function sortFiles(given: readonly FileEntry[]): SortedFiles {
  if (given.length > FILES_MAX) {
    throw fault("limit.files", {
      file: "import",
      reason: `${given.length} files, the limit is ${FILES_MAX}`,
      remedy: "Import the folder in parts.",
    });
  }
  const entries: FileEntry[] = [];
  const ignored: IgnoredFile[] = [];
  const empty: string[] = [];
  const sheets: string[] = [];
  for (const entry of given.toSorted(byPath)) {
    const { path, size } = entry;
    const file = fileOf(path);
    if (isDropping(path)) ignored.push({ path, reason: "it belongs to the operating system" });
    else if (size === 0 && isImageFile(path)) empty.push(path);
    else if (size === 0) ignored.push({ path, reason: "it is empty (0 bytes)" });
    else {
      entries.push(entry);
      if (SHEET_NAMES.includes(file.toLowerCase())) sheets.push(path);
    }
  }
  // The sheet nearest to the top counts; the order of names above breaks a tie.
  const ranked = sheets.toSorted((a, b) => depth(a) - depth(b) || rank(a) - rank(b) || (a < b ? -1 : 1));
  return { entries, ignored, empty, sheetPath: ranked[0] ?? null };
}

/** Made by desktops; a dot file of a Zarr array (`.zarray`, `.zattrs`) is data. */
function isDropping(path: string): boolean {
  const file = fileOf(path);
  return (
    (file.startsWith(".") && !/^\.z(array|attrs|group|metadata)$/.test(file)) ||
    file === "Thumbs.db" ||
    file === "desktop.ini" ||
    path.includes("__MACOSX/")
  );
}

function depth(path: string): number {
  return path.split("/").length;
}

function rank(path: string): number {
  return SHEET_NAMES.indexOf(fileOf(path).toLowerCase());
}
