/**
 * Edits of the metadata of many images, and of their place in the trash, each with one undo.
 *
 * Images are changed in steps of ten thousand, each a transaction; up to that many it is all or nothing. What every
 * image held before is kept beside what it got, so an undo writes back exactly those images whose fields still hold
 * what the edit wrote, and names the others.
 */

import { FoundryError } from "#core/errors.ts";
import { parseMetadata } from "#core/metadata.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import { imageIdsForQuery } from "./image-list.ts";
import type { ImageFilter } from "./select-images.ts";
import * as text from "./sql/bulk-edits.ts";
import { inTransaction, type Store } from "./store.ts";
import { prepareWords } from "./term-words.ts";
import type { Agent, Mpp } from "./types.ts";

/** Rows per transaction: about two seconds, in which others may wait for one of these images. */
const imagesPerStep = 10_000;

/** Above it an edit would run for minutes; a query that wide is more likely a mistake. */
export const bulkImagesMax = 200_000;

/** Field values shown before an edit, most frequent first. */
const valuesShownMax = 8;

export interface BulkChanges {
  /** Null clears the field. */
  readonly metadata?: Readonly<Record<string, string | null>> | undefined;
  /** Training buckets by field; null clears. */
  readonly buckets?: Readonly<Record<string, string | null>> | undefined;
  readonly group?: string | undefined;
  readonly mpp?: Mpp | undefined;
}

/** Images by query, or by id. */
export interface BulkTarget extends ImageFilter {
  readonly imageIds?: readonly string[] | undefined;
}

export interface BulkPreview {
  readonly images: number;
  /** Of these the edit would change; the others hold the values already. */
  readonly changing: number;
  /** For each metadata field of the edit what the images hold now; "" is none. */
  readonly present: readonly {
    readonly field: string;
    readonly values: readonly { readonly value: string; readonly images: number }[];
    readonly moreValues: number;
  }[];
}

export interface BulkEdit {
  readonly id: string;
  readonly projectId: string;
  readonly kind: "set" | "trash" | "restore";
  readonly query: string;
  readonly changes: BulkChanges;
  readonly imageCount: number;
  readonly agent: Agent;
  readonly createdAt: string;
  readonly undoneAt: string | null;
}

export interface BulkUndo {
  readonly undone: number;
  /** Images changed or moved since, which were left as they are; the first hundred. */
  readonly kept: readonly { readonly id: string; readonly name: string }[];
  readonly keptCount: number;
}

/** @throws FoundryError `metadata.invalid` for a field or value that cannot be. */
function checked(changes: BulkChanges): BulkChanges {
  const fields = Object.entries(changes.metadata ?? {});
  const kept = parseMetadata(Object.fromEntries(fields.map(([field, value]) => [field, value ?? ""])));
  const metadata = Object.fromEntries(fields.map(([field]) => [field, kept[field] ?? null]));
  const buckets = Object.entries(changes.buckets ?? {});
  const named = parseMetadata(Object.fromEntries(buckets.map(([field, value]) => [field, value ?? ""])));
  const group = changes.group?.trim();
  const result: BulkChanges = {
    ...(fields.length === 0 ? {} : { metadata }),
    ...(buckets.length === 0
      ? {}
      : { buckets: Object.fromEntries(buckets.map(([field]) => [field, named[field] ?? null])) }),
    ...(group === undefined || group === "" ? {} : { group }),
    ...(changes.mpp === undefined ? {} : { mpp: changes.mpp }),
  };
  if (Object.keys(result).length > 0) return result;
  throw new FoundryError("request.invalid", {
    message: "This edit changes nothing.",
    hint: "Give a field to set or to clear.",
  });
}

/** Ids in order; images of other projects and of the trash are left out by the statements that change. */
async function targetIds(store: Store, target: BulkTarget): Promise<string[]> {
  const ids =
    target.imageIds === undefined
      ? await imageIdsForQuery(store, target.projectId, target.query, target.search)
      : await ownIds(store, target.projectId, target.imageIds);
  if (ids.length <= bulkImagesMax) return ids;
  throw new FoundryError("limit.objects", {
    message: `The query selects ${ids.length} images; one edit changes at most ${bulkImagesMax}.`,
    hint: "Narrow the query, or edit in several steps.",
  });
}

