/** Training runs, checkpoints, model versions, the release gate, jobs and predictions against a real database. */

import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultTallySettings, emptyTally, makeEvaluationReport } from "#core/metrics/index.ts";
import { agentOf, ensureAgent } from "./agents.ts";
import type { DatasetVersionDetail } from "./dataset-types.ts";
import type { NewEvaluation } from "./evaluation-types.ts";
import { addEvaluation, evaluationFor, evaluationImages, keepOutcomes, readOutcomes } from "./evaluations.ts";
import { freezeDataset } from "./freeze.ts";
import { insertImage } from "./images.ts";
import {
  addJobItem,
  failJob,
  finishJob,
  getJob,
  getWorkJob,
  heartbeat,
  insertJob,
  isCancelRequested,
  listJobs,
  listTakeableJobs,
  requestCancel,
  setProgress,
  takeJob,
} from "./jobs.ts";
import { ensureOwner } from "./members.ts";
import { getModelVersion, importModelVersion, listModels, modelCard } from "./models.ts";
import { getPrediction, insertPrediction, readPrediction } from "./predictions.ts";
import { createProject } from "./projects.ts";
import { releaseGate, releaseModelVersion } from "./release.ts";
import { inTransaction, type Store } from "./store.ts";
import { box, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import {
  appendCurve,
  createTrainingRun,
  finishTrainingRun,
  getTrainingRun,
  latestCheckpoint,
  listTrainingRuns,
  saveCheckpoint,
  trainingRunOfJob,
} from "./training-runs.ts";
import type { Agent, ModelVersion } from "./types.ts";
import { watchJobs } from "./watch-jobs.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let service: Agent;
let projectId: string;
let dataset: DatasetVersionDetail;
let now = Date.parse("2026-01-01T00:00:00Z");

beforeAll(async () => {
  temporary = await openTemporaryStore({ clock: { now: () => now } });
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  service = await ensureAgent(store, "service", "trainer");
  projectId = (await createProject(store, person, "models")).id;
  const source = { title: "test", licence: "CC0-1.0" };
  for (let i = 0; i < 4; i++) {
    const image = sampleImage(32, 32, i);
    await insertImage(store, person, {
      projectId,
      name: `${i}`,
      image,
      labels: squares(32, 32),
      group: `g${i}`,
      source,
    });
  }
  dataset = await freezeDataset(store, person, { projectId, name: "nuclei-data", query: "" });
});
afterAll(() => temporary.end());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const newJob = (kind: "train" | "predict" | "ingest" = "train") =>
  insertJob(store, person, { kind, projectId, title: "a job", params: { a: 1 } });

async function newRun(modelName: string, jobId?: string) {
  const run = {
    projectId,
    modelName,
    datasetVersionId: dataset.id,
    seed: 7,
    steps: 100,
    config: { lr: 0.01 },
    device: "cpu",
  };
  return createTrainingRun(store, service, { jobId: jobId ?? (await newJob()).id, ...run });
}

async function newCandidate(name: string, weights: string): Promise<ModelVersion> {
  const run = await newRun(name);
  const result = {
    weights: bytes(weights),
    onnx: bytes(`onnx ${weights}`),
    architecture: "unet",
    contract: { stride: 16 },
    card: { note: "x" },
    licence: "CC0-1.0",
  };
  return finishTrainingRun(store, service, run.id, result);
}

function evaluation(ap50: number, f1: number, tp = 10): NewEvaluation {
  const score = {
    threshold: 0.5,
    tp,
    fp: 1,
    fn: 1,
    precision: f1,
    recall: f1,
    f1,
    averagePrecision: ap50,
    panopticQuality: 0,
  };
  const errors = { correct: tp, missed: 0, gained: 0, split: 0, merge: 0, catastrophe: 0 };
  return {
    metricVersion: "1",
    imageCount: 1,
    scores: [score],
    errors,
    groups: [],
    report: makeEvaluationReport([], defaultTallySettings),
    images: [],
  };
}

const evaluate = (version: ModelVersion, result: NewEvaluation, split: "train" | "test" = "test") =>
  addEvaluation(
    store,
    service,
    { modelVersionId: version.id, datasetVersionId: dataset.id, split, compartment: "nuclear" },
    result,
  );

test("a run belongs to its job, collects a curve, and a retried job finds it again", async () => {
  const job = await newJob();
  const run = await newRun("curve", job.id);
  expect(await newRun("curve", job.id)).toEqual(run);
  expect(await trainingRunOfJob(store, job.id)).toEqual(run);
  const point = (step: number, loss: number) => ({ step, loss, learningRate: 0.01, validation: null });
  await appendCurve(store, run.id, [point(1, 3), point(2, 2)]);
  await appendCurve(store, run.id, [point(2, 1.5), { ...point(3, 1), validation: { ap50: 0.5, f1: 0.6 } }]);
  const read = await getTrainingRun(store, run.id);
  expect(read.step).toBe(3);
  expect(read.curve.map(({ step, loss }) => [step, loss])).toEqual([
    [1, 3],
    [2, 1.5],
    [3, 1],
  ]);
  expect(read.curve[2]?.validation).toEqual({ ap50: 0.5, f1: 0.6 });
  expect((await listTrainingRuns(store, projectId))[0]?.id).toBe(run.id);
});

test("the two newest checkpoints are kept; a damaged one falls back to the older", async () => {
  const run = await newRun("checkpoints");
  expect(await latestCheckpoint(store, run.id)).toBeNull();
  for (const step of [10, 20, 30]) await saveCheckpoint(store, run.id, bytes(`state ${step}`), step);
  const rows = await store.sql.query<{ step: number; digest: string }>(
    "SELECT step, digest FROM checkpoint WHERE run_id = $1 ORDER BY step",
    [run.id],
  );
  expect(rows.map(({ step }) => step)).toEqual([20, 30]);
  expect(await latestCheckpoint(store, run.id)).toMatchObject({ step: 30 });
  const path = store.blobs.path(rows[1]?.digest ?? "");
  const whole = await readFile(path);
  whole[0] = (whole[0] ?? 0) ^ 1;
  await writeFile(path, whole);
  const older = await latestCheckpoint(store, run.id);
  expect(older?.step).toBe(20);
  expect(new TextDecoder().decode(older?.bytes)).toBe("state 20");
});

test("a finished run becomes a version bound to all that made it, once", async () => {
  const run = await newRun("bound");
  const result = {
    weights: bytes("w"),
    onnx: bytes("onnx!"),
    architecture: "unet",
    contract: { stride: 16 },
    card: { note: "card" },
    licence: "CC0-1.0",
  };
  const version = await finishTrainingRun(store, service, run.id, result);
  expect(version).toMatchObject({
    name: "bound",
    version: "1.0.0",
    stage: "candidate",
    onnxBytes: 5,
    contract: { stride: 16 },
    dataset: { versionId: dataset.id, name: "nuclei-data", version: "1.0.0", digest: dataset.digest },
    training: {
      runId: run.id,
      seed: 7,
      steps: 100,
      config: { lr: 0.01 },
      splitDigest: dataset.splitDigest,
      device: "cpu",
      baseModel: null,
    },
  });
  expect(version.training?.codeVersion).toMatch(/^\d+\.\d+\.\d+/);
  expect(await finishTrainingRun(store, service, run.id, result)).toEqual(version);
  expect(await modelCard(store, version.id)).toEqual({ note: "card" });
  expect((await getTrainingRun(store, run.id)).modelVersionId).toBe(version.id);
  expect((await newCandidate("bound", "w2")).version).toBe("1.1.0");
  expect(await getModelVersion(store, "bound@1.0.0")).toEqual(version);
  await expect(getModelVersion(store, "bound")).rejects.toMatchObject({ code: "model.notFound" });
});

test("the gate: first needs a test evaluation with a hit, then only a better one passes", async () => {
  const first = await newCandidate("gate", "g1");
  expect((await releaseGate(store, first.id)).passed).toBe(false);
  await evaluate(first, evaluation(0.9, 0.9), "train");
  expect((await releaseGate(store, first.id)).passed).toBe(false);
  await evaluate(first, evaluation(0, 0, 0));
  expect((await releaseGate(store, first.id)).reason).toContain("finds no cell");
  await evaluate(first, evaluation(0.5, 0.6));
  const { modelVersion, gate } = await releaseModelVersion(store, person, first.id);
  expect([modelVersion.stage, gate.passed]).toEqual(["released", true]);
  expect((await getModelVersion(store, "gate")).id).toBe(first.id);

  const second = await newCandidate("gate", "g2");
  await evaluate(second, evaluation(0.5, 0.6));
  const refused = await releaseModelVersion(store, person, second.id).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: "model.gate",
    details: { gate: { passed: false, candidate: { ap50: 0.5 }, released: { ap50: 0.5 } } },
  });
  expect((await getModelVersion(store, "gate")).id).toBe(first.id);
  // Equal AP and a higher F1 passes; the earlier one is retired.
  await evaluate(second, evaluation(0.5, 0.61));
  await releaseModelVersion(store, person, second.id);
  expect((await getModelVersion(store, "gate")).id).toBe(second.id);
  expect((await getModelVersion(store, first.id)).stage).toBe("retired");

  // An older dataset version says nothing about the new one: a missing counterpart is named.
  const third = await newCandidate("gate", "g3");
  const other = await freezeDataset(store, person, { projectId, name: "other-data", query: "" });
  await addEvaluation(
    store,
    service,
    { modelVersionId: third.id, datasetVersionId: other.id, split: "test", compartment: "nuclear" },
    evaluation(1, 1),
  );
  const missing = await releaseGate(store, third.id);
  expect(missing.passed).toBe(false);
  expect(missing.reason).toContain("gate@1.1.0 has not been evaluated on the same test items");
  expect(missing.reason).toContain("other-data@1.0.0");
});

