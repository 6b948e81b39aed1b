/**
 * Layer revisions: immutable states of a layer, each a place in its log and a Merkle root over the objects there.
 *
 * The objects of a revision follow from the log; the root says whether they are the right ones, and is checked each
 * time they are read.
 */

import type { LabelImage } from "#core/array/index.ts";
import type { CellTypes } from "#core/cell-types/index.ts";
import { FoundryError } from "#core/errors.ts";
import { renderObjects } from "#core/labels/index.ts";
import { objectsAt } from "./layer-log.ts";
import { readLayerRow } from "./layers.ts";
import { buildTree } from "./merkle-tree.ts";
import { readShapes } from "./shape-rows.ts";
import * as text from "./sql/revisions.ts";
import type { Store } from "./store.ts";
import { assertHeldInMemory } from "./stored-image.ts";
import type { LayerRevision, RevisionObject } from "./types.ts";

export interface RevisionRow extends Omit<LayerRevision, "root"> {
  readonly root: Buffer;
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

/** @throws FoundryError `revision.notFound`. */
export async function readRevisionRow(store: Store, revisionId: string): Promise<RevisionRow> {
  const [row] = await store.sql.query<RevisionRow>(text.selectRevision, [revisionId]);
  if (row !== undefined) return row;
  throw notFound(revisionId);
}

function notFound(revisionId: string): FoundryError {
  return new FoundryError("revision.notFound", {
    message: "There is no such label revision.",
    details: { revisionId },
  });
}

function toRevision(row: RevisionRow): LayerRevision {
  return { ...row, root: row.root.toString("hex") };
}

interface RevisionPlace {
  readonly layerId: string;
  readonly seq: number;
  readonly root: Buffer;
}

async function readPlace(store: Store, revisionId: string): Promise<RevisionPlace> {
  const [row] = await store.sql.query<RevisionPlace>(text.selectRevisionPlace, [revisionId]);
  if (row !== undefined) return row;
  throw notFound(revisionId);
}

/** Place of a revision in its layer's log. @throws FoundryError `revision.notFound`. */
export async function revisionSeq(store: Store, revisionId: string): Promise<number> {
  return (await readPlace(store, revisionId)).seq;
}

/** What revisions and branches keep of a living object. */
export interface VersionedObject extends RevisionObject {
  /** Its terms as one text, else the raw word of its source. */
  readonly cellType: string | null;
  readonly types: CellTypes | null;
}

/**
 * Objects of a revision in order of label, checked against its root.
 *
 * @throws FoundryError `revision.notFound`; `blob.missing`, `blob.corrupt` when stored parts are damaged.
 * Cost: O(objects of the layer + edits since), about 15 us per object.
 */
export async function revisionObjects(store: Store, revisionId: string): Promise<VersionedObject[]> {
  const { layerId, seq, root } = await readPlace(store, revisionId);
  const objects = await readObjects(store, layerId, seq);
  const tree = buildTree(
    objects.map(({ uid, digest, shape: { t, z, bbox } }) => ({
      uid,
      digest: Buffer.from(digest, "hex"),
      t,
      z,
      y0: bbox[0],
      x0: bbox[1],
    })),
  );
  if (tree.root.equals(root)) return objects;
  throw new FoundryError("blob.corrupt", {
    message: "The log of the layer does not give the objects that this label revision was made of.",
    hint: "Run `cellfoundry doctor --full` to see what is damaged, and restore the database from a backup.",
    details: { revisionId },
  });
}

async function readObjects(store: Store, layerId: string, seq: number): Promise<VersionedObject[]> {
  const objects = await objectsAt(store, layerId, seq);
  const shapes = await readShapes(
    store,
    objects.map(({ digest }) => digest),
  );
  return objects.map((object) => {
    const shape = shapes.get(object.digest);
    if (shape !== undefined) return { ...object, shape };
    throw new FoundryError("blob.missing", {
      message: "The shape of an object is not in the database.",
      hint: "Run `cellfoundry doctor` to see what is damaged.",
      details: { layerId, uid: object.uid },
    });
  });
}

/**
 * Label image of one frame and plane (default the first) of a revision. A label is fixed for the life of its object,
 * so the same revision gives the same bytes each time.
 *
 * @throws as `revisionObjects`; FoundryError `limit.pixels` for a plane that is not held in memory.
 */
export async function renderRevision(
  store: Store,
  revisionId: string,
  position: { readonly t?: number; readonly z?: number } = {},
): Promise<LabelImage> {
  const { layerId } = await readPlace(store, revisionId);
  const { height, width } = await readLayerRow(store, layerId);
  assertHeldInMemory(store, [height, width]);
  const { t = 0, z = 0 } = position;
  const objects = await revisionObjects(store, revisionId);
  return renderObjects(
    height,
    width,
    objects.filter(({ shape }) => shape.t === t && shape.z === z),
  );
}
