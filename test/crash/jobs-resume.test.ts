/**
 * Training is reproducible to the byte: twice with one seed, and when its process is killed and the job goes on.
 *
 * Real worker processes on a real data folder; SIGKILL at steps drawn from a seed.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { exportModelVersion, openQueue, type Queue, registerShippedModels, runJobHere } from "#jobs/index.ts";
import { silentLog } from "#platform/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  type DatasetVersionDetail,
  doctor,
  ensureOwner,
  freezeDataset,
  getJob,
  getModelVersion,
  type Job,
  openStore,
  type Store,
  trainingRunOfJob,
} from "#store/index.ts";
import { root } from "../../scripts/find-node.mjs";
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

let folder = "";
let store: Store;
let queue: Queue;
let actor: Agent;
let dataset: DatasetVersionDetail;
const running = new Set<ChildProcess>();
/** What the workers wrote, for the message of a failure. */
const log: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jobs-resume-"));
  writeMadeImages(join(folder, "in"), { groups: 3, perGroup: 2, side: 96 });
  store = await openStore({ home: join(folder, "home") });
  queue = await openQueue(store, { role: "client" });
  actor = agentOf(await ensureOwner(store));
  const project = await createProject(store, actor, "made");
  await runJobHere(store, actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: join(folder, "in") },
  });
  dataset = await freezeDataset(store, actor, { projectId: project.id, name: "made", query: "" });
});

afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await queue?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

function startWorker(): ChildProcess {
  const command = [
    "src/cli/main.ts",
    "worker",
    "--queue",
    "heavy",
    "--lease-ms",
    "1000",
    "--home",
    store.home,
  ];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["pipe", "ignore", "pipe"] });
  child.stderr?.on("data", (chunk: Buffer) => {
    log.push(chunk.toString());
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

async function kill(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

function submit(seed: number): Promise<Job> {
  return queue.submit(actor, {
    kind: "train",
    projectId: dataset.projectId,
    title: `Train with seed ${seed}`,
    params: { datasetVersionId: dataset.id, modelName: "made", steps: STEPS, seed, config },
  });
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`waited too long for ${what}\n${log.join("")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function ended(jobId: string): Promise<Job> {
  await until(
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
  const steady = startWorker();
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
    const worker = startWorker();
    await until(`step ${step}`, async () => ((await trainingRunOfJob(store, job.id))?.step ?? 0) >= step);
    await kill(worker, "SIGKILL");
    expect((await getJob(store, job.id)).state).toBe("running");
  }
  const last = startWorker();
  expect(await bytesOf(await ended(job.id))).toEqual(first);
  await kill(last, "SIGTERM");
});

test("a worker that is told to stop gives its job back, and the next one ends it with the same bytes", async () => {
  const job = await submit(1);
  const worker = startWorker();
  await until("step 10", async () => ((await trainingRunOfJob(store, job.id))?.step ?? 0) >= 10);
  // Closing its standard input is how a worker learns that its server is gone.
  const gone = new Promise((resolve) => worker.once("exit", resolve));
  worker.stdin?.end();
  await gone;
  expect((await getJob(store, job.id)).state).toBe("waiting");
  const next = startWorker();
  const done = await bytesOf(await ended(job.id));
  await kill(next, "SIGTERM");
  expect(done.curve).toHaveLength(STEPS);
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});

test("an exported version registers as the same version; a damaged export is left out", async () => {
  const version = await getModelVersion(store, "made@1.0.0");
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
