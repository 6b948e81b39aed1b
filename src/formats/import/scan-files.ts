/**
 * From a list of files to an import plan.
 *
 * Pure: the caller lists a folder or a zip, this decides. Layouts are tried from the most particular to the plainest;
 * the first that fits is taken unless the caller names one. Every file ends up as an item, as labels of an item, as
 * the sheet, or among the ignored with a reason: nothing disappears.
 */
import { FoundryError } from "#core/errors.ts";
import { fault } from "../fault.ts";
import { stemOf } from "../sheet/join-sheet.ts";
import { planDsb2018 } from "./dsb2018.ts";
import { planPairs } from "./pairs.ts";
import { byPath, fileOf, folderOf, isImageFile } from "./paths.ts";
import type { FileEntry, IgnoredFile, ImportFormat, ImportItem, ImportPlan, LayoutResult } from "./plan.ts";

// DSB2018 has 30,000 files; a folder of a million is a screen that should be imported plate by plate.
const FILES_MAX = 500_000;
const SHEET_NAMES = ["sheet.csv", "metadata.csv", "index.csv", "images.csv", "metadata.tsv", "sheet.tsv"];

export interface ScanOptions {
  readonly format?: ImportFormat | "auto";
}

/**
 * @throws FoundryError `limit.files`; `import.empty` when nothing can be imported; `format.pair` when a named layout
 *         does not fit the files.
 */
export function scanFiles(entries: readonly FileEntry[], options: ScanOptions = {}): ImportPlan {
  if (entries.length > FILES_MAX) {
    throw fault("limit.files", {
      file: "import",
      reason: `${entries.length} files, the limit is ${FILES_MAX}`,
      remedy: "Import the folder in parts.",
    });
  }
  const sorted = entries
    .map(({ path, size }) => ({ path: path.replaceAll("\\", "/").replace(/^\.\//, ""), size }))
    .toSorted(byPath);
  const { images, sheetPath, ignored } = sortOut(sorted);
  const wanted = options.format ?? "auto";
  const planned = planLayout(images, wanted);
  if (planned.result.items.length === 0) throw emptyImport(entries.length);
  return {
    format: planned.format,
    items: uniqueNames(planned.result.items),
    ignored: [...ignored, ...planned.result.ignored].toSorted(byPath),
    sheetPath,
    notes: planned.result.notes,
  };
}

function emptyImport(files: number) {
  return new FoundryError("import.empty", {
    message:
      files === 0 ? "There are no files to import." : `None of the ${files} files is a PNG or TIFF image.`,
    hint: "Choose a folder with PNG or TIFF files; other microscope formats can be exported to TIFF, for example with Fiji.",
  });
}

function sortOut(entries: readonly FileEntry[]) {
  const images: string[] = [];
  const sheets: string[] = [];
  const ignored: IgnoredFile[] = [];
  for (const { path, size } of entries) {
    const file = fileOf(path);
    if (file.startsWith(".") || file === "Thumbs.db" || path.includes("__MACOSX/"))
      ignored.push({ path, reason: "it belongs to the operating system" });
    else if (isImageFile(path) && size === 0)
      ignored.push({ path, reason: "it is empty (0 bytes); copy it again" });
    else if (isImageFile(path)) images.push(path);
    else if (SHEET_NAMES.includes(file.toLowerCase())) sheets.push(path);
    else ignored.push({ path, reason: "it is not a PNG or TIFF image" });
  }
  // The sheet nearest to the top counts; the order of names above breaks a tie.
  const ranked = sheets.toSorted((a, b) => depth(a) - depth(b) || rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const path of ranked.slice(1))
    ignored.push({ path, reason: `${ranked[0]} is used as the metadata sheet` });
  return { images, sheetPath: ranked[0] ?? null, ignored };
}

function depth(path: string): number {
  return path.split("/").length;
}

function rank(path: string): number {
  return SHEET_NAMES.indexOf(fileOf(path).toLowerCase());
}

function planLayout(
  images: readonly string[],
  wanted: ImportFormat | "auto",
): { format: ImportFormat; result: LayoutResult } {
  const plain = (): LayoutResult => ({
    items: images.map((path) => ({ name: stemOf(path), imagePath: path, labels: null, metadata: {} })),
    ignored: [],
    notes: [],
  });
  if (wanted === "images") return { format: "images", result: plain() };
  const layouts = [
    ["dsb2018", planDsb2018],
    ["pairs", planPairs],
  ] as const;
  for (const [format, plan] of layouts) {
    if (wanted !== "auto" && wanted !== format) continue;
    const result = plan(images);
    if (result !== null) return { format, result };
  }
  if (wanted === "auto" || images.length === 0) return { format: "images", result: plain() };
  throw fault("format.pair", {
    file: "import",
    reason:
      wanted === "pairs"
        ? "no image has a label image with a matching name"
        : "no folder looks like <id>/images/<id>.png with <id>/masks/*.png",
    remedy: "Check the folder, or import with --format auto.",
  });
}

/** Stems that repeat get their folder in front, until all names differ. */
function uniqueNames(items: readonly ImportItem[]): ImportItem[] {
  const counts = new Map<string, number>();
  for (const { name } of items) counts.set(name, (counts.get(name) ?? 0) + 1);
  const withFolder = items.map((item) =>
    counts.get(item.name) === 1
      ? item
      : { ...item, name: `${folderOf(item.imagePath)}/${item.name}`.replace(/^\//, "") },
  );
  const names = new Set<string>();
  return withFolder.map((item) => {
    // The same stem twice in one folder: a.png and a.tif.
    const name = names.has(item.name) ? item.imagePath : item.name;
    names.add(name);
    return name === item.name ? item : { ...item, name };
  });
}
