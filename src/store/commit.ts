/**
 * Commit: the present objects of a layer become a revision.
 *
 * The cost follows what changed since the head, not the layer and not the repository: the tiles that changed objects
 * lie in, or lay in, are hashed anew, the others are known from the head's root; the edits since then are packed into
 * the new row. The first commit of a layer hashes all of it.
 */

import { isoTime } from "#platform/index.ts";
import { type ChangedObject, checkAfterCommit, type Place } from "./check-layers.ts";
import { appendEvent } from "./events.ts";
import { shapeBefore } from "./layer-log.ts";
import { type LayerRow, lockLayerRow } from "./layers.ts";
import { type LogPack, type PackedChange, type PackedEdit, packLog } from "./log-pack.ts";
import {
  buildTree,
  changeTiles,
  type MerkleTree,
  placeOfTile,
  type TiledObject,
  type TileName,
  tileOf,
  tilePx,
} from "./merkle-tree.ts";
import { getRevision, readRevisionRow } from "./revisions.ts";
import { hasValuesSince } from "./sql/beside.ts";
import { selectCoverageChanged } from "./sql/coverage.ts";
import { refreshImage } from "./sql/images.ts";
import * as layerText from "./sql/layers.ts";
import * as logText from "./sql/log.ts";
import * as text from "./sql/revisions.ts";
import { inTransaction, type Store } from "./store.ts";
import { readRootBody } from "./tree-nodes.ts";
import type { Agent, LayerRevision, RevisionChanges } from "./types.ts";
import { presentTypesOfRevision } from "./types-at.ts";

export interface CommitOptions {
  readonly message?: string | undefined;
  /** Also marks the revision accepted; default false. */
  readonly accepted?: boolean | undefined;
  /** Head of the branch that a merge took in. */
  readonly secondParentId?: string | undefined;
}

/** More tiles than this are quicker read in one go with the whole layer. */
const tilesAloneMax = 64;

/** A layer of this many objects is hashed anew in a few milliseconds; the digests of its tiles need not be kept. */
const smallLayerMax = 500;

/**
 * Makes the present objects a revision. When nothing changed since the head, the head itself is returned.
 *
 * @param options.accepted  the image counts as done, and proposals left as they are become a person's objects, which
 *        later proposals leave alone.
 * @throws FoundryError `layer.notFound`. Cost: a few milliseconds for a few objects.
 */
export async function commitRevision(
  store: Store,
  actor: Agent,
  layerId: string,
  options: CommitOptions = {},
): Promise<LayerRevision> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    const parentId = layer.headRevisionId ?? layer.baseRevisionId;
    const parent = parentId === null ? null : await readRevisionRow(tx, parentId);
    const { tree, changes, changed } = await growFromHead(tx, layer, parent?.root ?? null);
    const accepted = options.accepted ?? false;
    // A branch's first revision is one of its own, even when it equals the base.
    const unchanged =
      parent !== null &&
      parent.id === layer.headRevisionId &&
      parent.root.equals(tree.root) &&
      options.secondParentId === undefined &&
      !(await coverageChanged(tx, layerId)) &&
      !(await valuesChanged(tx, layer));
    const id = unchanged ? parent.id : tx.ids.next();
    if (!unchanged) {
      await insertRevision(tx, actor, layer, { ...options, id, parentId, tree, changes, accepted });
    }
    const keptTree = layer.objectCount > smallLayerMax ? tree.rootBody : null;
    await tx.sql.query(layerText.moveHead, [layerId, id, layer.seq, keptTree]);
    if (accepted) await acceptHead(tx, actor, layer, id);
    await checkAfterCommit(tx, layer.imageId, layerId, { from: layer.headSeq, changes: changed });
    return getRevision(tx, id);
  });
}

/** Whether the layer speaks for another part of the image than its head does. */
async function coverageChanged(tx: Store, layerId: string): Promise<boolean> {
  const [row] = await tx.sql.query<{ changed: boolean }>(selectCoverageChanged, [layerId]);
  return row?.changed === true;
}

/** Whether types or spots changed since the head: a root speaks of shapes only. */
async function valuesChanged(tx: Store, { id, headSeq }: LayerRow): Promise<boolean> {
  const [row] = await tx.sql.query<{ changed: boolean }>(hasValuesSince, [id, headSeq]);
  return row?.changed === true;
}

interface Grown {
  readonly tree: MerkleTree;
  readonly changes: RevisionChanges;
  /** Objects that differ from the head; none for a first revision. */
  readonly changed: readonly ChangedObject[];
}

interface ChangedRow {
  readonly uid: string;
  readonly beforeDigest: Buffer | null;
  readonly beforeBytes: Buffer | null;
  readonly digest: Buffer | null;
  readonly t: number;
  readonly z: number;
  readonly y0: number;
  readonly x0: number;
  readonly y1: number;
  readonly x1: number;
}

