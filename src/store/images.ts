/** Images: import with labels in one step, look up, change, trash. */

import { axisLength, type ImageArray, type LabelImage } from "#core/array/index.ts";
import { type EditOperation, operationChangesMax } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { parseMetadata } from "#core/metadata.ts";
import { isoTime } from "#platform/index.ts";
import { decodeArray, encodeArray } from "./array-bytes.ts";
import { insertBlobRow, type KeptBlob, keepBlob } from "./blob-rows.ts";
import { appendEvent } from "./events.ts";
import { ensureLayer, layersOfImage, lockLayerRow } from "./layers.ts";
import { isUniqueViolation } from "./postgres-sql.ts";
import { commitRevision } from "./revisions.ts";
import * as text from "./sql/images.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Channel, Compartment, ImageDetail, ImageSummary, LayerTruth, Mpp } from "./types.ts";
import { writeEdits } from "./write-edits.ts";

export interface NewImage {
  readonly projectId: string;
  readonly name: string;
  readonly image: ImageArray;
  /** Default: one per index of axis c, role `other`. */
  readonly channels?: readonly Channel[] | undefined;
  readonly mpp?: Mpp | null | undefined;
  /** Why `mpp` is unknown; default "not given by the source". */
  readonly mppReason?: string | null | undefined;
  /** Leakage group; default: the image alone. */
  readonly group?: string | undefined;
  readonly metadata?: Readonly<Record<string, string | undefined>> | undefined;
  readonly source: { readonly title: string; readonly licence: string; readonly url?: string | undefined };
  /** Imported label image, axes yx, of the image's size; frame 0, plane 0. */
  readonly labels?: LabelImage | undefined;
  /** Default `nuclear`. */
  readonly compartment?: Compartment | undefined;
  /** Default `gold`. */
  readonly labelTruth?: LayerTruth | undefined;
  /** Whether imported labels count as accepted; default true. */
  readonly accepted?: boolean | undefined;
}

export type InsertedImage =
  | { readonly state: "inserted"; readonly imageId: string; readonly layerId: string | null }
  /** The project holds these very pixels already; nothing was written. */
  | { readonly state: "duplicate"; readonly imageId: string };

const reasonUnknown = "not given by the source";

/**
 * Writes an image, its channels and, when given, its labels as objects with a first revision: all or nothing.
 *
 * @throws FoundryError `array.shapeMismatch` when the labels have another size; `limit.objects`; `metadata.invalid`;
 *         `request.notFound` for an unknown project; `disk.full`.
 */
export async function insertImage(store: Store, actor: Agent, image: NewImage): Promise<InsertedImage> {
  assertLabels(image);
  const blob = await keepBlob(store, encodeArray(image.image));
  return inTransaction(store, async (tx) => {
    const inserted = await insertImageRow(tx, actor, image, blob);
    if (!inserted.fresh) return { state: "duplicate", imageId: inserted.imageId };
    const { imageId } = inserted;
    await insertChannels(tx, imageId, image);
    const layerId =
      image.labels === undefined ? null : await importLabels(tx, actor, imageId, image, image.labels);
    await appendEvent(tx, actor, {
      verb: "image.imported",
      entity: "image",
      entityId: imageId,
      details: { projectId: image.projectId, arrayDigest: blob.digest },
    });
    return { state: "inserted", imageId, layerId };
  });
}

function assertLabels({ labels, image }: NewImage): void {
  if (labels === undefined) return;
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  if (labels.height === height && labels.width === width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `The label image has ${labels.height} x ${labels.width} pixels, its image ${height} x ${width}.`,
    hint: "Check that the right label file lies beside the image.",
  });
}

async function insertImageRow(
  tx: Store,
  actor: Agent,
  { projectId, name, image, mpp, mppReason, group, metadata, source }: NewImage,
  blob: KeptBlob,
): Promise<{ readonly imageId: string; readonly fresh: boolean }> {
  const [project] = await tx.sql.query("SELECT FROM project WHERE id = $1", [projectId]);
  if (project === undefined)
    throw new FoundryError("request.notFound", { message: "There is no such project." });
  const id = tx.ids.next();
  const now = isoTime(tx.clock);
  await insertBlobRow(tx, blob);
  const [row] = await tx.sql.query<{ id: string }>(text.insertImage, [
    id,
    projectId,
    await ensureSource(tx, projectId, source),
    name,
    blob.digest,
    image.axes,
    [...image.shape],
    image.dtype,
    axisLength(image, "y"),
    axisLength(image, "x"),
    mpp?.y ?? null,
    mpp?.x ?? null,
    mpp === undefined || mpp === null ? (mppReason ?? reasonUnknown) : null,
    group === undefined || group === "" ? `image ${id}` : group,
    JSON.stringify(parseMetadata(metadata ?? {})),
    actor.id,
    now,
  ]);
  if (row !== undefined) return { imageId: id, fresh: true };
  const [present] = await tx.sql.query<{ id: string }>(text.selectImageByDigest, [projectId, blob.digest]);
  return { imageId: present?.id ?? "", fresh: false };
}

async function ensureSource(tx: Store, projectId: string, source: NewImage["source"]): Promise<string> {
  const key = [projectId, source.title, source.licence, source.url ?? ""];
  const [found] = await tx.sql.query<{ id: string }>(text.selectSource, key);
  if (found !== undefined) return found.id;
  await tx.sql.query(text.insertSource, [tx.ids.next(), ...key, isoTime(tx.clock)]);
  const [made] = await tx.sql.query<{ id: string }>(text.selectSource, key);
  return (made as { id: string }).id;
}

