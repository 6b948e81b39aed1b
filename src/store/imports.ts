/**
 * Imports as records: who imported what, from which files by digest, under which licence, with which choices.
 *
 * Rows never change; the database refuses it. Images name the import they came with.
 */

import { codeVersion, isoTime } from "#platform/index.ts";
import * as text from "./sql/imports.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface NewImport {
  readonly projectId: string;
  readonly jobId: string | null;
  readonly title: string;
  /** Name of the layout. */
  readonly format: string;
  readonly licence: string;
  /** What the person chose and answered. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface ImportedFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly digest: string;
}

export interface ImportRecord extends Omit<NewImport, "jobId"> {
  readonly id: string;
  readonly program: string;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly imageCount: number;
  readonly fileCount: number;
}

/** Begins an import; a job that is tried again gets the record it began with. @returns its id. */
export async function beginImport(store: Store, actor: Agent, record: NewImport): Promise<string> {
  return inTransaction(store, async (tx) => {
    const id = tx.ids.next();
    const [made] = await tx.sql.query<{ id: string }>(text.insertImport, [
      id,
      record.projectId,
      record.jobId,
      record.title,
      record.format,
      record.licence,
      JSON.stringify(record.options),
      codeVersion(),
      actor.id,
      isoTime(tx.clock),
    ]);
    if (made !== undefined) return made.id;
    const [present] = await tx.sql.query<{ id: string }>(text.selectImportOfJob, [record.jobId]);
    return (present as { id: string }).id;
  });
}

/** Adds files to an import within the transaction of the images made from them; a path counts once. */
export async function addImportFiles(
  tx: Store,
  importId: string,
  files: readonly ImportedFile[],
): Promise<void> {
  if (files.length === 0) return;
  await tx.sql.query(text.insertImportFiles, [
    importId,
    files.map(({ path }) => path),
    files.map(({ bytes }) => bytes),
    Buffer.from(files.map(({ digest }) => digest).join(""), "hex"),
  ]);
}

/** Images that an import has stored so far: id by name. */
export async function imagesOfImport(store: Store, importId: string): Promise<Map<string, string>> {
  const rows = await store.sql.query<{ id: string; name: string }>(text.selectImagesOfImport, [importId]);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Imports of a project, newest first. */
export function listImports(store: Store, projectId: string): Promise<ImportRecord[]> {
  return store.sql.query<ImportRecord>(text.selectImports, [projectId]);
}

/** Files of an import, by path. */
export function listImportFiles(store: Store, importId: string): Promise<ImportedFile[]> {
  return store.sql.query<ImportedFile>(text.selectImportFiles, [importId]);
}

/** Which of the given files some import of the project read before: path in that import, by digest. */
export async function filesImportedBefore(
  store: Store,
  projectId: string,
  digests: readonly string[],
): Promise<Map<string, string>> {
  const rows = await store.sql.query<{ digest: string; path: string }>(text.selectFilesByDigest, [
    projectId,
    digests.map((digest) => Buffer.from(digest, "hex")),
  ]);
  return new Map(rows.map(({ digest, path }) => [digest, path]));
}