async function ownIds(store: Store, projectId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await store.sql.query<{ id: string }>(
    "SELECT id FROM image WHERE project_id = $1 AND id = ANY($2::text[]) ORDER BY id",
    [projectId, ids],
  );
  return rows.map(({ id }) => id);
}

/** What an edit would do. @throws FoundryError `metadata.invalid`, `request.invalid`, `limit.objects`. */
export async function previewBulkEdit(
  store: Store,
  target: BulkTarget,
  changes: BulkChanges,
): Promise<BulkPreview> {
  const wanted = checked(changes);
  const ids = await targetIds(store, target);
  const fields = Object.keys(wanted.metadata ?? {});
  const [changing, values] = await Promise.all([
    store.sql.query<{ images: number }>(text.countChanging, [ids, JSON.stringify(wanted)]),
    store.sql.query<{ field: string; value: string; images: number }>(text.selectPresentValues, [
      ids,
      fields,
    ]),
  ]);
  const present = fields.map((field) => {
    const all = values.filter((row) => row.field === field).map(({ value, images }) => ({ value, images }));
    return {
      field,
      values: all.slice(0, valuesShownMax),
      moreValues: Math.max(0, all.length - valuesShownMax),
    };
  });
  return { images: ids.length, changing: changing[0]?.images ?? 0, present };
}

/**
 * Sets and clears fields of all images of a query. Raw words only: terms follow by themselves.
 *
 * @throws FoundryError `metadata.invalid`, `request.invalid`, `limit.objects`.
 */
export async function startBulkEdit(
  store: Store,
  actor: Agent,
  edit: { readonly filter: BulkTarget; readonly queryText: string; readonly changes: BulkChanges },
): Promise<BulkEdit> {
  const changes = checked(edit.changes);
  const ids = await targetIds(store, edit.filter);
  const words = Object.entries(changes.metadata ?? {}).flatMap(([field, value]) =>
    value === null ? [] : [[field, value] as const],
  );
  await prepareWords(store, edit.filter.projectId, [Object.fromEntries(words)]);
  return inSteps(store, actor, { ...edit, kind: "set", changes, ids }, async (tx, id, page) => {
    await tx.sql.query(text.lockImages, [page]);
    await tx.sql.query(text.noteChanges, [id, page]);
    await tx.sql.query(text.applyNotes, [id, page]);
  });
}

/** Puts all images of a query into the trash. @throws FoundryError `limit.objects`. */
export async function bulkTrash(
  store: Store,
  actor: Agent,
  edit: { readonly filter: BulkTarget; readonly queryText: string },
): Promise<BulkEdit> {
  const ids = await targetIds(store, edit.filter);
  return inSteps(store, actor, { ...edit, kind: "trash", changes: {}, ids }, async (tx, id, page) => {
    await tx.sql.query(text.lockImages, [page]);
    await tx.sql.query(text.noteTrash, [id, page]);
    await tx.sql.query(text.trashNoted, [id, page, isoTime(tx.clock)]);
  });
}

interface Steps {
  readonly filter: BulkTarget;
  readonly queryText: string;
  readonly kind: BulkEdit["kind"];
  readonly changes: BulkChanges;
  readonly ids: readonly string[];
}

async function inSteps(
  store: Store,
  actor: Agent,
  { filter, queryText, kind, changes, ids }: Steps,
  step: (tx: Store, id: string, page: readonly string[]) => Promise<void>,
): Promise<BulkEdit> {
  const id = store.ids.next();
  const { projectId } = filter;
  const from = [...pages(ids)];
  for (const [i, page] of from.entries()) {
    await inTransaction(store, async (tx) => {
      if (i === 0) {
        const values = [id, projectId, kind, queryText, JSON.stringify(changes), actor.id, isoTime(tx.clock)];
        await tx.sql.query(text.insertBulkEdit, values);
      }
      await step(tx, id, page);
      if (i < from.length - 1) return;
      await tx.sql.query(text.finishBulkEdit, [id, isoTime(tx.clock)]);
      const details = { projectId, bulkEditId: id, kind, fields: fieldsOf(changes), images: ids.length };
      await appendEvent(tx, actor, { verb: "images.changed", entity: "bulkEdit", entityId: id, details });
    });
  }
  return getBulkEdit(store, id);
}

