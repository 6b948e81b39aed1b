/**
 * Taking the work of a branch into its layer, per object.
 *
 * The merge is computed as a whole before anything is written: either every conflict has its resolution and one edit
 * and one revision with two parents are written, or the conflicts are the answer and nothing is.
 */

import { type BesideShapes, besideCount, type ObjectChange, operationChangesMax } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, shapesEqual } from "#core/labels/index.ts";
import { mergeVersions, type VersionObject } from "#core/versions/index.ts";
import { mergedBeside, noBeside } from "./beside-merge.ts";
import { writeBeside } from "./beside-shapes.ts";
import { commitRevision } from "./commit.ts";
import { type ObjectAt, objectsAt } from "./layer-log.ts";
import { type LayerRow, lockLayerRow, readLayerRow } from "./layers.ts";
import { getRevision, revisionSeq } from "./revisions.ts";
import { readShapes } from "./shape-rows.ts";
import * as text from "./sql/branches.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";
import type { MergeOutcome, MergeRequest } from "./version-types.ts";
import { writeEdits } from "./write-edits.ts";

/**
 * Merges a branch into the layer it came from ("ours" is the layer, "theirs" the branch).
 *
 * @throws FoundryError `layer.notFound` when it is no branch; `request.invalid` when it is closed; `revision.conflict`
 *         when someone edited since `expected`. Cost: about 20 us per object.
 */
export function mergeBranch(
  store: Store,
  actor: Agent,
  branchId: string,
  request: MergeRequest = {},
): Promise<MergeOutcome> {
  return mergeInto(store, actor, branchId, "layer", request);
}

/** Brings what happened in the layer meanwhile into its branch ("ours" is the branch). As `mergeBranch`. */
export function updateFromLayer(
  store: Store,
  actor: Agent,
  branchId: string,
  request: MergeRequest = {},
): Promise<MergeOutcome> {
  return mergeInto(store, actor, branchId, "branch", request);
}

async function mergeInto(
  store: Store,
  actor: Agent,
  branchId: string,
  into: "layer" | "branch",
  request: MergeRequest,
): Promise<MergeOutcome> {
  const found = await readLayerRow(store, branchId);
  if (found.branchOf === null || found.closedAt !== null) throw noOpenBranch(found);
  const [oursId, theirsId] = into === "layer" ? [found.branchOf, branchId] : [branchId, found.branchOf];
  if (request.commit !== true) {
    const sides = { ours: await readLayerRow(store, oursId), theirs: await readLayerRow(store, theirsId) };
    return (await tryMerge(store, sides, request)).outcome;
  }
  return inTransaction(store, async (tx) => {
    // Always in one order, so that two merges of the same pair never wait for each other.
    const rows = new Map<string, LayerRow>();
    for (const id of [oursId, theirsId].sort()) rows.set(id, await lockLayerRow(tx, id));
    const sides = { ours: rows.get(oursId) as LayerRow, theirs: rows.get(theirsId) as LayerRow };
    assertExpected(sides, request);
    const { outcome, changes, beside } = await tryMerge(tx, sides, request);
    if (outcome.state !== "ready") return outcome;
    const theirHead = await headOf(tx, actor, sides.theirs);
    await headOf(tx, actor, sides.ours);
    const revision = await writeMerge(tx, actor, sides, {
      changes,
      beside,
      theirHead,
      message: request.message,
    });
    return { ...outcome, state: "merged", revision };
  });
}

function noOpenBranch({ branchOf, name }: LayerRow): FoundryError {
  if (branchOf === null) return new FoundryError("layer.notFound", { message: "There is no such branch." });
  return new FoundryError("request.invalid", {
    message: `The branch "${name}" is closed.`,
    hint: "Open it again first.",
  });
}

interface Sides {
  readonly ours: LayerRow;
  readonly theirs: LayerRow;
}

function assertExpected({ ours, theirs }: Sides, { expected }: MergeRequest): void {
  if (expected === undefined || (expected.ours === ours.seq && expected.theirs === theirs.seq)) return;
  throw new FoundryError("revision.conflict", {
    message: "Someone edited the labels while the merge was looked at.",
    hint: "Look at the merge again; what you decided for unchanged cells still fits.",
    details: { expected, found: { ours: ours.seq, theirs: theirs.seq } },
  });
}

interface Tried {
  readonly outcome: MergeOutcome;
  readonly changes: readonly ObjectChange[];
  readonly beside: BesideShapes;
}

async function tryMerge(store: Store, sides: Sides, request: MergeRequest): Promise<Tried> {
  const { ours, theirs } = sides;
  const baseRevisionId = await commonAncestor(store, ours, theirs);
  const base = await getRevision(store, baseRevisionId);
  const baseSeq = await revisionSeq(store, baseRevisionId);
  const [start, mine, others] = withoutEqual([
    await objectsAt(store, base.layerId, baseSeq),
    await objectsAt(store, ours.id, ours.seq),
    await objectsAt(store, theirs.id, theirs.seq),
  ]);
  const present = await readVersionObjects(store, mine);
  const result = mergeVersions(
    await readVersionObjects(store, start),
    present,
    await readVersionObjects(store, others),
    {
      newId: () => store.ids.next(),
      overlapAllowed: ours.overlapAllowed,
      ...(request.resolutions === undefined ? {} : { resolutions: request.resolutions }),
      ...(request.pixelRule === undefined ? {} : { pixelRule: request.pixelRule }),
    },
  );
  const { conflicts, taken } = result;
  const changes = changesTo(present, [...result.objects.values()]);
  const beside = await mergedBeside(store, { base: { id: base.layerId, seq: baseSeq }, ours, theirs }, [
    ...result.objects.values(),
  ]);
  const isSame = changes.length + besideCount(beside) === 0;
  const state = conflicts.length > 0 ? "conflict" : isSame ? "upToDate" : "ready";
  const expected = { ours: ours.seq, theirs: theirs.seq };
  return { outcome: { state, conflicts, taken, expected, baseRevisionId, revision: null }, changes, beside };
}

