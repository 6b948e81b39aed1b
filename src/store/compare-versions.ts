/** The difference of two versions of labels in biology's verbs, and going back to one of them. */

import { FoundryError } from "#core/errors.ts";
import { type DiffOptions, diffLinks, diffObjects } from "#core/versions/index.ts";
import { commitRevision } from "./commit.ts";
import { type LayerRow, lockLayerRow, readLayerRow } from "./layers.ts";
import { layerLinks } from "./links.ts";
import { changesTo, toVersion, writeChanges } from "./merge-branch.ts";
import { getRevision, readObjects, revisionObjects, type VersionedObject } from "./revisions.ts";
import * as text from "./sql/branches.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, LayerRevision } from "./types.ts";
import type { Comparison, VersionFacts, VersionRef } from "./version-types.ts";

interface Version {
  readonly facts: VersionFacts;
  readonly objects: readonly VersionedObject[];
}

/**
 * What happened from one version to another. Versions of one layer and its branches are compared by identity, others
 * by place; these must have one size.
 *
 * @throws FoundryError `revision.notFound`, `layer.notFound`; `array.shapeMismatch` for images of different size.
 * Cost: about 40 us per object, most of it reading.
 */
export async function compareVersions(
  store: Store,
  before: VersionRef,
  after: VersionRef,
): Promise<Comparison> {
  const [old, now] = [await readVersion(store, before), await readVersion(store, after)];
  const family = await Promise.all([old, now].map(({ facts }) => trunkOf(store, facts.layerId)));
  const identity: NonNullable<DiffOptions["identity"]> = family[0] === family[1] ? "id" : "place";
  if (old.facts.height !== now.facts.height || old.facts.width !== now.facts.width) {
    throw new FoundryError("array.shapeMismatch", {
      message: "The two versions are of images of different size and cannot be compared.",
      details: { before: old.facts, after: now.facts },
    });
  }
  const diff = diffObjects(old.objects.map(toVersion), now.objects.map(toVersion), { identity });
  const links = diffLinks(await linksOf(store, old), await linksOf(store, now), diff.sameObject);
  return { before: old.facts, after: now.facts, identity, diff, links };
}

async function readVersion(store: Store, ref: VersionRef): Promise<Version> {
  if ("revisionId" in ref) {
    const revision = await getRevision(store, ref.revisionId);
    const layer = await readLayerRow(store, revision.layerId);
    return describe(layer, revision, await revisionObjects(store, revision.id));
  }
  const layer = await readLayerRow(store, ref.layerId);
  return describe(layer, null, await readObjects(store, layer.id, layer.seq));
}

function describe(
  layer: LayerRow,
  revision: LayerRevision | null,
  objects: readonly VersionedObject[],
): Version {
  const { id, name, imageId, height, width } = layer;
  const objectCount = objects.length;
  return { facts: { layerId: id, layerName: name, imageId, height, width, revision, objectCount }, objects };
}

/** Links between objects that the version has; links themselves have no revisions. */
async function linksOf(store: Store, { facts, objects }: Version) {
  const uids = new Set(objects.map(({ uid }) => uid));
  const links = await layerLinks(store, facts.layerId);
  return links.filter(({ from, to }) => uids.has(from) && uids.has(to));
}

async function trunkOf(store: Store, layerId: string): Promise<string> {
  const [row] = await store.sql.query<{ id: string }>(text.selectTrunk, [layerId]);
  return row?.id ?? layerId;
}

/**
 * Brings the layer back to one of its revisions, as a new edit and a new revision: nothing is lost, and this too can
 * be taken back.
 *
 * @throws FoundryError `revision.notFound`.
 */
export async function restoreRevision(
  store: Store,
  actor: Agent,
  revisionId: string,
  options: { readonly message?: string | undefined } = {},
): Promise<LayerRevision> {
  return inTransaction(store, async (tx) => {
    const { layerId, number } = await getRevision(tx, revisionId);
    const layer = await lockLayerRow(tx, layerId);
    // What was not committed yet gets a revision of its own, so that one can come back to it.
    if (layer.seq > layer.headSeq)
      await commitRevision(tx, actor, layerId, { message: `Before restoring ${number}` });
    const wanted = new Map((await revisionObjects(tx, revisionId)).map((object) => [object.uid, object]));
    const present = await readObjects(tx, layerId, layer.seq);
    await writeChanges(tx, actor, layerId, "restore", `revision ${number}`, changesTo(present, wanted));
    return commitRevision(tx, actor, layerId, { message: options.message ?? `Restored revision ${number}` });
  });
}
