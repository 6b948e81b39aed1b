/** Layer revisions and proposals against a real database. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import { agentOf, ensureAgent } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { appendEdits } from "./edits.ts";
import { getImage, insertImage } from "./images.ts";
import { ensureLayer, getLayer, layerObjects, renderHead } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { buildTree, type TiledObject } from "./merkle-tree.ts";
import { createProject } from "./projects.ts";
import { replaceProposals } from "./proposals.ts";
import { getRevision, listRevisions, renderRevision, revisionObjects } from "./revisions.ts";
import { selectTiledObjects } from "./sql/layers.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let model: Agent;
let projectId: string;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  model = await ensureAgent(store, "model", "nuclei@1.0.0");
  projectId = (await createProject(store, person, "revisions")).id;
});
afterAll(() => temporary.end());

async function newImage(side: number, labels?: LabelImage) {
  const source = { title: "test", licence: "CC0-1.0" };
  const inserted = await insertImage(store, person, {
    projectId,
    name: "a",
    image: sampleImage(side, side, ++seed),
    source,
    labels,
  });
  const layer = await ensureLayer(store, person, inserted.imageId, "nuclear");
  return { imageId: inserted.imageId, layerId: layer.id };
}

async function nodeCount(): Promise<number> {
  const [row] = await store.sql.query<{ count: number }>("SELECT count(*) AS count FROM revision_node");
  return row?.count ?? 0;
}

test("imported labels are accepted, and the head renders the very label image", async () => {
  const labels = squares(64, 64);
  const { imageId, layerId } = await newImage(64, labels);
  expect(await getImage(store, imageId)).toMatchObject({ status: "accepted", cellCount: 16 });
  expect(await renderHead(store, layerId)).toEqual(labels);
  const [revision] = await listRevisions(store, layerId);
  expect(revision).toMatchObject({ number: 1, parentId: null, objectCount: 16, accepted: true });
  expect(revision?.changes).toEqual({ added: 16, removed: 0, reshaped: 0 });
});

test("the root does not depend on the order in which objects came", async () => {
  const boxes = Array.from({ length: 9 }, (_, i) => ({
    uid: `u${i}`,
    before: null,
    after: box(i * 7, i * 7, i * 7 + 5, i * 7 + 5),
  }));
  const roots: string[] = [];
  for (const order of [boxes, [...boxes].reverse()]) {
    const { layerId } = await newImage(64);
    for (const change of order)
      await appendEdits(store, person, layerId, [edit(`op-${change.uid}`, [change])]);
    roots.push((await commitRevision(store, person, layerId)).root);
  }
  expect(roots[0]).toBe(roots[1]);
});

test("renumbering is an empty difference: other labels, same root", async () => {
  const { layerId } = await newImage(64, squares(64, 64));
  const before = (await listRevisions(store, layerId))[0];
  await store.sql.query("UPDATE object SET label = label + 1000 WHERE layer_id = $1", [layerId]);
  expect(await commitRevision(store, person, layerId)).toMatchObject({ id: before?.id, root: before?.root });
});

test("nothing changed gives the head back; accepting it later marks it", async () => {
  const { layerId, imageId } = await newImage(64);
  await appendEdits(store, person, layerId, [
    edit("a", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }]),
  ]);
  const first = await commitRevision(store, person, layerId, { message: "one cell" });
  expect(first).toMatchObject({ number: 1, accepted: false, message: "one cell" });
  expect(await getLayer(store, layerId)).toMatchObject({ dirty: false, headRevisionId: first.id });
  const accepted = await commitRevision(store, person, layerId, { accepted: true });
  expect(accepted).toMatchObject({ id: first.id, accepted: true });
  expect((await getImage(store, imageId)).status).toBe("accepted");
  await appendEdits(store, person, layerId, [
    edit("b", [{ uid: "a", before: box(0, 0, 8, 8), after: null }]),
  ]);
  expect((await getImage(store, imageId)).status).toBe("corrected");
  const back = edit("c", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }], { kind: "undo", undoes: "b" });
  await appendEdits(store, person, layerId, [back]);
  expect(await commitRevision(store, person, layerId)).toMatchObject({ id: first.id });
  expect(await getLayer(store, layerId)).toMatchObject({ dirty: false });
});

test("a commit writes no nodes, counts what changed, and its root is the one all objects give", async () => {
  // 1,024 pixels are 4 x 4 tiles of 256; objects begin in all of them.
  const { layerId } = await newImage(1024, squares(1024, 1024, 64, 20));
  const before = await nodeCount();
  const { objects } = await layerObjects(store, layerId);
  const [first] = objects;
  const moved = box(0, 0, 20, 21);
  await appendEdits(store, person, layerId, [
    edit("grow", [{ uid: first?.uid ?? "", before: first?.shape ?? null, after: moved }]),
    edit("new", [{ uid: "new", before: null, after: box(40, 40, 50, 50) }]),
    edit("gone", [{ uid: objects[1]?.uid ?? "", before: objects[1]?.shape ?? null, after: null }], {
      kind: "delete",
    }),
  ]);
  const revision = await commitRevision(store, person, layerId);
  expect(revision).toMatchObject({
    number: 2,
    changes: { added: 1, removed: 1, reshaped: 1 },
    objectCount: 256,
  });
  expect((await nodeCount()) - before).toBe(0);
  // The commit hashed tile (0, 0) alone; from scratch all sixteen give the same.
  const rows = await store.sql.query<TiledObject>(selectTiledObjects, [layerId]);
  expect(buildTree(rows).root.toString("hex")).toBe(revision.root);
});

test("an old revision renders as it was, byte for byte, each time", async () => {
  const labels = squares(64, 64);
  const { layerId } = await newImage(64, labels);
  const [old] = await listRevisions(store, layerId);
  const { objects } = await layerObjects(store, layerId);
  const changes = objects.map(({ uid, shape }) => ({ uid, before: shape, after: null }));
  await appendEdits(store, person, layerId, [edit("clear", changes, { kind: "delete" })]);
  await commitRevision(store, person, layerId);
  const [once, twice] = [
    await renderRevision(store, old?.id ?? ""),
    await renderRevision(store, old?.id ?? ""),
  ];
  expect(once).toEqual(labels);
  expect(Buffer.from(once.data.buffer).equals(Buffer.from(twice.data.buffer))).toBe(true);
  expect(await revisionObjects(store, old?.id ?? "")).toHaveLength(16);
  expect((await renderHead(store, layerId)).data.every((value) => value === 0)).toBe(true);
});

test("an unknown revision is said so", async () => {
  await expect(getRevision(store, "nope")).rejects.toMatchObject({ code: "revision.notFound" });
});

function labelled(side: number, boxes: readonly (readonly [number, number, number, number])[]): LabelImage {
  const labels = labelImage(side, side);
  boxes.forEach(([y0, x0, y1, x1], i) => {
    for (let y = y0; y < y1; y++) labels.data.fill(i + 1, y * side + x0, y * side + x1);
  });
  return labels;
}

test("proposals fill an empty layer with confidence, and the image counts as proposed", async () => {
  const { layerId, imageId } = await newImage(64);
  const confidence = new Map([
    [1, 0.25],
    [2, 0.75],
  ]);
  const labels = labelled(64, [
    [0, 0, 10, 10],
    [20, 20, 30, 30],
  ]);
  expect(await replaceProposals(store, model, layerId, { labels, confidence })).toEqual({
    added: 2,
    removed: 0,
    dropped: 0,
    skipped: false,
    seq: 1,
  });
  const { objects } = await layerObjects(store, layerId);
  expect(objects.map(({ kind, confidence, agent }) => [kind, confidence, agent.kind])).toEqual([
    ["propose", 0.25, "model"],
    ["propose", 0.75, "model"],
  ]);
  expect((await getImage(store, imageId)).status).toBe("proposed");
});

test("new proposals replace untouched ones, trim against a person's objects and leave those alone", async () => {
  const { layerId, imageId } = await newImage(64);
  const first = labelled(64, [
    [0, 0, 10, 10],
    [20, 20, 30, 30],
    [40, 40, 50, 50],
  ]);
  await replaceProposals(store, model, layerId, { labels: first });
  const before = (await layerObjects(store, layerId)).objects;
  // The person corrects the first, draws one, leaves the other two as proposed.
  await appendEdits(store, person, layerId, [
    edit("fix", [{ uid: before[0]?.uid ?? "", before: before[0]?.shape ?? null, after: box(0, 0, 12, 12) }]),
    edit("own", [{ uid: "own", before: null, after: box(0, 40, 10, 50) }]),
  ]);
  const second = labelled(64, [
    [0, 0, 13, 12], // the corrected cell again: one row is left, so dropped
    [0, 46, 10, 60], // overlaps the person's by 4 of 14 columns: trimmed
    [20, 20, 30, 30], // as before: kept
  ]);
  expect(await replaceProposals(store, model, layerId, { labels: second })).toMatchObject({
    added: 1,
    removed: 1,
    dropped: 1,
  });
  const after = (await layerObjects(store, layerId)).objects;
  expect(
    after
      .map(({ uid, shape, kind }) => [uid === before[1]?.uid ? "kept" : uid, shape.bbox, kind])
      .slice(0, 3),
  ).toEqual([
    [before[0]?.uid, [0, 0, 12, 12], "draw"],
    ["kept", [20, 20, 30, 30], "propose"],
    ["own", [0, 40, 10, 50], "draw"],
  ]);
  expect(after[3]?.shape.bbox).toEqual([0, 50, 10, 60]);
  expect((await getImage(store, imageId)).status).toBe("corrected");
});

test("the same proposal again changes nothing", async () => {
  const { layerId } = await newImage(64);
  const labels = squares(64, 64);
  await replaceProposals(store, model, layerId, { labels });
  expect(await replaceProposals(store, model, layerId, { labels })).toEqual({
    added: 0,
    removed: 0,
    dropped: 0,
    skipped: false,
    seq: 1,
  });
});

test("accepted proposals belong to the person: a later proposal leaves them", async () => {
  const { layerId } = await newImage(64);
  await replaceProposals(store, model, layerId, { labels: squares(64, 64) });
  await commitRevision(store, person, layerId, { accepted: true });
  const counts = await replaceProposals(store, model, layerId, { labels: labelled(64, [[0, 0, 9, 9]]) });
  expect(counts).toMatchObject({ added: 0, removed: 0, dropped: 1 });
  expect((await layerObjects(store, layerId)).objects).toHaveLength(16);
});

test("a proposal of another size is refused", async () => {
  const { layerId } = await newImage(64);
  await expect(replaceProposals(store, model, layerId, { labels: squares(32, 32) })).rejects.toMatchObject({
    code: "array.shapeMismatch",
  });
});
