/**
 * Writes many images with their layers in one transaction, in as many statements as for one.
 *
 * Everything is born at once: an image's row already has its status and count, a layer its counters and head, and the
 * log of a layer begins with one edit that points to the tree of the first revision instead of naming each object
 * (docs/decisions/0010). Duplicates by pixels are found by the database, within the batch too.
 */

import { isoTime } from "#platform/index.ts";
import { type LayerRows, layerRows } from "./insert-layers.ts";
import { bornStatus, type PreparedImage, type PreparedLayer } from "./prepared-image.ts";
import * as text from "./sql/insert-images.ts";
import type { Store } from "./store.ts";
import { prepareWords } from "./term-words.ts";
import type { Agent, ImageStatus } from "./types.ts";

export type InsertedImage =
  | { readonly state: "inserted"; readonly imageId: string; readonly layerId: string | null }
  /** The project holds these very pixels already; nothing was written. */
  | { readonly state: "duplicate"; readonly imageId: string };

/**
 * Call inside a transaction. All images belong to one project.
 *
 * @returns what became of each, in order; `layerId` is that of the first layer.
 * Cost: about 30 us per object and 1 ms per image.
 */
export async function insertPreparedImages(
  tx: Store,
  actor: Agent,
  images: readonly PreparedImage[],
): Promise<InsertedImage[]> {
  if (images.length === 0) return [];
  const ids = images.map(({ id }) => id ?? tx.ids.next());
  await insertBlobs(tx, images);
  await prepareWords(
    tx,
    (images[0] as PreparedImage).projectId,
    images.map(({ metadata }) => metadata),
  );
  const rows = await tx.sql.query<{ id: string }>(text.insertImages, [
    JSON.stringify(images.map((image, i) => imageRow(image, ids[i] as string))),
    actor.id,
    isoTime(tx.clock),
  ]);
  const fresh = new Set(rows.map(({ id }) => id));
  const inserted = images.flatMap((image, i) => {
    const id = ids[i] as string;
    return fresh.has(id) ? [{ id, image }] : [];
  });
  await insertChannels(tx, inserted);
  const layers = await layerRows(tx, actor, inserted);
  await insertEvents(tx, actor, inserted, layers);
  const twins = await findTwins(tx, images, fresh.size);
  return images.map((image, i): InsertedImage => {
    const imageId = ids[i] as string;
    if (!fresh.has(imageId)) return { state: "duplicate", imageId: twins.get(image.blob.digest) ?? "" };
    return { state: "inserted", imageId, layerId: layers.get(imageId)?.[0]?.layerId ?? null };
  });
}

async function insertBlobs(tx: Store, images: readonly PreparedImage[]): Promise<void> {
  const regions = images.flatMap(({ layers }) => layers.flatMap(({ region }) => region ?? []));
  const all = [...images.map(({ blob }) => blob), ...regions];
  const blobs = new Map(all.map(({ digest, bytes }) => [digest, bytes]));
  await tx.sql.query(text.insertBlobs, [[...blobs.keys()], [...blobs.values()], isoTime(tx.clock)]);
}

function imageRow(image: PreparedImage, id: string): Record<string, unknown> {
  const { axes, shape, group, mpp } = image;
  const length = (axis: string): number => shape[axes.indexOf(axis)] ?? 1;
  return {
    id,
    project_id: image.projectId,
    source_id: image.sourceId,
    name: image.name,
    array_digest: image.blob.digest,
    axes,
    shape,
    dtype: image.dtype,
    height: length("y"),
    width: length("x"),
    mpp_y: mpp?.y ?? null,
    mpp_x: mpp?.x ?? null,
    mpp_reason: mpp === null ? image.mppReason : null,
    group_key: group?.key ?? `image ${id}`,
    group_level: group?.level ?? null,
    group_rule: group?.rule ?? null,
    group_known: group?.known ?? true,
    metadata: image.metadata,
    status: statusOf(image.layers),
    cell_count: Math.max(0, ...mainLayers(image.layers).map(({ objects }) => objects.count)),
    import_id: image.importId,
    import_path: image.importPath,
  };
}

const mainLayers = (layers: readonly PreparedLayer[]): PreparedLayer[] =>
  layers.filter(({ name }) => name === "");

/** The same rule as `refreshImage` has for images that change. */
function statusOf(layers: readonly PreparedLayer[]): ImageStatus {
  const states = mainLayers(layers)
    .map(bornStatus)
    .filter((state) => state !== "unlabelled");
  if (states.length === 0) return "unlabelled";
  if (states.every((state) => state === "accepted")) return "accepted";
  return states.every((state) => state === "proposed") ? "proposed" : "corrected";
}

async function insertChannels(
  tx: Store,
  images: readonly { readonly id: string; readonly image: PreparedImage }[],
): Promise<void> {
  const rows = images.flatMap(({ id, image }) => image.channels.map((channel) => ({ id, ...channel })));
  if (rows.length === 0) return;
  await tx.sql.query(text.insertChannels, [
    rows.map(({ id }) => id),
    rows.map(({ index }) => index),
    rows.map(({ name }) => name),
    rows.map(({ role }) => role),
  ]);
}

async function insertEvents(
  tx: Store,
  actor: Agent,
  images: readonly { readonly id: string; readonly image: PreparedImage }[],
  layers: ReadonlyMap<string, readonly LayerRows[]>,
): Promise<void> {
  if (images.length === 0) return;
  const details = images.map(({ id, image }) =>
    JSON.stringify({
      projectId: image.projectId,
      arrayDigest: image.blob.digest,
      ...(image.importId === null ? {} : { importId: image.importId }),
      layers: (layers.get(id) ?? []).map(({ layerId, revisionId, root }) => ({ layerId, revisionId, root })),
    }),
  );
  await tx.sql.query(text.insertEvents, [actor.id, images.map(({ id }) => id), details, isoTime(tx.clock)]);
}

async function findTwins(
  tx: Store,
  images: readonly PreparedImage[],
  fresh: number,
): Promise<Map<string, string>> {
  const [first] = images;
  if (first === undefined || fresh === images.length) return new Map();
  const rows = await imagesByDigest(
    tx,
    first.projectId,
    images.map(({ blob }) => blob.digest),
  );
  return new Map(rows.map(({ id, arrayDigest }) => [arrayDigest, id]));
}

export interface ImageByDigest {
  readonly id: string;
  readonly name: string;
  readonly arrayDigest: string;
  readonly importId: string | null;
}

/** Images of a project, not in the trash, whose pixels have one of the digests. */
export function imagesByDigest(
  store: Store,
  projectId: string,
  digests: readonly string[],
): Promise<ImageByDigest[]> {
  return store.sql.query<ImageByDigest>(text.selectImagesByDigest, [projectId, [...new Set(digests)]]);
}