/** At least one page, so that an edit of nothing is on record too. */
function* pages(ids: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i === 0 || i < ids.length; i += imagesPerStep) yield ids.slice(i, i + imagesPerStep);
}

const fieldsOf = ({ metadata, buckets, group, mpp }: BulkChanges): string[] => [
  ...Object.keys(metadata ?? {}),
  ...Object.keys(buckets ?? {}).map((field) => `${field}.bucket`),
  ...(group === undefined ? [] : ["group"]),
  ...(mpp === undefined ? [] : ["mpp"]),
];

/** @throws FoundryError `request.notFound`. */
export async function getBulkEdit(store: Store, id: string): Promise<BulkEdit> {
  const [row] = await store.sql.query<BulkEdit>(text.selectBulkEdit, [id]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", { message: "There is no such edit." });
}

/** Newest first. */
export async function listBulkEdits(store: Store, projectId: string, limit = 20): Promise<BulkEdit[]> {
  return store.sql.query<BulkEdit>(text.selectBulkEdits, [projectId, limit]);
}

/** Images named that an undo left alone. */
const keptShownMax = 100;

/**
 * Takes an edit back for every image that still holds what it wrote.
 *
 * @throws FoundryError `request.notFound`; `request.invalid` when it was taken back before.
 */
export async function undoBulkEdit(store: Store, actor: Agent, id: string): Promise<BulkUndo> {
  const edit = await getBulkEdit(store, id);
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query<{ undoneAt: string | null }>(text.lockBulkEdit, [id]);
    if (row?.undoneAt !== null) {
      throw new FoundryError("request.invalid", { message: "This edit was undone before." });
    }
    await tx.sql.query(text.markUndone, [id, isoTime(tx.clock), actor.id]);
    const details = { projectId: edit.projectId, bulkEditId: id };
    await appendEvent(tx, actor, { verb: "images.undone", entity: "bulkEdit", entityId: id, details });
  });
  const noted = (await store.sql.query<{ id: string }>(text.selectNotedIds, [id])).map((row) => row.id);
  const undone = new Set<string>();
  for (const page of pages(noted)) {
    const rows = await inTransaction(store, async (tx) => {
      if (edit.kind === "trash") return tx.sql.query<{ id: string }>(text.restoreImages, [page]);
      await tx.sql.query(text.lockImages, [page]);
      return tx.sql.query<{ id: string }>(text.takeBackNotes, [id, page]);
    });
    for (const row of rows) undone.add(row.id);
  }
  const kept = noted.filter((imageId) => !undone.has(imageId));
  const names = await store.sql.query<{ id: string; name: string }>(
    "SELECT id, name FROM image WHERE id = ANY($1::text[]) ORDER BY id",
    [kept.slice(0, keptShownMax)],
  );
  return { undone: undone.size, kept: names, keptCount: kept.length };
}

export interface TrashedImage {
  readonly id: string;
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly cellCount: number;
  readonly trashedAt: string;
}

/** Images in the trash, newest image first, with the number of all. */
export async function listTrash(
  store: Store,
  projectId: string,
  { cursor = null, limit = 100 }: { readonly cursor?: string | null; readonly limit?: number } = {},
): Promise<{ readonly items: TrashedImage[]; readonly nextCursor: string | null; readonly total: number }> {
  const rows = await store.sql.query<TrashedImage>(text.selectTrash, [projectId, cursor, limit + 1]);
  const [total] = await store.sql.query<{ count: number }>(text.countTrash, [projectId]);
  const items = rows.slice(0, limit);
  return {
    items,
    nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    total: total?.count ?? 0,
  };
}

/** Takes images out of the trash; those whose pixels were imported again stay there. Returns the ids restored. */
export async function restoreImages(
  store: Store,
  actor: Agent,
  projectId: string,
  imageIds: readonly string[],
): Promise<string[]> {
  const ids = await ownIds(store, projectId, imageIds);
  return inTransaction(store, async (tx) => {
    const rows = await tx.sql.query<{ id: string }>(text.restoreImages, [ids]);
    const restored = rows.map(({ id }) => id).sort();
    if (restored.length > 0) {
      await appendEvent(tx, actor, {
        verb: "images.restored",
        entity: "project",
        entityId: projectId,
        details: { images: restored.length },
      });
    }
    return restored;
  });
}
