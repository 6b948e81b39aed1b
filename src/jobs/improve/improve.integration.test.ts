/** Improving a model from corrections, using it, and going back: what a person touched never changes. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  createProject,
  ensureAgent,
  ensureLayer,
  ensureOwner,
  freezeDataset,
  getDatasetVersion,
  getModelVersion,
  getTrainingRun,
  insertImage,
  layerObjects,
  listImprovements,
  noteImprovement,
  replaceProposals,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { runJobHere } from "../submit.ts";

let temporary: TemporaryStore;
let actor: Agent;
let projectId = "";
let baseId = "";
/** Layers of the project by what happened to them. */
const [touched, untouched]: [string[], string[]] = [[], []];

/** A network and crops so small that a step takes a few milliseconds. */
const config = { widths: [4, 6], cropSize: 32, batchSize: 2, validateEvery: 2, recordEvery: 1 };

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  const other = await createProject(store, actor, "where the base learnt");
  for (let i = 0; i < 5; i++) await addImage(other.id, i, true);
  const { id } = await freezeDataset(store, actor, { projectId: other.id, name: "made", query: "" });
  const trained = await run("train", other.id, {
    ...{ datasetVersionId: id, modelName: "made", seed: 3, steps: 6, config },
  });
  baseId = String(trained["modelVersionId"]);
  projectId = (await createProject(store, actor, "corrections")).id;
  const first = await ensureAgent(store, "model", "made@1.0.0");
  for (let i = 0; i < 7; i++) {
    const { imageId, labels } = await addImage(projectId, 100 + i, false);
    const layer = await ensureLayer(store, first, imageId, "nuclear");
    await replaceProposals(store, first, layer.id, { labels });
    if (i < 4) touched.push(layer.id);
    else untouched.push(layer.id);
  }
  for (const layerId of touched) await correct(layerId);
}, 300_000);
afterAll(() => temporary.end());

async function addImage(to: string, seed: number, labelled: boolean) {
  const { image: plane, labels } = makeSyntheticCells({ height: 64, width: 64, seed });
  const { imageId } = await insertImage(temporary.store, actor, {
    ...{ projectId: to, name: `image ${seed}`, group: `group ${seed}` },
    image: imageArray(plane.dtype, "yx", [plane.height, plane.width], plane.data),
    ...(labelled ? { labels } : {}),
    source: { title: "made", licence: "CC0-1.0" },
  });
  return { imageId, labels };
}

/** One cell removed, one accepted. */
async function correct(layerId: string): Promise<void> {
  const [one, two] = (await layerObjects(temporary.store, layerId)).objects;
  const common = { tool: "test", msSpent: 900 };
  await appendEdits(temporary.store, actor, layerId, [
    {
      ...{ ...common, operationId: `cut-${layerId}`, kind: "delete" },
      changes: [{ uid: one?.uid ?? "", before: one?.shape ?? null, after: null }],
    },
    {
      ...{ ...common, operationId: `yes-${layerId}`, kind: "accept", changes: [] },
      accepts: [{ uid: two?.uid ?? "", accepted: true }],
    },
  ]);
}

async function run(kind: "train" | "propose" | "improve", of: string, params: object) {
  const spec = { kind, projectId: of, title: kind, params } as Parameters<typeof runJobHere>[2];
  const job = await runJobHere(temporary.store, actor, spec);
  if (job.state !== "done") throw new Error(JSON.stringify(job.error));
  return { ...job.result, jobId: job.id } as Record<string, unknown>;
}

const shapes = async (layerIds: readonly string[]) => {
  const all = [];
  for (const id of layerIds) all.push((await layerObjects(temporary.store, id)).objects);
  return all.map((objects) => objects.map(({ uid, digest, agent }) => [uid, digest, agent.name]));
};

test("learns from what people vouched for, judges, and leaves touched images alone; and back", async () => {
  const { store } = temporary;
  const [mine, theirs] = [await shapes(touched), await shapes(untouched)];
  const result = await run("improve", projectId, {
    ...{ baseModelVersionId: baseId, minutes: 0.05, useWhenBetter: true },
  });
  const version = await getModelVersion(store, String(result["modelVersionId"]));
  expect(version.name).toBe("made-corrections");
  const [improvement] = await listImprovements(store, projectId);
  expect(improvement).toMatchObject({
    ...{ baseModelVersionId: baseId, modelVersionId: version.id, verdict: result["verdict"] },
  });
  const dataset = await getDatasetVersion(store, improvement?.datasetVersionId ?? "");
  expect(dataset.split.train.images).toBe(4);
  const trained = await getTrainingRun(store, version.training?.runId ?? "");
  expect(trained.baseModelVersionId).toBe(baseId);
  expect(await shapes(touched)).toEqual(mine);

  // "Use it here" and "Back": only untouched images change, and they come back cell for cell.
  const used = await run("propose", projectId, {
    ...{ modelVersionId: version.id, imageIds: [], untouchedOnly: true },
  });
  expect(used).toMatchObject({ images: 3, skipped: 0 });
  expect(await shapes(touched)).toEqual(mine);
  const after = await shapes(untouched);
  expect(after.flat().every(([, , agent]) => agent === "made-corrections@1.0.0")).toBe(true);
  const back = await run("propose", projectId, {
    ...{ modelVersionId: baseId, imageIds: [], takeBackOf: used["jobId"] },
  });
  expect([Number(back["images"]) + Number(back["skipped"]), await shapes(touched)]).toEqual([3, mine]);
  const before = result["used"] === true ? null : theirs;
  if (before !== null) expect(await shapes(untouched)).toEqual(before);
});

test("the next improvement starts from the released weights again, not from the last one", async () => {
  const { store } = temporary;
  const [last] = await listImprovements(store, projectId);
  await noteImprovement(store, last?.id ?? "", { reason: "seen" });
  const result = await run("improve", projectId, {
    ...{ baseModelVersionId: last?.modelVersionId, minutes: 0.05, useWhenBetter: false },
  });
  const [newest] = await listImprovements(store, projectId);
  expect(newest).toMatchObject({ baseModelVersionId: baseId, usedByJobId: null });
  expect(result["modelVersion"]).toBe("made-corrections@1.1.0");
});

test("with nothing corrected, it says what to do", async () => {
  const empty = await createProject(temporary.store, actor, "empty");
  await expect(
    run("improve", empty.id, { baseModelVersionId: baseId, minutes: 0.05, useWhenBetter: true }),
  ).rejects.toThrow("Nobody has corrected or accepted a cell");
});
