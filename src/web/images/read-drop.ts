/**
 * Files and whole folders out of a drop, with their paths below what was dropped.
 *
 * Folders come as entries of an old but universal interface (`webkitGetAsEntry`); a directory hands out its children
 * in pieces of 100 and must be asked until it gives none.
 */

import type { NamedFile } from "../client/index.ts";

/** One drop; more is a job for the command line, which does not hold every file open in a browser. */
const DROPPED_FILES_MAX = 20_000;

/** The parts of FileSystemEntry that are used; plain so that tests can build them. */
export interface Entry {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly name: string;
}
export interface FileEntry extends Entry {
  file(done: (file: File) => void, failed: (error: unknown) => void): void;
}
export interface FolderEntry extends Entry {
  createReader(): {
    readEntries(done: (entries: Entry[]) => void, failed: (error: unknown) => void): void;
  };
}

/**
 * Must be called inside the drop event: the browser empties `dataTransfer` when the handler returns.
 *
 * @returns promise of all files, in the order of their paths, at most `DROPPED_FILES_MAX`.
 */
export function readDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries: Entry[] = [];
  const loose: NamedFile[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry() as Entry | null;
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) loose.push({ path: file.name, file });
  }
  return walkEntries(entries).then((files) => [...loose, ...files]);
}

/** Walks breadth-first, so that a limit cuts the deepest files and not a whole folder. */
export async function walkEntries(roots: readonly Entry[]): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  let level = roots.map((entry) => ({ entry, path: entry.name }));
  while (level.length > 0 && files.length < DROPPED_FILES_MAX) {
    const next: { entry: Entry; path: string }[] = [];
    for (const { entry, path } of level) {
      if (files.length >= DROPPED_FILES_MAX) break;
      if (entry.isFile) files.push({ path, file: await fileOf(entry as FileEntry) });
      else if (entry.isDirectory) {
        for (const child of await childrenOf(entry as FolderEntry)) {
          next.push({ entry: child, path: `${path}/${child.name}` });
        }
      }
    }
    level = next;
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files of an `<input type="file">`, with or without `webkitdirectory`. */
export function readInput(list: FileList | null): NamedFile[] {
  return [...(list ?? [])].slice(0, DROPPED_FILES_MAX).map((file) => ({
    path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath,
    file,
  }));
}

function fileOf(entry: FileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function childrenOf(entry: FolderEntry): Promise<Entry[]> {
  const reader = entry.createReader();
  const children: Entry[] = [];
  for (;;) {
    const some = await new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || children.length >= DROPPED_FILES_MAX) return children;
    children.push(...some);
  }
}
