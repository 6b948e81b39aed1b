/** Layer revisions: immutable states of a layer, each a Merkle root over its objects, with one parent. */

import type { LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { renderObjects } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import { type LayerRow, lockLayerRow, readLayerRow } from "./layers.ts";
import { buildTree, compareTrees, insertTree, readTree, type TiledObject } from "./merkle.ts";
import { readShapes } from "./shape-rows.ts";
import { refreshImage } from "./sql/images.ts";
import * as layerText from "./sql/layers.ts";
import * as text from "./sql/revisions.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, LayerRevision, RevisionObject } from "./types.ts";

interface RevisionRow extends Omit<LayerRevision, "root"> {
  readonly root: Buffer;
}

/**
 * Makes the present objects a revision. When nothing changed since the head, the head itself is returned.
 *
 * @param options.accepted  also marks the revision accepted: the image counts as done, and proposals left as they are
 *        become a person's objects, which later proposals leave alone. Default false.
 * @throws FoundryError `layer.notFound`. Cost: O(objects); writes only tiles that changed.
 */
export async function commitRevision(
  store: Store,
  actor: Agent,
  layerId: string,
  options: { readonly message?: string | undefined; readonly accepted?: boolean | undefined } = {},
): Promise<LayerRevision> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    const head = layer.headRevisionId === null ? null : await readRevisionRow(tx, layer.headRevisionId);
    const tree = buildTree(await tx.sql.query<TiledObject>(layerText.selectTiledObjects, [layerId]));
    const accepted = options.accepted ?? false;
    const unchanged = head?.root.equals(tree.root) === true;
    const id = unchanged ? head.id : tx.ids.next();
    if (!unchanged) {
      await insertTree(tx, tree);
      await insertRevision(tx, actor, layer, head, {
        id,
        root: tree.root,
        message: options.message ?? "",
        accepted,
      });
    }
    await tx.sql.query(layerText.moveHead, [layerId, id, layer.seq]);
    if (accepted) await acceptHead(tx, actor, layer, id);
    return getRevision(tx, id);
  });
}

async function insertRevision(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  head: RevisionRow | null,
  revision: {
    readonly id: string;
    readonly root: Buffer;
    readonly message: string;
    readonly accepted: boolean;
  },
): Promise<void> {
  const { id, root, message, accepted } = revision;
  const { added, removed, reshaped } = await compareTrees(tx, head?.root ?? null, root);
  await tx.sql.query(text.insertRevision, [
    id,
    layer.id,
    (head?.number ?? 0) + 1,
    head?.id ?? null,
    root,
    layer.seq,
    layer.objectCount,
    added,
    removed,
    reshaped,
    message,
    accepted,
    actor.id,
    isoTime(tx.clock),
    null,
  ]);
  await appendEvent(tx, actor, {
    verb: "layer.committed",
    entity: "layerRevision",
    entityId: id,
    details: { layerId: layer.id, before: head?.root.toString("hex") ?? null, after: root.toString("hex") },
  });
}

async function acceptHead(tx: Store, actor: Agent, layer: LayerRow, revisionId: string): Promise<void> {
  await tx.sql.query(text.acceptRevision, [revisionId]);
  await tx.sql.query(layerText.acceptLayer, [layer.id]);
  await tx.sql.query(layerText.touchObjects, [layer.id]);
  await tx.sql.query(refreshImage, [layer.imageId]);
  await appendEvent(tx, actor, {
    verb: "layer.accepted",
    entity: "layerRevision",
    entityId: revisionId,
    details: { layerId: layer.id, imageId: layer.imageId },
  });
}

/** Newest first. @throws FoundryError `layer.notFound`. */
export async function listRevisions(store: Store, layerId: string): Promise<LayerRevision[]> {
  await readLayerRow(store, layerId);
  return (await store.sql.query<RevisionRow>(text.selectRevisions, [layerId])).map(toRevision);
}

/** @throws FoundryError `revision.notFound`. */
export async function getRevision(store: Store, revisionId: string): Promise<LayerRevision> {
  return toRevision(await readRevisionRow(store, revisionId));
}

async function readRevisionRow(store: Store, revisionId: string): Promise<RevisionRow> {
  const [row] = await store.sql.query<RevisionRow>(text.selectRevision, [revisionId]);
  if (row !== undefined) return row;
  throw new FoundryError("revision.notFound", {
    message: "There is no such label revision.",
    details: { revisionId },
  });
}

function toRevision(row: RevisionRow): LayerRevision {
  return { ...row, root: row.root.toString("hex") };
}

/**
 * Objects of a revision in order of label.
 *
 * @throws FoundryError `revision.notFound`; `blob.missing`, `blob.corrupt` when stored parts are damaged.
 */
export async function revisionObjects(store: Store, revisionId: string): Promise<RevisionObject[]> {
  const { layerId, root } = await readRevisionRow(store, revisionId);
  const digests = await readTree(store, root);
  const shapes = await readShapes(store, [...digests.values()]);
  const rows = await store.sql.query<{ uid: string; label: number }>(layerText.selectLabels, [
    layerId,
    [...digests.keys()],
  ]);
  const labels = new Map(rows.map(({ uid, label }) => [uid, label]));
  const objects = [...digests].map(([uid, digest]): RevisionObject => {
    const [label, shape] = [labels.get(uid), shapes.get(digest)];
    if (label === undefined || shape === undefined) {
      throw new FoundryError("blob.missing", {
        message: "An object of a label revision is not in the database.",
        hint: "Run `cellfoundry doctor` to see what is damaged.",
        details: { revisionId, uid },
      });
    }
    return { uid, label, digest, shape };
  });
  return objects.sort((a, b) => a.label - b.label);
}

/**
 * Label image of one frame and plane (default the first) of a revision. A label is fixed for the life of its object,
 * so the same revision gives the same bytes each time.
 *
 * @throws as `revisionObjects`.
 */
export async function renderRevision(
  store: Store,
  revisionId: string,
  position: { readonly t?: number; readonly z?: number } = {},
): Promise<LabelImage> {
  const { layerId } = await readRevisionRow(store, revisionId);
  const { height, width } = await readLayerRow(store, layerId);
  const { t = 0, z = 0 } = position;
  const objects = await revisionObjects(store, revisionId);
  return renderObjects(
    height,
    width,
    objects.filter(({ shape }) => shape.t === t && shape.z === z),
  );
}