/** Tree of the present objects, and how they differ from the head's. */
async function growFromHead(tx: Store, layer: LayerRow, parentRoot: Buffer | null): Promise<Grown> {
  if (parentRoot === null) {
    const changes = { added: layer.objectCount, removed: 0, reshaped: 0 };
    return { tree: await treeOfAll(tx, layer.id), changes, changed: [] };
  }
  const rows = await tx.sql.query<ChangedRow>(logText.selectChangedSince, [layer.id, layer.headSeq]);
  const { tiles, changes, changed } = touchedTiles(rows);
  const kept = layer.objectCount > smallLayerMax ? await keptRoot(tx, layer.id, parentRoot) : null;
  if (kept === null || tiles.size > tilesAloneMax)
    return { tree: await treeOfAll(tx, layer.id), changes, changed };
  const held = Map.groupBy(await objectsOfTiles(tx, layer.id, [...tiles]), tileOf);
  const tree = changeTiles(kept, new Map([...tiles].map((tile) => [tile, held.get(tile) ?? []])));
  return { tree, changes, changed };
}

async function keptRoot(tx: Store, layerId: string, parentRoot: Buffer): Promise<Buffer | null> {
  const [row] = await tx.sql.query<{ headTree: Buffer | null }>(layerText.selectHeadTree, [layerId]);
  return row?.headTree ?? readRootBody(tx, parentRoot);
}

/** Tiles that changed objects lie in or lay in, and how many objects came, went and changed. */
function touchedTiles(rows: readonly ChangedRow[]): {
  readonly tiles: ReadonlySet<TileName>;
  readonly changes: RevisionChanges;
  readonly changed: readonly ChangedObject[];
} {
  const tiles = new Set<TileName>();
  const changed: ChangedObject[] = [];
  let [added, removed, reshaped] = [0, 0, 0];
  for (const row of rows) {
    const before = shapeBefore(row);
    changed.push({ uid: row.uid, before, now: placeNow(row) });
    if (before !== null)
      tiles.add(tileOf({ t: before.t, z: before.z, y0: before.bbox[0], x0: before.bbox[1] }));
    if (row.digest !== null) tiles.add(tileOf(row));
    if (before === null) added += row.digest === null ? 0 : 1;
    else if (row.digest === null) removed++;
    else if (row.beforeDigest?.equals(row.digest) !== true) reshaped++;
  }
  return { tiles, changes: { added, removed, reshaped }, changed };
}

const placeNow = ({ digest, t, z, y0, x0, y1, x1 }: ChangedRow): Place | null =>
  digest === null ? null : { t, z, bbox: [y0, x0, y1, x1] };

async function objectsOfTiles(
  tx: Store,
  layerId: string,
  tiles: readonly TileName[],
): Promise<TiledObject[]> {
  if (tiles.length === 0) return [];
  const places = tiles.map(placeOfTile);
  return tx.sql.query<TiledObject>(logText.selectObjectsOfTiles, [
    layerId,
    places.map(([t]) => t),
    places.map(([, z]) => z),
    places.map(([, , row]) => row * tilePx),
    places.map(([, , , column]) => column * tilePx),
    tilePx,
  ]);
}

async function treeOfAll(tx: Store, layerId: string): Promise<MerkleTree> {
  return buildTree(await tx.sql.query<TiledObject>(layerText.selectTiledObjects, [layerId]));
}

async function insertRevision(
  tx: Store,
  actor: Agent,
  layer: LayerRow,
  revision: Omit<Grown, "changed"> &
    CommitOptions & { readonly id: string; readonly parentId: string | null; readonly accepted: boolean },
): Promise<void> {
  const { id, parentId, tree, changes, message = "", accepted, secondParentId = null } = revision;
  const pack = await packLoose(tx, actor, layer);
  const types = await presentTypesOfRevision(tx, layer.id);
  await tx.sql.query(text.insertRevision, [
    id,
    layer.id,
    parentId,
    tree.root,
    layer.seq,
    layer.objectCount,
    changes.added,
    changes.removed,
    changes.reshaped,
    message,
    accepted,
    actor.id,
    isoTime(tx.clock),
    secondParentId,
    pack?.from ?? null,
    pack?.operationIds ?? null,
    pack?.bytes ?? null,
    types.digest,
    types.terms,
  ]);
}

/** Packs the edits that still are rows, and removes the rows. The births of an import stay a row. */
async function packLoose(tx: Store, actor: Agent, layer: LayerRow): Promise<LogPack | null> {
  const changes = Map.groupBy(
    await tx.sql.query<PackedChange & { seq: number }>(logText.takeLooseChanges, [layer.id]),
    ({ seq }) => seq,
  );
  const edits = await tx.sql.query<Omit<PackedEdit, "changes">>(logText.takeLooseEdits, [layer.id]);
  if (edits.length === 0) return null;
  const log = edits.map((edit) => ({ ...edit, changes: changes.get(edit.seq) ?? [] }));
  return packLog(log, actor.id);
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
