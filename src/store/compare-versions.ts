/** The difference of two versions of labels in biology's verbs, and going back to one of them. */

import { FoundryError } from "#core/errors.ts";
import { type DiffOptions, diffLinks, diffObjects, type VersionDiff } from "#core/versions/index.ts";
import { restoredBeside } from "./beside-merge.ts";
import { commitRevision } from "./commit.ts";
import { type ObjectAt, objectsAt } from "./layer-log.ts";
import { type LayerRow, lockLayerRow, readLayerRow } from "./layers.ts";
import { layerLinks } from "./links.ts";
import { changesTo, readVersionObjects, writeChanges } from "./merge-branch.ts";
import { getRevision, revisionSeq } from "./revisions.ts";
import * as text from "./sql/branches.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, LayerRevision } from "./types.ts";
import type { Comparison, VersionFacts, VersionRef } from "./version-types.ts";

interface Version {
  readonly facts: VersionFacts;
  readonly objects: readonly ObjectAt[];
}

/**
 * What happened from one version to another. Versions of one layer and its branches are compared by identity, others
 * by place; these must have one size.
 *
 * @throws FoundryError `revision.notFound`, `layer.notFound`; `array.shapeMismatch` for images of different size.
 * Cost: O(objects of both), about 5 us each; only shapes that differ are read.
 */
export async function compareVersions(
  store: Store,
  before: VersionRef,
  after: VersionRef,
): Promise<Comparison> {
  const [old, now] = [await readVersion(store, before), await readVersion(store, after)];
  const family = [await trunkOf(store, old.facts.layerId), await trunkOf(store, now.facts.layerId)];
  const identity: NonNullable<DiffOptions["identity"]> = family[0] === family[1] ? "id" : "place";
  if (old.facts.height !== now.facts.height || old.facts.width !== now.facts.width) {
    throw new FoundryError("array.shapeMismatch", {
      message: "The two versions are of images of different size and cannot be compared.",
      details: { before: old.facts, after: now.facts },
    });
  }
  const same = pairByDigest(old.objects, now.objects, identity);
  const rest = diffObjects(
    await readVersionObjects(store, same.before),
    await readVersionObjects(store, same.after),
    {
      identity,
    },
  );
  const diff: VersionDiff = {
    identical: rest.identical + same.pairs.size,
    renumbered: rest.renumbered + [...same.pairs].filter(([was, is]) => was !== is).length,
    changes: rest.changes,
    sameObject: new Map([...same.pairs, ...rest.sameObject]),
  };
  const links = diffLinks(await linksOf(store, old), await linksOf(store, now), diff.sameObject);
  return { before: old.facts, after: now.facts, identity, diff, links };
}

interface PairedByDigest {
  /** Uid before -> uid after of objects with one shape and one type. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly before: readonly ObjectAt[];
  readonly after: readonly ObjectAt[];
}

/** Equal digests are equal pixels in equal places: such objects need not be read. */
function pairByDigest(
  before: readonly ObjectAt[],
  after: readonly ObjectAt[],
  identity: "id" | "place",
): PairedByDigest {
  const keyOf = ({ uid, digest, cellType }: ObjectAt): string =>
    `${identity === "id" ? uid : ""} ${digest} ${cellType ?? ""}`;
  const olds = new Map(before.map((object) => [keyOf(object), object]));
  const pairs = new Map<string, string>();
  const found = new Set<ObjectAt>();
  for (const object of after) {
    const old = olds.get(keyOf(object));
    if (old === undefined || pairs.has(old.uid)) continue;
    pairs.set(old.uid, object.uid);
    found.add(object);
  }
  return {
    pairs,
    before: before.filter(({ uid }) => !pairs.has(uid)),
    after: after.filter((object) => !found.has(object)),
  };
}

async function readVersion(store: Store, ref: VersionRef): Promise<Version> {
  if ("revisionId" in ref) {
    const revision = await getRevision(store, ref.revisionId);
    const layer = await readLayerRow(store, revision.layerId);
    return describe(layer, revision, await objectsAt(store, layer.id, await revisionSeq(store, revision.id)));
  }
  const layer = await readLayerRow(store, ref.layerId);
  return describe(layer, null, await objectsAt(store, layer.id, layer.seq));
}

function describe(layer: LayerRow, revision: LayerRevision | null, objects: readonly ObjectAt[]): Version {
  const { id, name, imageId, height, width } = layer;
  const objectCount = objects.length;
  return { facts: { layerId: id, layerName: name, imageId, height, width, revision, objectCount }, objects };
}

/** Links between objects that the version has; links themselves have no revisions. */
async function linksOf(store: Store, { facts, objects }: Version) {
  const links = await layerLinks(store, facts.layerId);
  if (links.length === 0) return [];
  const uids = new Set(objects.map(({ uid }) => uid));
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
    const wanted = await objectsAt(tx, layerId, await revisionSeq(tx, revisionId));
    const present = await objectsAt(tx, layerId, layer.seq);
    const same = pairByDigest(present, wanted, "id");
    const changes = changesTo(
      await readVersionObjects(tx, same.before),
      await readVersionObjects(tx, same.after),
    );
    const seqs = { present: layer.seq, wanted: await revisionSeq(tx, revisionId) };
    const beside = await restoredBeside(tx, layerId, seqs, new Set(wanted.map(({ uid }) => uid)));
    await writeChanges(tx, actor, layerId, { kind: "restore", tool: `revision ${number}`, changes, beside });
    return commitRevision(tx, actor, layerId, { message: options.message ?? `Restored revision ${number}` });
  });
}
