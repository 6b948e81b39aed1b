/** A corrected image on its way into a training: review, places, plans, and a run that is recorded with them. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { defaultSegmentationConfig, withAugmentPlans } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  createProject,
  ensureAgent,
  ensureLayer,
  ensureOwner,
  freezeDataset,
  getDatasetVersion,
  getTrainingRun,
  insertImage,
  layerObjects,
  replaceProposals,
} from "#store/index.ts";
import { box, edit } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { runJobHere } from "../submit.ts";
import { openSources } from "./training-inputs.ts";

let temporary: TemporaryStore;
let actor: Agent;
let projectId = "";
let correctedId = "";

async function addImage(seed: number, labelled: boolean): Promise<string> {
  const { image: plane, labels } = makeSyntheticCells({ height: 64, width: 64, seed });
  const { imageId } = await insertImage(temporary.store, actor, {
    projectId,
    name: `image ${seed}`,
    image: imageArray(plane.dtype, "yx", [plane.height, plane.width], plane.data),
    ...(labelled ? { labels } : {}),
    metadata: { modality: seed % 2 === 0 ? "phase" : "fluorescence" },
    source: { title: "made", licence: "CC0-1.0" },
    group: `group ${seed}`,
  });
  return imageId;
}

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, actor, "partial")).id;
  for (let seed = 0; seed < 6; seed++) await addImage(seed, true);
  correctedId = await addImage(6, false);
  const layer = await ensureLayer(store, actor, correctedId, "nuclear");
  const model = await ensureAgent(store, "model", "nuclei@1.0.0");
  await replaceProposals(store, model, layer.id, {
    labels: makeSyntheticCells({ height: 64, width: 64, seed: 6 }).labels,
  });
  const { objects } = await layerObjects(store, layer.id);
  const [first, second] = objects;
  const shape = first?.shape;
  if (shape === undefined || second === undefined) throw new Error("the scene has too few cells");
  // Smaller, in the middle of its cell, so that it meets no other.
  const [y, x] = [(shape.bbox[0] + shape.bbox[2]) >> 1, (shape.bbox[1] + shape.bbox[3]) >> 1];
  const cut = [{ uid: second.uid, before: second.shape, after: null }];
  await appendEdits(store, actor, layer.id, [
    edit("shrink", [{ uid: first?.uid ?? "", before: shape, after: box(y, x, y + 2, x + 2) }]),
    edit("cut", cut, { kind: "delete" }),
  ]);
  await commitRevision(store, actor, layer.id);
});
afterAll(() => temporary.end());

test("the corrected image brings its review and the places that count; others bring none", async () => {
  const { store } = temporary;
  const split = { corrected: true };
  const { id } = await freezeDataset(store, actor, { projectId, name: "partial", query: "", split });
  const dataset = await getDatasetVersion(store, id);
  const config = defaultSegmentationConfig({ untouchedWeight: 0.25 });
  const { train, validation } = await openSources(store, dataset, config);
  const facts = train.facts.find((one) => one.id === correctedId);
  expect(facts?.modality).toBe("phase");
  // The redrawn cell and the removed one.
  expect(facts?.places?.length).toBe(2);
  expect([...train.facts, ...validation.facts].filter(({ places }) => (places ?? null) !== null).length).toBe(
    1,
  );
  const { review, labels } = await train.load(correctedId);
  const own = review?.nuclear;
  expect(own).toMatchObject({ coverage: "exhaustive", reviewed: false, untouchedWeight: 0.25 });
  expect(own?.touched?.size).toBe(1);
  const [touched] = own?.touched ?? [];
  expect(labels.nuclear?.data.includes(touched ?? -1)).toBe(true);
  expect(own?.cleared?.data.some((value) => value === 1)).toBe(true);
  const accepted = train.facts.find((one) => one.id !== correctedId);
  expect((await train.load(accepted?.id ?? "")).review).toBeUndefined();
  const families = Object.keys(withAugmentPlans(config, null, train.facts).augment.plans);
  expect(families).toContain("phase");
});

test("a run trains on it and keeps the plans it used", async () => {
  const { store } = temporary;
  const split = { corrected: true };
  const { id } = await freezeDataset(store, actor, { projectId, name: "partial", query: "", split });
  const config = { widths: [4, 6], cropSize: 32, batchSize: 2, validateEvery: 2, recordEvery: 1 };
  const job = await runJobHere(store, actor, {
    kind: "train",
    projectId: null,
    title: "Train",
    params: { datasetVersionId: id, modelName: "partial", seed: 3, config, steps: 3 },
  });
  expect(job.error).toBeNull();
  const run = await getTrainingRun(store, String(job.result?.["runId"]));
  const augment = run.config["augment"] as { mode: string; plans: Record<string, { reason: string }> };
  expect(augment.mode).toBe("domain");
  expect(augment.plans["phase"]?.reason).toMatch(
    /Phase contrast or DIC, told by modality "phase contrast microscopy" \(FBbi:00000247\)/,
  );
});
