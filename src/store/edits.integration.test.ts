/** Edits of a layer against a real database: idempotency, conflicts, isolation of bad edits. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { invertOperation } from "#core/edits/index.ts";
import { agentOf } from "./agents.ts";
import { editLog } from "./edit-log.ts";
import { appendEdits } from "./edits.ts";
import { getImage, insertImage } from "./images.ts";
import { ensureLayer, getLayer, layerObjects, renderHead } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, person, "edits")).id;
});
afterAll(() => temporary.end());

async function newLayer(): Promise<{ layerId: string; imageId: string }> {
  const source = { title: "test", licence: "CC0-1.0" };
  const image = await insertImage(store, person, {
    projectId,
    name: "a",
    image: sampleImage(64, 64, ++seed),
    source,
  });
  const layer = await ensureLayer(store, person, image.imageId, "nuclear");
  return { layerId: layer.id, imageId: image.imageId };
}

test("an edit is saved with a sequence number and labels, and the image counts as corrected", async () => {
  const { layerId, imageId } = await newLayer();
  const results = await appendEdits(store, person, layerId, [
    edit("op1", [
      { uid: "a", before: null, after: box(0, 0, 8, 8) },
      { uid: "b", before: null, after: box(10, 10, 20, 20) },
    ]),
    edit("op2", [{ uid: "a", before: box(0, 0, 8, 8), after: box(0, 0, 9, 8) }]),
  ]);
  expect(results).toEqual([
    { state: "saved", operationId: "op1", seq: 1, labels: { a: 1, b: 2 } },
    { state: "saved", operationId: "op2", seq: 2, labels: {} },
  ]);
  const present = await layerObjects(store, layerId);
  expect(present).toMatchObject({ seq: 2, height: 64, width: 64 });
  expect(present.objects.map(({ uid, label, shape }) => [uid, label, shape.bbox])).toEqual([
    ["a", 1, [0, 0, 9, 8]],
    ["b", 2, [10, 10, 20, 20]],
  ]);
  expect(await getImage(store, imageId)).toMatchObject({ status: "corrected", cellCount: 2 });
  expect(await getLayer(store, layerId)).toMatchObject({ objectCount: 2, seq: 2, dirty: true });
});

test("the same operation id again gets the same answer and changes nothing", async () => {
  const { layerId } = await newLayer();
  const draw = edit("op1", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }]);
  const first = await appendEdits(store, person, layerId, [draw]);
  expect(await appendEdits(store, person, layerId, [draw])).toEqual(first);
  expect(await appendEdits(store, person, layerId, [draw, draw])).toEqual([first[0], first[0]]);
  expect((await getLayer(store, layerId)).seq).toBe(1);
  expect((await editLog(store, layerId)).edits).toHaveLength(1);
});

test("twice in one request is one edit", async () => {
  const { layerId } = await newLayer();
  const draw = edit("op1", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }]);
  const results = await appendEdits(store, person, layerId, [draw, draw]);
  expect(results.map((result) => result.state === "saved" && result.seq)).toEqual([1, 1]);
});

test("a stale before is a conflict, an overlap too, and neither blocks the edits around it", async () => {
  const { layerId } = await newLayer();
  await appendEdits(store, person, layerId, [
    edit("op1", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }]),
  ]);
  const results = await appendEdits(store, person, layerId, [
    edit("stale", [{ uid: "a", before: box(0, 0, 7, 7), after: box(0, 0, 9, 9) }]),
    edit("good1", [{ uid: "b", before: null, after: box(20, 20, 30, 30) }]),
    edit("overlap", [{ uid: "c", before: null, after: box(5, 5, 12, 12) }]),
    edit("outside", [{ uid: "d", before: null, after: box(60, 60, 70, 70) }]),
    edit("onTheNewOne", [{ uid: "e", before: null, after: box(29, 29, 35, 35) }]),
    edit("good2", [{ uid: "a", before: box(0, 0, 8, 8), after: null }], { kind: "delete", tool: "delete" }),
  ]);
  expect(results.map((result) => (result.state === "saved" ? result.seq : result.error.code))).toEqual([
    "revision.conflict",
    2,
    "revision.conflict",
    "edit.invalid",
    "revision.conflict",
    3,
  ]);
  expect((await layerObjects(store, layerId)).objects.map(({ uid }) => uid)).toEqual(["b"]);
});

test("a refused edit can be sent again once it fits", async () => {
  const { layerId } = await newLayer();
  const late = edit("late", [{ uid: "a", before: box(0, 0, 4, 4), after: null }], { kind: "delete" });
  expect((await appendEdits(store, person, layerId, [late]))[0]).toMatchObject({ state: "refused" });
  await appendEdits(store, person, layerId, [
    edit("birth", [{ uid: "a", before: null, after: box(0, 0, 4, 4) }]),
  ]);
  expect((await appendEdits(store, person, layerId, [late]))[0]).toMatchObject({ state: "saved", seq: 2 });
});

test("an object keeps its label through deletion and undo; a label is never given twice", async () => {
  const { layerId } = await newLayer();
  const birth = edit("birth", [{ uid: "a", before: null, after: box(0, 0, 4, 4) }]);
  const death = edit("death", [{ uid: "a", before: box(0, 0, 4, 4), after: null }], { kind: "delete" });
  await appendEdits(store, person, layerId, [birth, death]);
  await appendEdits(store, person, layerId, [
    edit("b", [{ uid: "b", before: null, after: box(30, 30, 34, 34) }]),
  ]);
  const [undone] = await appendEdits(store, person, layerId, [invertOperation(death, "undo", "undo")]);
  expect(undone).toMatchObject({ state: "saved", labels: { a: 1 } });
  const labels = await renderHead(store, layerId);
  expect([labels.data[0], labels.data[30 * 64 + 30]]).toEqual([1, 2]);
});

test("the log gives every edit back, in pages", async () => {
  const { layerId } = await newLayer();
  const operations = Array.from({ length: 5 }, (_, i) =>
    edit(`op${i}`, [{ uid: `u${i}`, before: null, after: box(i * 10, 0, i * 10 + 5, 5) }], { msSpent: i }),
  );
  await appendEdits(store, person, layerId, operations);
  const first = await editLog(store, layerId, 0, 3);
  expect(first.nextAfter).toBe(3);
  const second = await editLog(store, layerId, 3, 3);
  expect(second.nextAfter).toBeNull();
  const all = [...first.edits, ...second.edits];
  expect(all.map(({ seq, agent, at, labels, ...operation }) => operation)).toEqual(operations);
  expect(all.map(({ labels }) => labels)).toEqual(operations.map((_, i) => ({ [`u${i}`]: i + 1 })));
  expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
});

test("two clients at once: every acknowledged edit is in the log exactly once", async () => {
  const { layerId } = await newLayer();
  const draw = (client: string, i: number) =>
    appendEdits(store, person, layerId, [
      edit(`${client}${i}`, [
        {
          uid: `${client}${i}`,
          before: null,
          after: box(i * 6, client === "x" ? 0 : 20, i * 6 + 4, client === "x" ? 4 : 24),
        },
      ]),
    ]);
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, i) => [draw("x", i), draw("y", i)]).flat(),
  );
  expect(results.every(([result]) => result?.state === "saved")).toBe(true);
  const { edits } = await editLog(store, layerId);
  expect(new Set(edits.map(({ operationId }) => operationId)).size).toBe(20);
  expect((await layerObjects(store, layerId)).objects).toHaveLength(20);
});

test("an unknown layer is said so", async () => {
  await expect(appendEdits(store, person, "nope", [edit("x", [])])).rejects.toMatchObject({
    code: "layer.notFound",
  });
});

test("an object longer than a tile is met wherever it lies, and so is a small one beside it", async () => {
  const source = { title: "test", licence: "CC0-1.0" };
  const image = sampleImage(700, 700, ++seed);
  const inserted = await insertImage(store, person, { projectId, name: "large", image, source });
  const { id } = await ensureLayer(store, person, inserted.imageId, "nuclear");
  const draw = (uid: string, ...side: [number, number, number, number]) =>
    edit(`large-${uid}`, [{ uid, before: null, after: box(...side) }]);
  const first = [
    draw("long", 0, 0, 600, 5),
    draw("wide", 650, 0, 655, 600),
    draw("small", 300, 300, 310, 310),
  ];
  expect(await appendEdits(store, person, id, first)).toMatchObject(first.map(() => ({ state: "saved" })));
  const second = [draw("a", 590, 4, 595, 9), draw("b", 640, 590, 660, 595), draw("c", 309, 309, 320, 320)];
  expect(await appendEdits(store, person, id, second)).toMatchObject(
    second.map(() => ({ state: "refused" })),
  );
  const third = [draw("d", 600, 0, 605, 5), draw("e", 310, 300, 315, 310), draw("f", 590, 5, 595, 9)];
  expect(await appendEdits(store, person, id, third)).toMatchObject(third.map(() => ({ state: "saved" })));
});
