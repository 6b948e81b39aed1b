/** Types of cells and spots against a real database: saved, refused, taken back, in branches, revisions and digests. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { CellTypes } from "#core/cell-types/index.ts";
import { type EditOperation, invertOperation } from "#core/edits/index.ts";
import type { Spot } from "#core/spots/index.ts";
import { agentOf } from "./agents.ts";
import { createBranch } from "./branches.ts";
import { commitRevision } from "./commit.ts";
import { compareVersions, restoreRevision } from "./compare-versions.ts";
import { doctor } from "./doctor/index.ts";
import { editLog } from "./edit-log.ts";
import { appendEdits } from "./edits.ts";
import { insertImage } from "./images.ts";
import { ensureLayer, layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { mergeBranch } from "./merge-branch.ts";
import { createProject } from "./projects.ts";
import { revisionObjects } from "./revisions.ts";
import type { Store } from "./store.ts";
import { box } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";
import { spotsAt, typesAt } from "./types-at.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let layerId: string;
let counter = 0;

const T = "CL:0000084";
const B = "CL:0000236";

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "types");
  const image = await insertImage(store, person, {
    projectId,
    name: "image",
    image: imageArray("uint8", "yx", [32, 32], new Uint8Array(32 * 32)),
    source: { title: "test", licence: "CC0-1.0" },
  });
  layerId = (await ensureLayer(store, person, image.imageId, "nuclear")).id;
  await send({
    changes: ["a", "b", "c"].map((uid, i) => ({ uid, before: null, after: box(2, 2 + 6 * i, 4, 6 + 6 * i) })),
  });
});
afterAll(() => temporary.end());

const newId = (): string => `${"0".repeat(20)}${String(++counter).padStart(6, "0")}`;
const operation = (edit: Partial<EditOperation>): EditOperation => ({
  operationId: newId(),
  kind: "assignType",
  tool: "test",
  changes: [],
  msSpent: 0,
  ...edit,
});
const send = async (edit: Partial<EditOperation>, layer = layerId) => {
  const [result] = await appendEdits(store, person, layer, [operation(edit)]);
  return result;
};
const is = (...terms: string[]): CellTypes => terms.map((term) => ({ term, by: "person" as const }));
const spot = (y: number, kind = "ACTB", more: Partial<Spot> = {}): Spot => ({
  ...{ t: 0, z: 0, y, x: 5.25, kind, score: null, cell: null },
  ...more,
});
const typesNow = async (layer = layerId) =>
  Object.fromEntries(
    (await layerObjects(store, layer)).objects.flatMap(({ uid, types }) =>
      types === undefined ? [] : [[uid, types]],
    ),
  );

test("types are saved with who said so, refused when they changed meanwhile, and taken back", async () => {
  const change = operation({ types: [{ uid: "a", before: null, after: is(T) }] });
  expect((await appendEdits(store, person, layerId, [change]))[0]?.state).toBe("saved");
  // The same id again is the same edit.
  expect((await appendEdits(store, person, layerId, [change]))[0]?.state).toBe("saved");
  expect(await typesNow()).toEqual({ a: is(T) });
  expect(await send({ types: [{ uid: "a", before: null, after: is(B) }] })).toMatchObject({
    state: "refused",
    error: { code: "revision.conflict" },
  });
  expect(await send({ types: [{ uid: "nobody", before: null, after: is(B) }] })).toMatchObject({
    error: { code: "edit.invalid" },
  });
  const undo = invertOperation(change, newId(), "undo");
  await appendEdits(store, person, layerId, [undo]);
  expect(await typesNow()).toEqual({});
  await appendEdits(store, person, layerId, [invertOperation(undo, newId(), "redo")]);
  expect(await typesNow()).toEqual({ a: is(T) });
  const { edits } = await editLog(store, layerId);
  expect(edits.at(-1)).toMatchObject({ kind: "redo", types: change.types, changes: [] });
});

test("a deleted cell keeps its types for its return; an edit is taken whole or not at all", async () => {
  const gone = { uid: "a", before: box(2, 2, 4, 6), after: null };
  await send({ kind: "delete", changes: [gone] });
  expect(await typesNow()).toEqual({});
  await send({ kind: "undo", undoes: "X", changes: [{ uid: "a", before: null, after: gone.before }] });
  expect(await typesNow()).toEqual({ a: is(T) });
  const half = {
    changes: [{ uid: "n", before: null, after: box(20, 20, 22, 22) }],
    types: [{ uid: "b", before: is(B), after: null }],
  };
  expect(await send({ kind: "draw", ...half })).toMatchObject({ state: "refused" });
  expect((await layerObjects(store, layerId)).objects.map(({ uid }) => uid)).toEqual(["a", "b", "c"]);
});

test("spots live in the same log, and a place of the log has its own", async () => {
  await send({
    kind: "spots",
    spots: [
      { uid: "s1", before: null, after: spot(3) },
      { uid: "s2", before: null, after: spot(9, "B2M") },
    ],
  });
  const { seq } = await layerObjects(store, layerId);
  await send({
    kind: "spots",
    spots: [{ uid: "s1", before: spot(3), after: spot(3, "ACTB", { cell: "b" }) }],
  });
  expect(await send({ kind: "spots", spots: [{ uid: "s1", before: spot(3), after: null }] })).toMatchObject({
    state: "refused",
  });
  expect(await send({ kind: "spots", spots: [{ uid: "s3", before: null, after: spot(40) }] })).toMatchObject({
    state: "refused",
  });
  expect((await layerObjects(store, layerId)).spots).toEqual([
    { uid: "s1", ...spot(3, "ACTB", { cell: "b" }) },
    { uid: "s2", ...spot(9, "B2M") },
  ]);
  expect(await spotsAt(store, layerId, seq)).toEqual([
    { uid: "s1", ...spot(3) },
    { uid: "s2", ...spot(9, "B2M") },
  ]);
});

test("revisions know their types; a change of types alone is a revision; going back brings them back", async () => {
  const first = await commitRevision(store, person, layerId);
  expect((await commitRevision(store, person, layerId)).id).toBe(first.id);
  await send({
    types: [
      { uid: "a", before: is(T), after: is(B) },
      { uid: "b", before: null, after: is("unknown") },
    ],
  });
  const second = await commitRevision(store, person, layerId);
  expect(second.root).toBe(first.root);
  expect(second.id).not.toBe(first.id);
  const typesOf = async (id: string) =>
    (await revisionObjects(store, id)).map(({ uid, types, cellType }) => [uid, types, cellType]);
  expect(await typesOf(first.id)).toEqual([
    ["a", is(T), T],
    ["b", null, null],
    ["c", null, null],
  ]);
  expect(await typesOf(second.id)).toEqual([
    ["a", is(B), B],
    ["b", is("unknown"), "unknown"],
    ["c", null, null],
  ]);
  const { diff } = await compareVersions(store, { revisionId: first.id }, { revisionId: second.id });
  expect(diff.changes.map(({ verb }) => verb)).toEqual(["reclassified", "reclassified"]);
  const digests = await store.sql.query<{ d: string }>(
    "SELECT types_digest AS d FROM layer_revision WHERE id = ANY($1)",
    [[first.id, second.id]],
  );
  expect(new Set(digests.map(({ d }) => d)).size).toBe(2);
  await restoreRevision(store, person, first.id);
  expect(await typesNow()).toEqual({ a: is(T) });
});

test("a branch takes types and spots along and brings its changes back; who changed one cell both ways decides", async () => {
  const branch = await createBranch(store, person, layerId, "named");
  expect(await typesNow(branch.id)).toEqual({ a: is(T) });
  expect((await layerObjects(store, branch.id)).spots?.length).toBe(2);
  await send(
    {
      types: [
        { uid: "b", before: null, after: is(B) },
        { uid: "c", before: null, after: is(T) },
      ],
    },
    branch.id,
  );
  await send({ kind: "spots", spots: [{ uid: "s2", before: spot(9, "B2M"), after: null }] }, branch.id);
  await send({ types: [{ uid: "c", before: null, after: is(B) }] });
  const tried = await mergeBranch(store, person, branch.id, { commit: true });
  expect(tried.state).toBe("conflict");
  expect(tried.conflicts.length).toBe(1);
  await send({ types: [{ uid: "c", before: is(B), after: is(T) }] });
  expect((await mergeBranch(store, person, branch.id, { commit: true })).state).toBe("merged");
  expect(await typesNow()).toEqual({ a: is(T), b: is(B), c: is(T) });
  expect((await layerObjects(store, layerId)).spots?.map(({ uid }) => uid)).toEqual(["s1"]);
});

test("the doctor finds nothing, and finds types that no edit made", async () => {
  expect((await doctor(store, { full: true })).findings).toEqual([]);
  const { seq } = await layerObjects(store, layerId);
  expect((await typesAt(store, layerId, seq)).get("a")).toEqual(is(T));
  await store.sql.query(
    `UPDATE object_types SET marks = '[{"term":"CL:0000001","by":"rule"}]' WHERE uid = 'a' AND layer_id = $1`,
    [layerId],
  );
  expect((await doctor(store, { full: true })).findings.map(({ rule }) => rule)).toEqual(["edit.values"]);
});
