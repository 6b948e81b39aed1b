/** Branches, merges, blame and going back, against a real database. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditOperation, ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { agentOf, ensureAgent } from "./agents.ts";
import { blameLayer } from "./blame.ts";
import { createBranch, listBranches, updateBranch } from "./branches.ts";
import { commitRevision } from "./commit.ts";
import { compareVersions, restoreRevision } from "./compare-versions.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { getImage, insertImage } from "./images.ts";
import { ensureLayer, getLayer, layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { mergeBranch, updateFromLayer } from "./merge-branch.ts";
import { createProject } from "./projects.ts";
import { replaceProposals } from "./proposals.ts";
import { listRevisions } from "./revisions.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let ada: Agent;
let bea: Agent;
let projectId: string;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  ada = agentOf(await ensureOwner(store));
  bea = { id: "bea", kind: "person", name: "Bea" };
  await store.sql.query(
    "INSERT INTO agent (id, kind, name, created_at) VALUES ('bea', 'person', 'Bea', now())",
  );
  projectId = (await createProject(store, ada, "branches")).id;
});
afterAll(() => temporary.end());

/** An image of 64 x 64 with sixteen squares of 10 pixels, 6 pixels apart, as `u0` … in scan order. */
async function newLayer(withLabels = true): Promise<{ layerId: string; imageId: string; uids: string[] }> {
  const inserted = await insertImage(store, ada, {
    projectId,
    name: "a",
    image: sampleImage(64, 64, ++seed),
    source: { title: "test", licence: "CC0-1.0" },
    labels: withLabels ? squares(64, 64) : undefined,
  });
  const layerId = (await ensureLayer(store, ada, inserted.imageId, "nuclear")).id;
  const uids = (await layerObjects(store, layerId)).objects.map(({ uid }) => uid);
  return { layerId, imageId: inserted.imageId, uids };
}

/** Changes objects to given shapes, whatever they are now. */
async function change(
  who: Agent,
  layerId: string,
  shapes: Readonly<Record<string, ObjectShape | null>>,
  more: Partial<EditOperation> = {},
): Promise<void> {
  const present = new Map((await layerObjects(store, layerId)).objects.map(({ uid, shape }) => [uid, shape]));
  const changes = Object.entries(shapes).map(
    ([uid, after]): ObjectChange => ({ uid, before: present.get(uid) ?? null, after }),
  );
  const [result] = await appendEdits(store, who, layerId, [edit(`op${++seed}`, changes, more)]);
  expect(result).toMatchObject({ state: "saved" });
}

async function boxes(layerId: string): Promise<Record<string, readonly number[]>> {
  const { objects } = await layerObjects(store, layerId);
  return Object.fromEntries(objects.map(({ uid, shape }) => [uid, shape.bbox]));
}

test("a branch begins as a copy with the same cells, and stays out of what the image shows", async () => {
  const { layerId, imageId, uids } = await newLayer();
  await change(ada, layerId, { [uids[0] ?? ""]: box(0, 0, 11, 11) });
  const branch = await createBranch(store, bea, layerId, " try ");
  expect(branch).toMatchObject({ name: "try", branchOf: layerId, objectCount: 16, seq: 0, dirty: false });
  expect(await boxes(branch.id)).toEqual(await boxes(layerId));
  // What was not committed before the branch was committed for it.
  expect(await getLayer(store, layerId)).toMatchObject({
    dirty: false,
    headRevisionId: branch.baseRevisionId,
  });
  await change(bea, branch.id, { [uids[1] ?? ""]: null });
  const image = await getImage(store, imageId);
  expect(image).toMatchObject({ cellCount: 16 });
  expect(image.layers.map(({ name }) => name)).toEqual(["", "try"]);
  await expect(createBranch(store, bea, layerId, "try")).rejects.toMatchObject({ code: "request.invalid" });
  await expect(createBranch(store, bea, layerId, "  ")).rejects.toMatchObject({ code: "request.invalid" });
});

