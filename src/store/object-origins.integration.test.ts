/** Origins of objects in edits, against a real database: saved, checked, logged, taken back, also after a commit. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { type EditOperation, invertOperation, type OriginChange } from "#core/edits/index.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { doctor } from "./doctor/index.ts";
import { editLog } from "./edit-log.ts";
import { appendEdits } from "./edits.ts";
import { insertImage } from "./images.ts";
import { ensureLayer, layerObjects } from "./layers.ts";
import { layerLinks } from "./links.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let layerId: string;
let counter = 0;

const frames = 5;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "movie");
  const image = await insertImage(store, person, {
    projectId,
    name: "movie",
    image: imageArray("uint8", "tyx", [frames, 32, 32], new Uint8Array(frames * 32 * 32)),
    source: { title: "test", licence: "CC0-1.0" },
  });
  layerId = (await ensureLayer(store, person, image.imageId, "nuclear")).id;
});
afterAll(() => temporary.end());

const at = (t: number, x = 2) => ({ ...box(2, x, 4, x + 2), t });
const link = (uid: string) => ({ uid, kind: "link" as const });

function operation(changes: EditOperation["changes"], origins?: readonly OriginChange[]): EditOperation {
  const operationId = `${"0".repeat(20)}${String(++counter).padStart(6, "0")}`;
  return {
    ...{ operationId, kind: "draw", tool: "test", changes, msSpent: 0 },
    ...(origins === undefined ? {} : { origins }),
  } as EditOperation;
}

const birth = (uid: string, t: number, x?: number): EditOperation["changes"][number] => ({
  uid,
  before: null,
  after: at(t, x),
});

const post = async (...operations: EditOperation[]) =>
  (await appendEdits(store, person, layerId, operations)).map((result) =>
    result.state === "saved" ? "saved" : result.error.code,
  );

const links = async () =>
  (await layerLinks(store, layerId)).map(({ from, to, kind }) => `${from} ${kind} ${to}`).sort();

test("a copy is born with its origin; objects tell it; undo takes both away, redo brings both back", async () => {
  const copy = operation([birth("B", 1)], [{ uid: "B", before: null, after: link("A") }]);
  expect(await post(operation([birth("A", 0)]), copy)).toEqual(["saved", "saved"]);
  expect(await links()).toEqual(["A link B"]);
  const { objects } = await layerObjects(store, layerId);
  expect(objects.map(({ uid, origin }) => [uid, origin])).toEqual([
    ["A", undefined],
    ["B", link("A")],
  ]);
  const undo = invertOperation(copy, `${"0".repeat(25)}U`, "undo");
  expect(await post(undo)).toEqual(["saved"]);
  expect(await links()).toEqual([]);
  expect(await post(invertOperation(undo, `${"0".repeat(25)}R`, "redo"))).toEqual(["saved"]);
  expect(await links()).toEqual(["A link B"]);
  // The same again is the same answer, and no second link.
  expect(await post(copy)).toEqual(["saved"]);
  expect(await links()).toEqual(["A link B"]);
});

test("the log tells origins, also when a commit packed it", async () => {
  const before = (await editLog(store, layerId)).edits.map(({ origins }) => origins);
  expect(before.slice(0, 2)).toEqual([undefined, [{ uid: "B", before: null, after: link("A") }]]);
  await commitRevision(store, person, layerId);
  expect((await editLog(store, layerId)).edits.map(({ origins }) => origins)).toEqual(before);
  expect((await editLog(store, layerId, 1, 1)).edits[0]?.origins).toEqual(before[1]);
});

test("a cell between two linked ones takes over the link, in one edit", async () => {
  const far = operation([birth("D", 3)], [{ uid: "D", before: null, after: link("B") }]);
  const between = operation(
    [birth("C", 2)],
    [
      { uid: "C", before: null, after: link("B") },
      { uid: "D", before: link("B"), after: link("C") },
    ],
  );
  expect(await post(far, between)).toEqual(["saved", "saved"]);
  expect(await links()).toEqual(["A link B", "B link C", "C link D"]);
});

test("what breaks the laws is refused whole: no shape of it is there either", async () => {
  const second = operation([birth("X", 1, 20)], [{ uid: "X", before: null, after: link("A") }]);
  const unborn = operation([birth("Y", 1, 20)], [{ uid: "Y", before: null, after: link("NOONE") }]);
  const later = operation([birth("Z", 0, 20)], [{ uid: "Z", before: null, after: link("B") }]);
  const stale = operation([], [{ uid: "B", before: null, after: link("A") }]);
  const good = operation([birth("G", 4)], [{ uid: "G", before: null, after: link("D") }]);
  expect(await post(second, unborn, later, stale, good)).toEqual([
    "revision.conflict",
    "edit.invalid",
    "edit.invalid",
    "revision.conflict",
    "saved",
  ]);
  const uids = (await layerObjects(store, layerId)).objects.map(({ uid }) => uid).sort();
  expect(uids).toEqual(["A", "B", "C", "D", "G"]);
  expect(await links()).toEqual(["A link B", "B link C", "C link D", "D link G"]);
});

test("an edit of origins alone relinks; a deleted cell keeps its place in the track", async () => {
  const cut = operation([], [{ uid: "G", before: link("D"), after: null }]);
  expect(await post(cut)).toEqual(["saved"]);
  expect(await links()).toEqual(["A link B", "B link C", "C link D"]);
  const remove = operation([{ uid: "C", before: at(2), after: null }]);
  expect(await post(remove)).toEqual(["saved"]);
  expect(await links()).toEqual(["A link B", "B link C", "C link D"]);
  // While C is gone, B may go on as another cell.
  const other = operation([birth("E", 2, 20)], [{ uid: "E", before: null, after: link("B") }]);
  expect(await post(other)).toEqual(["saved"]);
});

test("the doctor finds nothing", async () => {
  const report = await doctor(store, { full: true });
  expect(report.findings).toEqual([]);
});

test("how sure a link is and what is marked about a cell are kept, told, logged and taken back", async () => {
  const sure = { ...link("P"), confidence: 0.625 };
  const relink = (rest: Pick<EditOperation, "origins" | "events">): EditOperation => ({
    ...operation([]),
    kind: "relink",
    ...rest,
  });
  expect(await post(operation([birth("P", 0, 26), birth("Q", 1, 26), birth("R", 2, 26)]))).toEqual(["saved"]);
  const linked = relink({ origins: [{ uid: "Q", before: null, after: sure }] });
  const dies = relink({ events: [{ uid: "Q", side: "end", before: null, after: { kind: "death" } }] });
  const fuses = relink({
    events: [{ uid: "Q", side: "end", before: { kind: "death" }, after: { kind: "fusion", into: "R" } }],
  });
  // A dead cell does not go on; a cell that goes on did not die; a link of other confidence is another link.
  const goesOn = relink({ origins: [{ uid: "R", before: null, after: link("Q") }] });
  const parentDies = relink({ events: [{ uid: "P", side: "end", before: null, after: { kind: "death" } }] });
  const stale = relink({ origins: [{ uid: "Q", before: link("P"), after: null }] });
  expect(await post(linked, dies, goesOn, parentDies, stale, fuses)).toEqual([
    "saved",
    "saved",
    "edit.invalid",
    "edit.invalid",
    "revision.conflict",
    "saved",
  ]);
  const told = async () => (await layerObjects(store, layerId)).objects.find(({ uid }) => uid === "Q");
  expect(await told()).toMatchObject({ origin: sure, events: { end: { kind: "fusion", into: "R" } } });
  const log = (await editLog(store, layerId)).edits.slice(-3);
  expect(log.map(({ origins, events }) => [origins, events])).toEqual([
    [linked.origins, undefined],
    [undefined, dies.events],
    [undefined, fuses.events],
  ]);
  expect(await post(invertOperation(fuses, `${"0".repeat(25)}V`, "undo"))).toEqual(["saved"]);
  expect(await post(invertOperation(dies, `${"0".repeat(25)}W`, "undo"))).toEqual(["saved"]);
  expect((await told())?.events).toBeUndefined();
  expect(await post(goesOn)).toEqual(["saved"]);
});
