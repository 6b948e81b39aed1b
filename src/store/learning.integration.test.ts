/** Acceptance of single cells, proposals taken back cell for cell, and effort counted from the log. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { agentOf, ensureAgent } from "./agents.ts";
import { annotationEffort } from "./annotation-effort.ts";
import { blameLayer } from "./blame.ts";
import { commitRevision } from "./commit.ts";
import { doctor } from "./doctor/index.ts";
import { editLog } from "./edit-log.ts";
import { appendEdits } from "./edits.ts";
import { getImage, insertImage } from "./images.ts";
import { insertJob } from "./jobs.ts";
import { ensureLayer, layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { replaceProposals } from "./proposals.ts";
import type { Store } from "./store.ts";
import { jobProposals, takeBackProposal } from "./take-back-proposals.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let first: Agent;
let second: Agent;
let seed = 100;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  first = await ensureAgent(store, "model", "nuclei@1.0.0");
  second = await ensureAgent(store, "model", "nuclei@1.1.0");
});
afterAll(() => temporary.end());

async function proposed(projectId: string, confidence = 0.5) {
  const image = sampleImage(64, 64, ++seed);
  const { imageId } = await insertImage(store, person, {
    ...{ projectId, name: `image-${seed}`, group: `g${seed}`, image },
    source: { title: "test", licence: "CC0-1.0" },
  });
  const layer = await ensureLayer(store, first, imageId, "nuclear");
  const labels = squares(64, 64);
  const values = new Map([...new Set(labels.data)].filter((label) => label > 0).map((k) => [k, confidence]));
  await replaceProposals(store, first, layer.id, { labels, confidence: values });
  return { imageId, layerId: layer.id };
}

const job = async (projectId: string): Promise<string> =>
  (await insertJob(store, person, { kind: "propose", projectId, title: "Propose", params: {} })).id;

const shapesOf = async (layerId: string) =>
  (await layerObjects(store, layerId)).objects.map(({ uid, digest, confidence, label, agent }) => ({
    ...{ uid, digest, confidence, label },
    agent: agent.name,
  }));

/** One square in the middle, unlike any of `squares`. */
function other() {
  const labels = labelImage(64, 64);
  for (let y = 20; y < 40; y++) labels.data.fill(1, y * 64 + 20, y * 64 + 40);
  return { labels, confidence: new Map([[1, 0.9]]) };
}

test("an accepted cell is a person's: no proposal replaces it, until that is taken back", async () => {
  const project = await createProject(store, person, "Accept");
  const { layerId, imageId } = await proposed(project.id);
  const [cell] = (await layerObjects(store, layerId)).objects;
  expect(cell?.untouched).toBe(true);
  const accept = edit("accept-1", [], {
    kind: "accept",
    accepts: [{ uid: cell?.uid ?? "", accepted: true }],
  });
  const [answer] = await appendEdits(store, person, layerId, [accept]);
  expect(answer).toMatchObject({ state: "saved", labels: {} });
  expect((await getImage(store, imageId)).status).toBe("corrected");
  const after = (await layerObjects(store, layerId)).objects.find(({ uid }) => uid === cell?.uid);
  expect(after).toMatchObject({ digest: cell?.digest, confidence: 0.5 });
  expect(after?.untouched).toBeUndefined();
  expect((await blameLayer(store, { layerId })).summary.attention).toMatchObject({ accepted: 1, unseen: 15 });

  await replaceProposals(store, second, layerId, other());
  expect((await layerObjects(store, layerId)).objects.map(({ uid }) => uid)).toContain(cell?.uid);

  const undo = edit("accept-undo", [], {
    ...{ kind: "undo", tool: "undo", undoes: "accept-1" },
    accepts: [{ uid: cell?.uid ?? "", accepted: false }],
  });
  await appendEdits(store, person, layerId, [undo]);
  await replaceProposals(store, second, layerId, other());
  expect((await layerObjects(store, layerId)).objects.map(({ uid }) => uid)).not.toContain(cell?.uid);
  const log = (await editLog(store, layerId)).edits;
  expect(
    log.filter(({ accepts }) => accepts !== undefined).map(({ kind, accepts }) => [kind, accepts]),
  ).toEqual([
    ["accept", [{ uid: cell?.uid, accepted: true }]],
    ["undo", [{ uid: cell?.uid, accepted: false }]],
  ]);
  const stale = edit("accept-gone", [], {
    kind: "accept",
    accepts: [{ uid: cell?.uid ?? "", accepted: true }],
  });
  const [refused] = await appendEdits(store, person, layerId, [stale]);
  expect(refused).toMatchObject({ state: "refused", error: { code: "revision.conflict" } });
});