async function insertChannels(tx: Store, imageId: string, { image, channels }: NewImage): Promise<void> {
  const list: readonly Channel[] =
    channels ??
    Array.from({ length: axisLength(image, "c") }, (_, index) => ({
      index,
      name: `channel ${index}`,
      role: "other" as const,
    }));
  await tx.sql.query(text.insertChannels, [
    imageId,
    list.map(({ index }) => index),
    list.map(({ name }) => name),
    list.map(({ role }) => role),
  ]);
}

async function importLabels(
  tx: Store,
  actor: Agent,
  imageId: string,
  image: NewImage,
  labels: LabelImage,
): Promise<string> {
  const { id } = await ensureLayer(
    tx,
    actor,
    imageId,
    image.compartment ?? "nuclear",
    image.labelTruth ?? "gold",
  );
  const shapes = objectShapesFromLabels(labels);
  if (shapes.size > operationChangesMax) {
    throw new FoundryError("limit.objects", {
      message: `The label image holds ${shapes.size} objects, more than one import takes (${operationChangesMax}).`,
      hint: "Cut the image into smaller fields of view.",
    });
  }
  if (shapes.size > 0) {
    const changes = [...shapes.values()].map((shape) => ({ uid: tx.ids.next(), before: null, after: shape }));
    const operation: EditOperation = {
      operationId: tx.ids.next(),
      kind: "import",
      tool: "import",
      changes,
      msSpent: 0,
    };
    await writeEdits(tx, actor, await lockLayerRow(tx, id), [{ operation }], "corrected");
  }
  await commitRevision(tx, actor, id, { message: "Imported", accepted: image.accepted ?? true });
  return id;
}

interface ImageRow extends ImageSummary {
  readonly axes: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly mppY: number | null;
  readonly mppX: number | null;
  readonly mppReason: string | null;
  readonly arrayDigest: string;
  readonly source: { readonly title: string; readonly licence: string };
  readonly trashedAt: string | null;
  readonly previousId: string | null;
  readonly nextId: string | null;
}

/** @throws FoundryError `image.notFound`, also for one in the trash. */
export async function getImage(store: Store, imageId: string): Promise<ImageDetail> {
  const row = await readImageRow(store, imageId);
  if (row.trashedAt !== null) throw notFound(imageId);
  const { trashedAt, mppY, mppX, ...rest } = row;
  return {
    ...rest,
    mpp: mppY === null || mppX === null ? null : { y: mppY, x: mppX },
    channels: await store.sql.query<Channel>(text.selectChannels, [imageId]),
    layers: await layersOfImage(store, imageId),
  };
}

async function readImageRow(store: Store, imageId: string): Promise<ImageRow> {
  const [row] = await store.sql.query<ImageRow>(text.selectImage, [imageId]);
  if (row === undefined) throw notFound(imageId);
  return row;
}

function notFound(imageId: string): FoundryError {
  return new FoundryError("image.notFound", {
    message: "There is no such image, or it is in the trash.",
    details: { imageId },
  });
}

/** Pixels of an image, verified. @throws FoundryError `image.notFound`, `blob.missing`, `blob.corrupt`. */
export async function readImageArray(store: Store, imageId: string): Promise<ImageArray> {
  const [row] = await store.sql.query<{ arrayDigest: string }>(text.selectImageDigest, [imageId]);
  if (row === undefined) throw notFound(imageId);
  return decodeArray(await store.blobs.get(row.arrayDigest));
}

/** Changes what is given. @throws FoundryError `image.notFound`, `metadata.invalid`. */
export async function updateImage(
  store: Store,
  actor: Agent,
  imageId: string,
  changes: {
    readonly name?: string | undefined;
    readonly group?: string | undefined;
    readonly mpp?: Mpp | null | undefined;
    readonly metadata?: Readonly<Record<string, string | undefined>> | undefined;
  },
): Promise<ImageDetail> {
  return inTransaction(store, async (tx) => {
    const before = await getImage(tx, imageId);
    const mpp = changes.mpp === undefined ? before.mpp : changes.mpp;
    const metadata = changes.metadata === undefined ? before.metadata : parseMetadata(changes.metadata);
    await tx.sql.query(text.updateImage, [
      imageId,
      changes.name ?? before.name,
      changes.group ?? before.group,
      mpp?.y ?? null,
      mpp?.x ?? null,
      mpp === null ? (before.mppReason ?? "removed by a person") : null,
      JSON.stringify(metadata),
    ]);
    const fields = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    await appendEvent(tx, actor, {
      verb: "image.changed",
      entity: "image",
      entityId: imageId,
      details: { fields },
    });
    return getImage(tx, imageId);
  });
}

/** Puts an image out of sight; dataset versions that hold it stay whole. @throws FoundryError `image.notFound`. */
export async function trashImage(store: Store, actor: Agent, imageId: string): Promise<void> {
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.trashImage, [imageId, isoTime(tx.clock)]);
    if (row === undefined) throw notFound(imageId);
    await appendEvent(tx, actor, { verb: "image.trashed", entity: "image", entityId: imageId });
  });
}

/**
 * Takes an image out of the trash; one that is not there stays as it is.
 *
 * @throws FoundryError `image.notFound`; `request.invalid` when the same pixels were imported again meanwhile.
 */
export async function restoreImage(store: Store, actor: Agent, imageId: string): Promise<ImageDetail> {
  try {
    return await inTransaction(store, async (tx) => {
      const [row] = await tx.sql.query(text.restoreImage, [imageId]);
      if (row !== undefined) {
        await appendEvent(tx, actor, { verb: "image.restored", entity: "image", entityId: imageId });
      }
      return getImage(tx, imageId);
    });
  } catch (error) {
    if (!isUniqueViolation(error, "image_once")) throw error;
    throw new FoundryError("request.invalid", {
      message: "The same image was imported again after this one went to the trash.",
      hint: "Trash the newer one first, or leave this one where it is.",
      cause: error,
    });
  }
}