test("a branch of an earlier revision has the cells of that time", async () => {
  const { layerId, uids } = await newLayer();
  const [first] = await listRevisions(store, layerId);
  await change(ada, layerId, { [uids[0] ?? ""]: null, [uids[1] ?? ""]: box(0, 16, 5, 20) });
  await commitRevision(store, ada, layerId);
  const branch = await createBranch(store, bea, layerId, "old", { revisionId: first?.id });
  expect(await boxes(branch.id)).toMatchObject({ [uids[0] ?? ""]: [0, 0, 10, 10] });
  expect(branch).toMatchObject({ baseRevisionId: first?.id, objectCount: 16 });
});

test("disjoint work merges without a question, with two parents, and again later from where it stood", async () => {
  const { layerId, uids } = await newLayer();
  const [a = "", b = "", c = "", d = ""] = uids;
  const branch = await createBranch(store, bea, layerId, "fix");
  await change(ada, layerId, { [a]: box(0, 0, 11, 10) });
  await change(bea, branch.id, { [b]: null, [c]: box(0, 32, 12, 42), new: box(12, 12, 15, 15) });
  expect(await mergeBranch(store, ada, branch.id)).toMatchObject({ state: "ready", revision: null });
  expect(await getLayer(store, layerId)).toMatchObject({ dirty: true, seq: 2 });
  const merged = await mergeBranch(store, ada, branch.id, { commit: true });
  expect(merged).toMatchObject({ state: "merged", conflicts: [], taken: { ours: 1, theirs: 3, alike: 0 } });
  const present = await boxes(layerId);
  expect(present).toMatchObject({ [a]: [0, 0, 11, 10], [c]: [0, 32, 12, 42], new: [12, 12, 15, 15] });
  expect(Object.keys(present)).toHaveLength(16);
  const [head] = await listRevisions(store, layerId);
  const branchHead = (await listBranches(store, layerId))[0]?.headRevisionId;
  expect(head).toMatchObject({
    id: merged.revision?.id,
    secondParentId: branchHead,
    message: "Took in branch fix",
  });
  expect(await mergeBranch(store, ada, branch.id, { commit: true })).toMatchObject({ state: "upToDate" });
  // The same cells changed once more: compared with the state at the last merge, not at the start.
  await change(bea, branch.id, { [c]: box(0, 32, 13, 42) });
  await change(ada, layerId, { [d]: null });
  expect(await mergeBranch(store, ada, branch.id, { commit: true })).toMatchObject({
    state: "merged",
    conflicts: [],
  });
  expect(await boxes(layerId)).toMatchObject({ [c]: [0, 32, 13, 42] });
  // And the other way: the branch learns what the layer got meanwhile.
  expect(await updateFromLayer(store, bea, branch.id, { commit: true })).toMatchObject({ state: "merged" });
  expect(await boxes(branch.id)).toEqual(await boxes(layerId));
});

test("the same cell twice: nothing is written until it is resolved", async () => {
  const { layerId, uids } = await newLayer();
  const [a = "", b = ""] = uids;
  const branch = await createBranch(store, bea, layerId, "other");
  await change(ada, layerId, { [a]: box(0, 0, 12, 10) });
  await change(bea, branch.id, { [a]: box(0, 0, 10, 13), [b]: box(0, 17, 10, 26) });
  const before = await boxes(layerId);
  const open = await mergeBranch(store, ada, branch.id, { commit: true });
  expect(open).toMatchObject({ state: "conflict", revision: null, taken: { theirs: 1 } });
  expect(open.conflicts).toMatchObject([{ kind: "changed", needsPixelRule: true }]);
  expect(await boxes(layerId)).toEqual(before);
  const [id = ""] = open.conflicts.map((conflict) => conflict.id);
  await change(ada, layerId, { [uids[5] ?? ""]: null });
  const request = { commit: true, resolutions: new Map([[id, "theirs"] as const]), expected: open.expected };
  await expect(mergeBranch(store, ada, branch.id, request)).rejects.toMatchObject({
    code: "revision.conflict",
  });
  const again = await mergeBranch(store, ada, branch.id);
  const done = await mergeBranch(store, ada, branch.id, { ...request, expected: again.expected });
  expect(done.state).toBe("merged");
  expect(await boxes(layerId)).toMatchObject({ [a]: [0, 0, 10, 13], [b]: [0, 17, 10, 26] });
});