type Three = readonly [readonly ObjectAt[], readonly ObjectAt[], readonly ObjectAt[]];

/** Leaves out objects that are one and the same in all three: nobody changed them, and nothing can lie on them. */
function withoutEqual(versions: Three): Three {
  const counts = new Map<string, number>();
  const keyOf = ({ uid, digest, cellType }: ObjectAt): string => `${uid} ${digest} ${cellType ?? ""}`;
  for (const objects of versions) {
    for (const object of objects) counts.set(keyOf(object), (counts.get(keyOf(object)) ?? 0) + 1);
  }
  const [base, ours, theirs] = versions.map((objects) =>
    objects.filter((object) => (counts.get(keyOf(object)) ?? 0) < versions.length),
  );
  return [base ?? [], ours ?? [], theirs ?? []];
}

/** Objects with their shapes, as `core/versions` takes them. @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function readVersionObjects(
  store: Store,
  objects: readonly ObjectAt[],
): Promise<VersionObject[]> {
  const shapes = await readShapes(
    store,
    objects.map(({ digest }) => digest),
  );
  // `readShapes` gives all or throws.
  return objects.map(({ uid, digest, cellType }) => ({
    id: uid,
    shape: shapes.get(digest) as ObjectShape,
    cellType,
  }));
}

/** Newest revision both lead back to; at worst the one the branch began at. */
async function commonAncestor(store: Store, ours: LayerRow, theirs: LayerRow): Promise<string> {
  const [mine, other] = [ours, theirs].map((layer) => layer.headRevisionId ?? layer.baseRevisionId);
  const [row] = await store.sql.query<{ id: string }>(text.selectCommonAncestor, [mine, other]);
  if (row !== undefined) return row.id;
  throw new FoundryError("request.invalid", {
    message: "The two versions have no revision in common.",
    details: { ours: ours.id, theirs: theirs.id },
  });
}

/** Head of a layer with everything that is not committed yet. */
async function headOf(tx: Store, actor: Agent, layer: LayerRow): Promise<string> {
  if (layer.headRevisionId !== null && layer.seq === layer.headSeq) return layer.headRevisionId;
  return (await commitRevision(tx, actor, layer.id, { message: "Before a merge" })).id;
}

async function writeMerge(
  tx: Store,
  actor: Agent,
  { ours, theirs }: Sides,
  merge: {
    readonly changes: readonly ObjectChange[];
    readonly beside: BesideShapes;
    readonly theirHead: string;
    readonly message: string | undefined;
  },
) {
  const name = theirs.name === "" ? "the main labels" : `branch ${theirs.name}`;
  await writeChanges(tx, actor, ours.id, { kind: "takeIn", tool: name, ...merge });
  return commitRevision(tx, actor, ours.id, {
    message: merge.message ?? `Took in ${name}`,
    secondParentId: merge.theirHead,
  });
}

/** One edit that brings the layer's objects to what is wanted; none when there is nothing to do. */
export async function writeChanges(
  tx: Store,
  actor: Agent,
  layerId: string,
  {
    kind,
    tool,
    changes,
    beside = noBeside,
  }: {
    readonly kind: "takeIn" | "restore";
    readonly tool: string;
    readonly changes: readonly ObjectChange[];
    readonly beside?: BesideShapes;
  },
): Promise<void> {
  if (changes.length + besideCount(beside) === 0) return;
  if (changes.length > operationChangesMax) {
    throw new FoundryError("limit.objects", {
      message: `This would change ${changes.length} objects, more than one edit holds (${operationChangesMax}).`,
    });
  }
  const layer = await lockLayerRow(tx, layerId);
  const operation = { operationId: tx.ids.next(), kind, tool: tool.slice(0, 200), changes, msSpent: 0 };
  await writeEdits(tx, actor, layer, [{ operation }], "corrected");
  await writeBeside(tx, actor, layer, [{ ...operation, ...beside }]);
}

/** What leads from the present objects to the wanted ones, by id. */
export function changesTo(
  present: readonly VersionObject[],
  wanted: readonly VersionObject[],
): ObjectChange[] {
  const known = new Map(present.map(({ id, shape }) => [id, shape]));
  const targets = new Map(wanted.map(({ id, shape }) => [id, shape]));
  const changes: ObjectChange[] = [];
  for (const [uid, before] of known) {
    const after = targets.get(uid) ?? null;
    if (after === null || !shapesEqual(before, after)) changes.push({ uid, before, after });
  }
  for (const [uid, after] of targets) if (!known.has(uid)) changes.push({ uid, before: null, after });
  return changes;
}