test("what a person changed stays theirs when an acceptance of it is taken back", async () => {
  const project = await createProject(store, person, "Accept, then change");
  const { layerId } = await proposed(project.id);
  const [cell] = (await layerObjects(store, layerId)).objects;
  const uid = cell?.uid ?? "";
  await appendEdits(store, person, layerId, [
    edit("a2", [], { kind: "accept", accepts: [{ uid, accepted: true }] }),
    edit("r2", [{ uid, before: cell?.shape ?? null, after: box(0, 0, 13, 13) }]),
    edit("u2", [], { kind: "undo", tool: "undo", undoes: "a2", accepts: [{ uid, accepted: false }] }),
  ]);
  const after = (await layerObjects(store, layerId)).objects.find((one) => one.uid === uid);
  expect(after?.untouched).toBeUndefined();
  await commitRevision(store, person, layerId);
  expect((await blameLayer(store, { layerId })).summary.attention).toMatchObject({
    corrected: 1,
    unseen: 15,
  });
});

test("taking a job's proposals back brings the former ones, cell for cell; twice is harmless", async () => {
  const project = await createProject(store, person, "Back");
  const { layerId, imageId } = await proposed(project.id, 0.25);
  const before = await shapesOf(layerId);
  const jobId = await job(project.id);
  await replaceProposals(store, second, layerId, other(), { jobId, untouchedOnly: true });
  expect((await shapesOf(layerId)).map(({ agent }) => agent)).toEqual([second.name]);
  const [made] = await jobProposals(store, jobId);
  expect(made).toMatchObject({ layerId, seq: 2, imageId });
  const back = await job(project.id);
  expect(await takeBackProposal(store, { layerId, seq: 2 }, back)).toBe(true);
  expect(await shapesOf(layerId)).toEqual(before);
  expect(await takeBackProposal(store, { layerId, seq: 2 }, back)).toBe(false);
  // And forth again: the newer proposals return with their confidence.
  expect(await takeBackProposal(store, { layerId, seq: 3 }, await job(project.id))).toBe(true);
  expect(await shapesOf(layerId)).toMatchObject([{ confidence: expect.closeTo(0.9, 5), agent: second.name }]);
});

test("proposals for untouched images alone leave touched ones, and are not taken back under a person's hands", async () => {
  const project = await createProject(store, person, "Touched");
  const { layerId } = await proposed(project.id);
  const jobId = await job(project.id);
  await replaceProposals(store, second, layerId, other(), { jobId, untouchedOnly: true });
  const [cell] = (await layerObjects(store, layerId)).objects;
  await appendEdits(store, person, layerId, [
    edit("fix-3", [{ uid: cell?.uid ?? "", before: cell?.shape ?? null, after: box(1, 1, 9, 9) }]),
  ]);
  const before = await shapesOf(layerId);
  expect(await takeBackProposal(store, { layerId, seq: 2 }, jobId)).toBe(false);
  const counts = await replaceProposals(store, first, layerId, other(), { jobId, untouchedOnly: true });
  expect(counts).toMatchObject({ skipped: true, added: 0, removed: 0 });
  expect(await shapesOf(layerId)).toEqual(before);
});

test("where there was nothing before, taking back leaves an unlabelled image", async () => {
  const project = await createProject(store, person, "Nothing before");
  const { layerId, imageId } = await proposed(project.id);
  expect((await getImage(store, imageId)).status).toBe("proposed");
  expect(await takeBackProposal(store, { layerId, seq: 1 }, await job(project.id))).toBe(true);
  expect(await shapesOf(layerId)).toEqual([]);
  expect((await getImage(store, imageId)).status).toBe("unlabelled");
});

test("effort: each cell once, what was undone not at all, all time; also when the log is packed", async () => {
  const project = await createProject(store, person, "Effort");
  const { layerId, imageId } = await proposed(project.id);
  const { objects } = await layerObjects(store, layerId);
  const [a, b, c] = objects;
  const change = (
    id: string,
    of: (typeof objects)[number] | undefined,
    after: ReturnType<typeof box> | null,
    ms: number,
  ) => edit(id, [{ uid: of?.uid ?? "", before: of?.shape ?? null, after }], { msSpent: ms });
  const again = { uid: a?.uid ?? "", before: box(0, 0, 12, 12), after: box(0, 0, 11, 11) };
  await appendEdits(store, person, layerId, [
    change("e-1", a, box(0, 0, 12, 12), 1000),
    edit("e-2", [again], { msSpent: 500 }),
    { ...change("e-3", b, null, 300), kind: "delete" },
    edit("e-4", [{ uid: b?.uid ?? "", before: null, after: b?.shape ?? null }], {
      ...{ kind: "undo", tool: "undo", undoes: "e-3", msSpent: 200 },
    }),
    edit("e-5", [], { kind: "accept", accepts: [{ uid: c?.uid ?? "", accepted: true }], msSpent: 100 }),
  ]);
  const expected = { imageId, cells: 16, corrections: 1, accepted: 1, msSpent: 2100, proposedBy: first.name };
  expect(await annotationEffort(store, project.id)).toMatchObject([expected]);
  await commitRevision(store, person, layerId);
  expect(await annotationEffort(store, project.id)).toMatchObject([expected]);
});

test("the doctor finds nothing wrong with any of it", async () => {
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});