test("a branch can be renamed, closed and opened; a closed one takes no edits and no merges", async () => {
  const { layerId, uids } = await newLayer();
  const branch = await createBranch(store, bea, layerId, "x");
  expect(await updateBranch(store, bea, branch.id, { name: "y" })).toMatchObject({ name: "y" });
  await createBranch(store, bea, layerId, "x");
  await expect(updateBranch(store, bea, branch.id, { name: "x" })).rejects.toMatchObject({
    code: "request.invalid",
  });
  expect((await updateBranch(store, bea, branch.id, { closed: true })).closedAt).not.toBeNull();
  const draw = [edit("late", [{ uid: uids[0] ?? "", before: box(0, 0, 10, 10), after: null }])];
  await expect(appendEdits(store, bea, branch.id, draw)).rejects.toMatchObject({ code: "request.invalid" });
  await expect(mergeBranch(store, bea, branch.id)).rejects.toMatchObject({ code: "request.invalid" });
  await updateBranch(store, bea, branch.id, { closed: false });
  expect(await appendEdits(store, bea, branch.id, draw)).toMatchObject([{ state: "saved" }]);
  await expect(mergeBranch(store, bea, layerId)).rejects.toMatchObject({ code: "layer.notFound" });
});

test("two versions differ in verbs, by identity within a family and by place across images", async () => {
  const { layerId, uids } = await newLayer();
  const [a = "", b = "", c = ""] = uids;
  const [first] = await listRevisions(store, layerId);
  await change(ada, layerId, { [a]: box(0, 0, 10, 5), half: box(0, 5, 10, 10) }, { kind: "split" });
  await change(ada, layerId, { [b]: null });
  await change(ada, layerId, { [c]: box(0, 32, 10, 43) }, { kind: "reshape" });
  const now = await compareVersions(store, { revisionId: first?.id ?? "" }, { layerId });
  expect(now.identity).toBe("id");
  expect(now.diff.identical).toBe(13);
  expect(now.diff.changes.map(({ verb }) => verb)).toEqual(["split", "removed", "reshaped"]);
  expect(now.diff.changes[2]).toMatchObject({ iou: 100 / 110, addedPixels: 10, removedPixels: 0 });
  const other = await newLayer();
  const across = await compareVersions(store, { layerId: other.layerId }, { layerId });
  expect(across.identity).toBe("place");
  expect(across.diff.changes.map(({ verb }) => verb)).toEqual(["split", "removed", "reshaped"]);
  expect(across.diff.renumbered).toBe(13);
});

test("restoring a revision is one more revision, and what was not committed is kept in one before it", async () => {
  const { layerId, uids } = await newLayer();
  const start = await boxes(layerId);
  const [first] = await listRevisions(store, layerId);
  await change(ada, layerId, { [uids[0] ?? ""]: null, born: box(11, 11, 15, 15) });
  const changed = await boxes(layerId);
  const restored = await restoreRevision(store, ada, first?.id ?? "");
  expect(restored).toMatchObject({ number: 3, root: first?.root, message: "Restored revision 1" });
  expect(await boxes(layerId)).toEqual(start);
  const [, kept] = await listRevisions(store, layerId);
  await restoreRevision(store, ada, kept?.id ?? "");
  expect(await boxes(layerId)).toEqual(changed);
});

