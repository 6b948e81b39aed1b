/**
 * Training is reproducible to the byte: twice with one seed, and when its process is killed and the job goes on.
 *
 * Real worker processes on a real data folder; SIGKILL at steps drawn from a seed.
 */

import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { exportModelVersion, registerShippedModels, runJobHere } from "#jobs/index.ts";
import { silentLog } from "#platform/index.ts";
import {
  createProject,
  type DatasetVersionDetail,
  doctor,
  freezeDataset,
  getJob,
  getModelVersion,
  type Job,
  type Store,
  trainingRunOfJob,
} from "#store/index.ts";
import { type KillableWorkers, openKillableWorkers } from "./killable-workers.ts";
import { writeMadeImages } from "./made-images.ts";

const STEPS = 60;

/** Small enough for milliseconds per step, with all parts of a real run: checkpoints, validation, calibration. */
const config = {
  widths: [8, 16],
  cropSize: 64,
  batchSize: 4,
  recordEvery: 1,
  validateEvery: 25,
  validationItemsMax: 1,
  checkpointEvery: 7,
};

let workers: KillableWorkers;
let store: Store;
let dataset: DatasetVersionDetail;

beforeAll(async () => {
  workers = await openKillableWorkers("jobs-resume", "heavy");
  store = workers.store;
  const { actor, folder } = workers;
  writeMadeImages(join(folder, "in"), { groups: 3, perGroup: 2, side: 96 });
  const project = await createProject(store, actor, "made");
  await runJobHere(store, actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: join(folder, "in") },
  });
  dataset = await freezeDataset(store, actor, { projectId: project.id, name: "made", query: "" });
});

afterAll(() => workers?.end());

async function kill(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

function submit(seed: number): Promise<Job> {
  return workers.queue.submit(workers.actor, {
    kind: "train",
    projectId: dataset.projectId,
    title: `Train with seed ${seed}`,
    params: { datasetVersionId: dataset.id, modelName: "made", steps: STEPS, seed, config },
  });
}

async function ended(jobId: string): Promise<Job> {
  await workers.until(
    "the end of the job",
    async () => !["waiting", "running"].includes((await getJob(store, jobId)).state),
  );
  return getJob(store, jobId);
}

async function bytesOf(job: Job) {
  expect(job.error).toBeNull();
  expect(job.state).toBe("done");
  const version = await getModelVersion(store, String(job.result?.["modelVersionId"]));
  const run = await trainingRunOfJob(store, job.id);
  return { weights: version.weightsDigest, onnx: version.onnxDigest, curve: run?.curve };
}

test("the same seed twice, and killed at random steps, gives the same bytes; another seed does not", async () => {
  const steady = workers.startWorker();
  const first = await bytesOf(await ended((await submit(1)).id));
  expect(first.curve).toHaveLength(STEPS);
  const second = await bytesOf(await ended((await submit(1)).id));
  const other = await bytesOf(await ended((await submit(2)).id));
  await kill(steady, "SIGTERM");
  expect(second).toEqual(first);
  expect(other.weights).not.toBe(first.weights);

  const random = rng(20, "kills");
  const kills = [5 + random.int(20), 30 + random.int(25)];
  const job = await submit(1);
  for (const step of kills) {
    const worker = workers.startWorker();
    await workers.until(
      `step ${step}`,
      async () => ((await trainingRunOfJob(store, job.id))?.step ?? 0) >= step,
    );
    await kill(worker, "SIGKILL");
    expect((await getJob(store, job.id)).state).toBe("running");
  }
  const last = workers.startWorker();
  expect(await bytesOf(await ended(job.id))).toEqual(first);
  await kill(last, "SIGTERM");
});

test("a worker that is told to stop gives its job back, and the next one ends it with the same bytes", async () => {
  const job = await submit(1);
  const worker = workers.startWorker();
  await workers.until("step 10", async () => ((await trainingRunOfJob(store, job.id))?.step ?? 0) >= 10);
  // Closing its standard input is how a worker learns that its server is gone.
  const gone = new Promise((resolve) => worker.once("exit", resolve));
  worker.stdin?.end();
  await gone;
  expect((await getJob(store, job.id)).state).toBe("waiting");
  const next = workers.startWorker();
  const done = await bytesOf(await ended(job.id));
  await kill(next, "SIGTERM");
  expect(done.curve).toHaveLength(STEPS);
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});

test("an exported version registers as the same version; a damaged export is left out", async () => {
  const version = await getModelVersion(store, "made@1.0.0");
  const { actor, folder } = workers;
  const models = join(folder, "models");
  const written = await exportModelVersion(store, version, models);
  const known = await registerShippedModels(store, actor, models, silentLog);
  expect(known.map((one) => [one.folder, one.version.id])).toEqual([["made/1.0.0", version.id]]);
  const onnx = join(written, "model.onnx");
  const bytes = readFileSync(onnx);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(onnx, bytes);
  expect(await registerShippedModels(store, actor, models, silentLog)).toEqual([]);
});
