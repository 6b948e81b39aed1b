/** Finished exports: what they hold, and how long they are kept. */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/exports.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export interface ExportRecord {
  readonly id: string;
  readonly projectId: string;
  readonly jobId: string;
  readonly datasetVersionId: string | null;
  readonly title: string;
  readonly format: string;
  readonly bytes: number;
  readonly fileCount: number;
  readonly imageCount: number;
  readonly cellCount: number;
  /** SHA-256 over all files: equal contents, equal digest. */
  readonly digest: string;
  readonly agent: Agent;
  readonly createdAt: string;
}

export type NewExport = Omit<ExportRecord, "agent" | "createdAt">;

/** Within the transaction that ends the job. */
export async function insertExport(tx: Store, actor: Agent, record: NewExport): Promise<void> {
  const { id, projectId, jobId, datasetVersionId, title, format } = record;
  await tx.sql.query(text.insertExport, [
    id,
    projectId,
    jobId,
    datasetVersionId,
    title,
    format,
    record.bytes,
    record.fileCount,
    record.imageCount,
    record.cellCount,
    record.digest,
    actor.id,
    isoTime(tx.clock),
  ]);
  await appendEvent(tx, actor, {
    verb: "export.made",
    entity: "export",
    entityId: id,
    details: { format, digest: record.digest, datasetVersionId },
  });
}

/** @throws FoundryError `request.notFound`. */
export async function getExport(store: Store, exportId: string): Promise<ExportRecord> {
  const [row] = await store.sql.query<ExportRecord>(text.selectExport, [exportId]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", {
    message: "There is no such export; exports are deleted after some days.",
    hint: "Export the dataset version again: it gives the same files.",
  });
}

/** Newest first. */
export function listExports(store: Store, projectId: string): Promise<ExportRecord[]> {
  return store.sql.query<ExportRecord>(text.selectExportsOfProject, [projectId]);
}

/** Of all projects, newest first. */
export function listAllExports(store: Store): Promise<ExportRecord[]> {
  return store.sql.query<ExportRecord>(text.selectAllExports);
}

/** Forgets an export; its file is the caller's to remove. */
export async function deleteExport(store: Store, actor: Agent, record: ExportRecord): Promise<void> {
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.deleteExport, [record.id]);
    await appendEvent(tx, actor, { verb: "export.deleted", entity: "export", entityId: record.id });
  });
}
