/** Layers whose cells may overlap, against a real database: edits, time, branches, merges, checks, the doctor. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { invertOperation, type ObjectChange } from "#core/edits/index.ts";
import { renderObjects } from "#core/labels/index.ts";
import { agentOf } from "./agents.ts";
import { createBranch } from "./branches.ts";
import { commitRevision } from "./commit.ts";
import { restoreRevision } from "./compare-versions.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { listFindings } from "./findings.ts";
import { freezeDataset } from "./freeze.ts";
import { insertImage } from "./images.ts";
import { ensureLayer, getLayer, layerObjects, renderHead } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { mergeBranch } from "./merge-branch.ts";
import { layerAt } from "./past.ts";
import { createProject } from "./projects.ts";
import { listRevisions, revisionObjects } from "./revisions.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

async function newLayer(overlapAllowed: boolean) {
  const { id: projectId } = await createProject(store, person, `overlap ${++seed}`);
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "a",
    image: sampleImage(64, 64, seed),
    source: { title: "test", licence: "CC0-1.0" },
  });
  const layer = await ensureLayer(store, person, imageId, "nuclear", { overlapAllowed });
  return { projectId, imageId, layerId: layer.id };
}

/** Two squares of 10 and of 12 pixels; 5 x 5 pixels belong to both. */
const low = box(0, 0, 10, 10);
const high = box(5, 5, 17, 17);

const born = (uid: string, after: typeof low): ObjectChange => ({ uid, before: null, after });

async function send(layerId: string, ...edits: ReturnType<typeof edit>[]): Promise<string[]> {
  const results = await appendEdits(store, person, layerId, edits);
  return results.map((one) => (one.state === "saved" ? "saved" : (one.error.code as string)));
}

const shapes = async (layerId: string) =>
  Object.fromEntries((await layerObjects(store, layerId)).objects.map(({ uid, shape }) => [uid, shape]));

test("a plain layer refuses what a layer with overlap takes, in one request and in two", async () => {
  const plain = await newLayer(false);
  expect(await getLayer(store, plain.layerId)).toMatchObject({ overlapAllowed: false });
  expect(await send(plain.layerId, edit("p1", [born("a", low)]), edit("p2", [born("b", high)]))).toEqual([
    "saved",
    "revision.conflict",
  ]);
  const open = await newLayer(true);
  expect(await getLayer(store, open.layerId)).toMatchObject({ overlapAllowed: true, objectCount: 0 });
  expect(await send(open.layerId, edit("o1", [born("a", low)]))).toEqual(["saved"]);
  expect(await send(open.layerId, edit("o2", [born("b", high)]), edit("o3", [born("c", low)]))).toEqual([
    "saved",
    "saved",
  ]);
  expect(await shapes(open.layerId)).toEqual({ a: low, b: high, c: low });
  // A `before` that is not the present shape is refused there too.
  expect(await send(open.layerId, edit("o4", [{ uid: "a", before: high, after: null }]))).toEqual([
    "revision.conflict",
  ]);
});

test("whether cells may overlap is said once", async () => {
  const { imageId, layerId } = await newLayer(true);
  const again = ensureLayer(store, person, imageId, "nuclear");
  await expect(again).resolves.toMatchObject({ id: layerId, overlapAllowed: true });
  await expect(
    ensureLayer(store, person, imageId, "nuclear", { overlapAllowed: false }),
  ).rejects.toMatchObject({ code: "request.invalid", message: expect.stringContaining("may overlap") });
  const named = await ensureLayer(store, person, imageId, "nuclear", { name: "apart" });
  expect(named).toMatchObject({ name: "apart", overlapAllowed: false });
  await expect(
    store.sql.query("UPDATE layer SET overlap_allowed = false WHERE id = $1", [layerId]),
  ).rejects.toThrow("is said when it is made");
  await createBranch(store, person, layerId, "try");
  await expect(ensureLayer(store, person, imageId, "nuclear", { name: "try" })).rejects.toMatchObject({
    code: "request.invalid",
    message: expect.stringContaining("a branch"),
  });
});