test("blame: proposals, corrections, splits, merges, undo, work of a branch", async () => {
  const { layerId } = await newLayer(false);
  const model = await ensureAgent(store, "model", "nuclei@1.2.0");
  await replaceProposals(store, model, layerId, { labels: squares(64, 64) });
  const uids = (await layerObjects(store, layerId)).objects.map(({ uid }) => uid);
  const [a = "", b = "", c = "", d = "", e = ""] = uids;
  await change(
    ada,
    layerId,
    { [a]: box(0, 0, 10, 5), half: box(0, 5, 10, 10) },
    { kind: "split", tool: "cut", msSpent: 600 },
  );
  await change(ada, layerId, { [b]: box(0, 16, 10, 42), [c]: null }, { kind: "merge", tool: "join" });
  await change(bea, layerId, { [d]: box(0, 48, 11, 58) }, { tool: "brush", msSpent: 1_000 });
  // Bea's undo gives the proposal's shape back to the model, but she has looked at it.
  const undone = `op${seed}`;
  await change(bea, layerId, { [d]: box(0, 48, 10, 58) }, { kind: "undo", undoes: undone, msSpent: 0 });
  await change(ada, layerId, { mine: box(11, 11, 14, 14) });
  const branch = await createBranch(store, bea, layerId, "bea's");
  await change(bea, branch.id, { [e]: box(16, 0, 27, 10) }, { tool: "eraser", msSpent: 50 });
  await mergeBranch(store, ada, branch.id, { commit: true });

  const blame = await blameLayer(store, { layerId });
  const of = (uid: string) => blame.cells.find((cell) => cell.uid === uid);
  expect(of("half")).toMatchObject({
    agent: ada,
    kind: "split",
    tool: "cut",
    msSpent: 300,
    attention: "drawn",
  });
  expect(of("half")?.origin).toMatchObject({ how: "split", parents: [a] });
  expect(of(a)).toMatchObject({
    agent: ada,
    changeCount: 2,
    origin: { how: "proposed", agent: model },
    attention: "corrected",
  });
  expect(of(b)).toMatchObject({ kind: "merge", origin: { how: "merged", parents: [c] } });
  expect(of(d)).toMatchObject({ agent: model, kind: "propose", changeCount: 3, attention: "corrected" });
  expect(of("mine")).toMatchObject({ agent: ada, origin: { how: "drawn", parents: [] }, attention: "drawn" });
  expect(of(e)).toMatchObject({ agent: bea, tool: "eraser", branch: "bea's", msSpent: 50, changeCount: 2 });
  expect(of(e)?.origin).toMatchObject({ how: "proposed", agent: model });
  expect(of(uids[7] ?? "")).toMatchObject({ agent: model, attention: "unseen", changeCount: 1 });
  // 16 proposals, one merged away, one split off, one drawn.
  expect(blame.summary).toMatchObject({
    cells: 17,
    seen: 6,
    attention: { unseen: 11, drawn: 2, corrected: 4 },
  });
  await commitRevision(store, ada, layerId, { accepted: true });
  expect((await blameLayer(store, { layerId })).summary).toMatchObject({
    seen: 17,
    attention: { accepted: 11 },
  });
  // On the branch, what nobody touched there is blamed as in the layer.
  const there = await blameLayer(store, { layerId: branch.id });
  expect(there.cells.find(({ uid }) => uid === "half")).toMatchObject({
    agent: ada,
    tool: "cut",
    msSpent: 300,
  });
});

test("imported cells count as seen only when someone accepts them after the import", async () => {
  const { layerId, uids } = await newLayer();
  expect((await blameLayer(store, { layerId })).summary).toMatchObject({
    cells: 16,
    seen: 0,
    attention: { imported: 16 },
  });
  await change(ada, layerId, { [uids[0] ?? ""]: box(0, 0, 11, 11) });
  await commitRevision(store, ada, layerId, { accepted: true });
  const { summary } = await blameLayer(store, { layerId });
  expect(summary).toMatchObject({ seen: 16, attention: { corrected: 1, accepted: 15 } });
  const [, first] = await listRevisions(store, layerId);
  const before = await blameLayer(store, { revisionId: first?.id ?? "" });
  expect(before).toMatchObject({ revisionId: first?.id, summary: { seen: 0 } });
});

test("doctor finds nothing after all of this", async () => {
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});