test("a shipped model is registered once; evaluations replace, keep images with their objects, and are found", async () => {
  const model = {
    name: "shipped",
    version: "1.2.0",
    weights: bytes("s"),
    onnx: bytes("so"),
    architecture: "unet",
    contract: {},
    card: {},
    licence: "CC0-1.0",
  };
  const version = await importModelVersion(store, service, model);
  expect(version).toMatchObject({ stage: "released", dataset: null, training: null, version: "1.2.0" });
  expect(await importModelVersion(store, service, model)).toEqual(version);
  await expect(importModelVersion(store, service, { ...model, weights: bytes("t") })).rejects.toMatchObject({
    code: "model.invalid",
  });
  expect(await evaluationFor(store, version.id, dataset.id, "test")).toBeNull();
  await evaluate(version, evaluation(0.1, 0.1));
  const outcome = {
    side: "reference",
    label: 3,
    class: "missed",
    iou: 0,
    partners: [],
    hausdorffPx: null,
    uid: "u",
    shape: box(2, 3, 5, 7),
  } as const;
  const image = {
    imageId: "i",
    name: "one",
    arrayDigest: "a".repeat(64),
    layerRevisionId: "r",
    group: "g",
    facets: { organ: "lung" },
    tally: emptyTally(10),
    human: null,
    outcomes: await keepOutcomes(store, [outcome]),
  };
  const newer = await evaluate(version, { ...evaluation(0.2, 0.2), images: [image] });
  expect(newer).toMatchObject({ model: "shipped@1.2.0", projectId, compartment: "nuclear" });
  expect((await evaluationFor(store, version.id, dataset.id, "test"))?.id).toBe(newer.id);
  expect((await getModelVersion(store, "shipped")).evaluations).toHaveLength(1);
  const [kept, ...others] = await evaluationImages(store, newer.id);
  const { outcomes: _, ...written } = image;
  expect([kept, others]).toEqual([
    { ...written, layerId: null, position: 0, outcomeDigest: image.outcomes.digest },
    [],
  ]);
  expect(await readOutcomes(store, image.outcomes.digest)).toEqual([outcome]);
  const elsewhere = await createProject(store, person, "another");
  expect((await listModels(store, elsewhere.id)).map(({ name }) => name)).toEqual(["shipped"]);
  expect((await listModels(store)).length).toBeGreaterThan(2);
});

