/**
 * Which of the dropped files are sent: all but what operating systems leave in folders.
 *
 * The server looks into the files and knows fifty layouts; a guess by name here would lose the one file that names the
 * rest (`.zattrs`, `annotations.json`, `data_summary.csv`).
 */

import type { NamedFile } from "../client/index.ts";

const leavings = new Set([".ds_store", "thumbs.db", "desktop.ini"]);
const leavingFolders = new Set(["__macosx", ".git", ".trashes", ".spotlight-v100"]);

export function isWorthSending(path: string): boolean {
  const folders = path.toLowerCase().split("/");
  const name = folders.pop() ?? "";
  return (
    name !== "" &&
    !leavings.has(name) &&
    !name.startsWith("._") &&
    !folders.some((folder) => leavingFolders.has(folder))
  );
}

/** A table or YAML file that may describe images. */
export function isSheetName(path: string): boolean {
  return /\.(csv|tsv|ya?ml)$/i.test(path);
}

/** When a drop is one sheet alone, it describes the files that wait already. */
export function loneSheet(files: readonly NamedFile[]): NamedFile | undefined {
  const [first] = files;
  return files.length === 1 && first !== undefined && isSheetName(first.path) ? first : undefined;
}

export function totalBytes(files: readonly NamedFile[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}
