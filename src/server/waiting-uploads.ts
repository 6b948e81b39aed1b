/**
 * Uploads that wait for a person: planned, asked about, then imported or thrown away.
 *
 * A note beside the manifest says to which project an upload belongs; without it there is nothing to find under the
 * id. When an import takes the upload the note goes, so that the sweep of forgotten ones leaves it to its job.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import { type ManifestEntry, type StagedUpload, stagingRoot, waitingNote } from "./staging.ts";

export interface WaitingUpload {
  readonly folder: string;
  readonly title: string;
  /** Path of the metadata sheet among the files. */
  readonly sheet: string | undefined;
}

interface Note {
  readonly projectId: string;
  readonly title: string;
  readonly sheet: string | null;
}

/** Above the numbers of the files of any upload. */
const sheetFileNumber = 999_999_999;

/** Keeps a staged upload for later calls. @returns what the client gets to know of it. */
export async function keepUpload(
  upload: StagedUpload,
  projectId: string,
  title: string,
): Promise<{ readonly id: string; readonly title: string; readonly files: number; readonly bytes: number }> {
  const note: Note = { projectId, title, sheet: upload.sheet ?? null };
  await writeFile(join(upload.folder, waitingNote), JSON.stringify(note), { flush: true });
  return { id: basename(upload.folder), title, files: upload.paths.length, bytes: upload.bytes };
}

/**
 * An upload of a project by its id.
 *
 * @param uploadId  checked to be an id, so it cannot leave the folder.
 * @throws FoundryError `request.notFound`, also for one of another project.
 */
export async function findUpload(home: string, projectId: string, uploadId: string): Promise<WaitingUpload> {
  const folder = join(stagingRoot(home), uploadId);
  const text = await readFile(join(folder, waitingNote), "utf8").catch(() => undefined);
  const note = text === undefined ? undefined : (JSON.parse(text) as Note);
  if (note?.projectId === projectId) return { folder, title: note.title, sheet: note.sheet ?? undefined };
  throw new FoundryError("request.notFound", {
    message: "There is no such upload, or it was imported already.",
    hint: "Upload the files again.",
  });
}

/**
 * Puts a sheet in place of the one the upload has. Its files stay as they are; one that bears the sheet's name keeps it,
 * and the sheet gets another.
 *
 * Written in the order in which a reader may meet it: the bytes, the manifest that names them, the note.
 */
export async function replaceSheet(
  { folder, title, sheet }: WaitingUpload,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<void> {
  const manifestPath = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as ManifestEntry[];
  const files = manifest.filter(({ path }) => path !== sheet);
  let path = name;
  while (files.some((entry) => entry.path === path)) path = `sheet-${path}`;
  const bytes = new TextEncoder().encode(text);
  const file = `${sheetFileNumber}.bin`;
  await writeFile(join(folder, file), bytes, { mode: 0o600, flush: true });
  await writeFile(manifestPath, JSON.stringify([...files, { file, path, size: bytes.length }]), {
    flush: true,
  });
  const known = JSON.parse(await readFile(join(folder, waitingNote), "utf8")) as Note;
  await writeFile(join(folder, waitingNote), JSON.stringify({ ...known, title, sheet: path }), {
    flush: true,
  });
}

/**
 * Hands the upload to a job: of two calls at once only one gets it, and a job that could not be entered gives it back.
 *
 * @throws FoundryError `request.notFound` when another call was first; what `submit` throws.
 */
export async function claimUpload<T>({ folder }: WaitingUpload, submit: () => Promise<T>): Promise<T> {
  const [note, taken] = [join(folder, waitingNote), join(folder, "taken.json")];
  await rename(note, taken).catch(() => {
    throw noUpload();
  });
  try {
    return await submit();
  } catch (error) {
    await rename(taken, note).catch(() => undefined);
    throw error;
  }
}

function noUpload(): FoundryError {
  return new FoundryError("request.notFound", {
    message: "There is no such upload, or it was imported already.",
    hint: "Upload the files again.",
  });
}