test("a lease decides who may write; a late finisher changes nothing", async () => {
  const job = await newJob();
  expect(job).toMatchObject({ state: "waiting", progress: { text: "Waiting" }, items: [], result: null });
  expect((await getWorkJob(store, job.id)).params).toEqual({ a: 1 });
  const taken = await takeJob(store, job.id, "lease1", 10_000);
  expect(taken).toMatchObject({ state: "running", attempt: 1 });
  expect(await takeJob(store, job.id, "lease2", 10_000)).toBeNull();
  await addJobItem(store, job.id, "lease1", { name: "a.png", state: "done", error: null, id: "x" });
  await addJobItem(store, job.id, "lease1", {
    name: "b.png",
    state: "failed",
    error: { code: "format.png", message: "no" },
    id: null,
  });
  await setProgress(store, job.id, "lease1", { fraction: 0.5, text: "half", msLeft: 10 });
  expect((await getJob(store, job.id)).items.map(({ name }) => name)).toEqual(["a.png", "b.png"]);

  now += 5_000;
  await heartbeat(store, job.id, "lease1", 10_000);
  now += 8_000;
  expect(await takeJob(store, job.id, "lease2", 10_000)).toBeNull();
  now += 8_000;
  expect(await listTakeableJobs(store)).toContain(job.id);
  const second = await takeJob(store, job.id, "lease2", 10_000);
  expect(second).toMatchObject({ attempt: 2, items: [] });
  for (const late of [
    () => heartbeat(store, job.id, "lease1", 1),
    () => setProgress(store, job.id, "lease1", { fraction: 1, text: "", msLeft: 0 }),
    () => addJobItem(store, job.id, "lease1", { name: "c", state: "done", error: null, id: null }),
    () => failJob(store, job.id, "lease1", { code: "server.internal", message: "" }),
  ]) {
    await expect(late()).rejects.toMatchObject({ code: "job.leaseLost" });
  }
  // What the late finisher wrote beside its result is taken back with it.
  const late = inTransaction(store, async (tx) => {
    await createProject(tx, person, "from a late worker");
    await finishJob(tx, job.id, "lease1", {});
  });
  await expect(late).rejects.toMatchObject({ code: "job.leaseLost" });
  expect(await finishJob(store, job.id, "lease2", { made: 3 })).toMatchObject({
    state: "done",
    result: { made: 3 },
    progress: { fraction: 1 },
  });
  expect(await takeJob(store, job.id, "lease3", 1)).toBeNull();
  await createProject(store, person, "from a late worker");
});