test("a label image shows the cell with the larger label, now and in a revision", async () => {
  const { layerId } = await newLayer(true);
  await send(layerId, edit("l1", [born("a", low)]), edit("l2", [born("b", high)]));
  const drawn = await renderHead(store, layerId);
  expect([drawn.data[4 * 64 + 4], drawn.data[5 * 64 + 5], drawn.data[9 * 64 + 9]]).toEqual([1, 2, 2]);
  const { id } = await commitRevision(store, person, layerId);
  const objects = await revisionObjects(store, id);
  expect(objects.map(({ uid, label }) => [uid, label])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(renderObjects(64, 64, objects).data).toEqual(drawn.data);
});

test("undo, time and a restored revision give every pixel of both again", async () => {
  const { layerId } = await newLayer(true);
  await send(layerId, edit("t1", [born("a", low)]), edit("t2", [born("b", high)]));
  const first = await commitRevision(store, person, layerId, { message: "both" });
  const wide = edit("t3", [{ uid: "a", before: low, after: box(0, 0, 16, 16) }]);
  const gone = edit("t4", [{ uid: "b", before: high, after: null }], { kind: "delete" });
  expect(await send(layerId, wide, gone)).toEqual(["saved", "saved"]);
  const past = await layerAt(store, layerId, 2);
  expect(past.objects.map(({ uid, shape }) => [uid, shape])).toEqual([
    ["a", low],
    ["b", high],
  ]);
  const undone = [invertOperation(gone, "t5", "undo"), invertOperation(wide, "t6", "undo")];
  expect(await send(layerId, ...undone)).toEqual(["saved", "saved"]);
  const again = await commitRevision(store, person, layerId, { message: "back" });
  expect(again.root).toBe(first.root);
  await send(layerId, { ...wide, operationId: "t7" });
  const restored = await restoreRevision(store, person, first.id);
  expect(restored.root).toBe(first.root);
  expect(await shapes(layerId)).toEqual({ a: low, b: high });
});

test("a branch lets cells overlap as its layer does, and overlap alone is no conflict of a merge", async () => {
  const { layerId } = await newLayer(true);
  await send(layerId, edit("b1", [born("a", low)]));
  const branch = await createBranch(store, person, layerId, "second");
  expect(await getLayer(store, branch.id)).toMatchObject({ overlapAllowed: true, branchOf: layerId });
  expect(await send(branch.id, edit("b2", [born("b", high)]))).toEqual(["saved"]);
  // New on both sides, and on each other.
  await send(layerId, edit("b3", [born("c", box(6, 6, 20, 20))]));
  const merged = await mergeBranch(store, person, branch.id, { commit: true });
  expect(merged).toMatchObject({ state: "merged", conflicts: [] });
  expect(await shapes(layerId)).toEqual({ a: low, b: high, c: box(6, 6, 20, 20) });
  expect((await listRevisions(store, layerId))[0]).toMatchObject({ objectCount: 3 });

  const plain = await newLayer(false);
  await send(plain.layerId, edit("b4", [born("a", low)]));
  const apart = await createBranch(store, person, plain.layerId, "second");
  expect(await getLayer(store, apart.id)).toMatchObject({ overlapAllowed: false });
  await send(apart.id, edit("b5", [born("b", box(20, 20, 30, 30))]));
  await send(plain.layerId, edit("b6", [born("c", box(25, 25, 35, 35))]));
  expect(await mergeBranch(store, person, apart.id, { commit: true })).toMatchObject({ state: "conflict" });
});

test("both sides' versions of a cell that overlap are kept whole where a person wants both", async () => {
  const { layerId } = await newLayer(true);
  await send(layerId, edit("k1", [born("a", low)]));
  const branch = await createBranch(store, person, layerId, "other");
  await send(layerId, edit("k2", [{ uid: "a", before: low, after: box(0, 0, 12, 12) }]));
  await send(branch.id, edit("k3", [{ uid: "a", before: low, after: box(2, 2, 15, 15) }]));
  const tried = await mergeBranch(store, person, branch.id);
  expect(tried).toMatchObject({ state: "conflict" });
  const resolutions = new Map(tried.conflicts.map(({ id }) => [id, "both" as const]));
  expect(await mergeBranch(store, person, branch.id, { commit: true, resolutions })).toMatchObject({
    state: "merged",
  });
  const boxes = Object.values(await shapes(layerId)).map(({ bbox }) => bbox);
  expect(boxes).toEqual(
    expect.arrayContaining([
      [0, 0, 12, 12],
      [2, 2, 15, 15],
    ]),
  );
});

test("the checks find no fault in overlap, but in a cell drawn twice; what overlaps can be frozen", async () => {
  const { projectId, layerId } = await newLayer(true);
  await send(layerId, edit("c1", [born("a", low)]), edit("c2", [born("b", high)]));
  await commitRevision(store, person, layerId, { accepted: true });
  const rulesNow = async () =>
    (await listFindings(store, { projectId })).items.map(({ rule }) => rule as string);
  expect(await rulesNow()).not.toContain("objectOverlap");
  const frozen = await freezeDataset(store, person, { projectId, name: "d", query: "" });
  expect(frozen).toMatchObject({ itemCount: 1 });
  await send(layerId, edit("c3", [born("twin", low)]));
  await commitRevision(store, person, layerId, { accepted: true });
  expect(await rulesNow()).toContain("objectDuplicate");
});

test("the doctor replays their logs, and the schema is the one a fresh database has", async () => {
  const { layerId } = await newLayer(true);
  await send(layerId, edit("d1", [born("a", low)]), edit("d2", [born("b", high)]));
  const branch = await createBranch(store, person, layerId, "looked at");
  await send(branch.id, edit("d3", [born("c", low)]));
  const { findings } = await doctor(store, { full: true });
  expect(findings).toEqual([]);
});
