/** The log of a layer across commits: what was packed reads as it did, and every revision stays what it was. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditOperation } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { doctor } from "./doctor/index.ts";
import { editLog } from "./edit-log.ts";
import { appendEdits } from "./edits.ts";
import { insertImage } from "./images.ts";
import { ensureLayer, layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { revisionObjects } from "./revisions.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
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
  projectId = (await createProject(store, person, "log")).id;
});
afterAll(() => temporary.end());

async function newLayer(side: number, withLabels: boolean): Promise<string> {
  const inserted = await insertImage(store, person, {
    projectId,
    name: "a",
    image: sampleImage(side, side, ++seed),
    source: { title: "test", licence: "CC0-1.0" },
    labels: withLabels ? squares(side, side) : undefined,
  });
  return (await ensureLayer(store, person, inserted.imageId, "nuclear")).id;
}

async function rowCount(layerId: string): Promise<number> {
  const [row] = await store.sql.query<{ count: number }>(
    "SELECT count(*) AS count FROM edit_change WHERE layer_id = $1",
    [layerId],
  );
  return row?.count ?? 0;
}

test("a commit packs the edits, and the log reads the same before and after", async () => {
  const layerId = await newLayer(64, true);
  const { objects } = await layerObjects(store, layerId);
  const [first, second] = objects;
  const grown = box(0, 0, 11, 11);
  await appendEdits(store, person, layerId, [
    edit("grow", [{ uid: first?.uid ?? "", before: first?.shape ?? null, after: grown }], { msSpent: 1_234 }),
    edit("gone", [{ uid: second?.uid ?? "", before: second?.shape ?? null, after: null }], {
      kind: "delete",
    }),
    edit("back", [{ uid: second?.uid ?? "", before: null, after: second?.shape ?? null }], {
      kind: "undo",
      undoes: "gone",
    }),
    edit("born", [{ uid: "new", before: null, after: box(12, 12, 15, 15) }]),
  ]);
  const before = await editLog(store, layerId);
  expect(before.edits.map(({ operationId, changes }) => [operationId, changes.length]).slice(-4)).toEqual([
    ["grow", 1],
    ["gone", 1],
    ["back", 1],
    ["born", 1],
  ]);
  await commitRevision(store, person, layerId);
  expect(await rowCount(layerId)).toBe(0);
  expect(await editLog(store, layerId)).toEqual(before);
  // A later edit of the same object tells the packed one what it became.
  await appendEdits(store, person, layerId, [
    edit("more", [{ uid: first?.uid ?? "", before: grown, after: box(0, 0, 11, 12) }]),
  ]);
  expect((await editLog(store, layerId)).edits.slice(0, before.edits.length)).toEqual(before.edits);
  const page = await editLog(store, layerId, 2, 2);
  expect(page.edits.map(({ operationId }) => operationId)).toEqual(["gone", "back"]);
  expect(page.nextAfter).toBe(4);
});

test("cells that came with an import are told one by one, or only counted", async () => {
  const layerId = await newLayer(64, true);
  const { objects } = await layerObjects(store, layerId);
  await appendEdits(store, person, layerId, [
    edit("later", [{ uid: "new", before: null, after: box(12, 12, 15, 15) }]),
  ]);
  const whole = await editLog(store, layerId);
  const counted = await editLog(store, layerId, 0, 100, "counted");
  expect(whole.edits[0]).toMatchObject({
    changes: objects.map(({ uid, shape }) => ({ uid, before: null, after: shape })),
  });
  expect(whole.edits[0]?.born).toBeUndefined();
  expect(counted.edits[0]).toEqual({ ...whole.edits[0], changes: [], born: objects.length });
  expect(counted.edits.slice(1)).toEqual(whole.edits.slice(1));
});

test("an edit that is sent again after it was packed is answered, not done again", async () => {
  const layerId = await newLayer(64, false);
  const edits = [
    edit("op1", [{ uid: "a", before: null, after: box(0, 0, 8, 8) }]),
    edit("op2", [{ uid: "a", before: box(0, 0, 8, 8), after: null }], { kind: "delete" }),
  ];
  const answers = await appendEdits(store, person, layerId, edits);
  await commitRevision(store, person, layerId);
  expect(await appendEdits(store, person, layerId, edits)).toEqual(answers);
  expect((await layerObjects(store, layerId)).objects).toEqual([]);
});

/** A random edit of a layer that fits: grow by a column, remove, bring back or draw in a free cell of the grid. */
function randomEdit(
  state: Map<string, ObjectShape>,
  cells: Map<string, [number, number]>,
  random: ReturnType<typeof rng>,
): EditOperation {
  const cell = `c${random.int(36)}`;
  const [y, x] = cells.get(cell) as [number, number];
  const present = state.get(cell);
  const after =
    present !== undefined && random.chance(0.3)
      ? null
      : box(y, x, y + 4 + random.int(4), x + 4 + random.int(4));
  const before = present ?? null;
  return edit(`r${++seed}`, [{ uid: cell, before, after }]);
}

test("law: every revision of a random history reads as it was made, and doctor finds nothing", async () => {
  const random = rng(7, "history");
  const cells = new Map<string, [number, number]>();
  // The grid crosses the border of four tiles at 256.
  for (let k = 0; k < 36; k++) cells.set(`c${k}`, [226 + 10 * Math.floor(k / 6), 226 + 10 * (k % 6)]);
  for (const withLabels of [false, true]) {
    const layerId = await newLayer(320, withLabels);
    if (withLabels) {
      const { objects } = await layerObjects(store, layerId);
      const changes = objects.map(({ uid, shape }) => ({ uid, before: shape, after: null }));
      await appendEdits(store, person, layerId, [edit(`clear${layerId}`, changes, { kind: "delete" })]);
    }
    const state = new Map<string, ObjectShape>();
    const made: { id: string; objects: Map<string, ObjectShape> }[] = [];
    for (let step = 0; step < 40; step++) {
      const operation = randomEdit(state, cells, random);
      const [result] = await appendEdits(store, person, layerId, [operation]);
      if (result?.state === "saved") {
        for (const { uid, after } of operation.changes) {
          if (after === null) state.delete(uid);
          else state.set(uid, after);
        }
      }
      if (random.chance(0.3)) {
        const { id } = await commitRevision(store, person, layerId);
        made.push({ id, objects: new Map(state) });
      }
    }
    expect(made.length).toBeGreaterThan(5);
    for (const { id, objects } of made) {
      const read = await revisionObjects(store, id);
      // All shapes are full boxes, so the box is the shape.
      const boxes = (shapes: Iterable<[string, ObjectShape]>) =>
        Object.fromEntries([...shapes].map(([uid, { bbox, bits }]) => [uid, [...bbox, bits.length]]));
      expect(boxes(read.map(({ uid, shape }) => [uid, shape]))).toEqual(boxes(objects));
    }
  }
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});