test("cancel: at once while waiting, by request while running", async () => {
  const waiting = await newJob();
  expect(await requestCancel(store, person, waiting.id)).toMatchObject({ state: "canceled" });
  const running = await newJob();
  await takeJob(store, running.id, "l", 10_000);
  expect(await requestCancel(store, person, running.id)).toMatchObject({ state: "running" });
  expect(await isCancelRequested(store, running.id)).toBe(true);
  expect(await failJob(store, running.id, "l", { code: "job.canceled", message: "stopped" })).toMatchObject({
    state: "canceled",
  });
  expect((await listJobs(store, { state: "canceled" })).map(({ id }) => id)).toEqual([
    running.id,
    waiting.id,
  ]);
  await expect(getJob(store, "nope")).rejects.toMatchObject({ code: "job.notFound" });
});

test("every change of a job is announced", async () => {
  const seen: (string | null)[] = [];
  const watch = await watchJobs(store, (id) => seen.push(id));
  const job = await newJob();
  await takeJob(store, job.id, "l", 10_000);
  await finishJob(store, job.id, "l", {});
  await expect.poll(() => seen).toEqual([job.id, job.id, job.id]);
  await watch.close();
});

test("a prediction keeps upload, image and labels", async () => {
  const { id: modelVersionId } = await newCandidate("predictor", "p");
  const job = await newJob("predict");
  const inputDigest = await store.blobs.put(bytes("a file"));
  const [image, labels] = [sampleImage(32, 32, 99), squares(32, 32)];
  const prediction = { jobId: job.id, name: "x.tif", modelVersionId, inputDigest, image, labels };
  await expect(getPrediction(store, job.id)).rejects.toMatchObject({ code: "request.notFound" });
  const kept = await insertPrediction(store, service, prediction);
  expect(kept).toMatchObject({
    name: "x.tif",
    modelVersion: "predictor@1.0.0",
    height: 32,
    width: 32,
    cellCount: 4,
  });
  expect(await readPrediction(store, job.id)).toEqual({ prediction: kept, image, labels });
});
