/** Training jobs on a real store: a run, its file, and the same run again. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { FineTuning } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  freezeDataset,
  getModelVersion,
  getTrainingRun,
  importModelVersion,
  insertImage,
  releaseGate,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { evaluateModelVersion } from "../evaluate.ts";
import { runJobHere } from "../submit.ts";
import { readRunFile } from "./run-file.ts";

let temporary: TemporaryStore;
let actor: Agent;
let datasetVersionId = "";

/** A network and crops so small that a step takes a few milliseconds. */
const config = { widths: [4, 6], cropSize: 32, batchSize: 2, validateEvery: 2, recordEvery: 1 };

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, actor, "train");
  for (let i = 0; i < 6; i++) {
    const { image: plane, labels } = makeSyntheticCells({ height: 64, width: 64, seed: i });
    await insertImage(store, actor, {
      projectId,
      name: `image ${i}`,
      image: imageArray(plane.dtype, "yx", [plane.height, plane.width], plane.data),
      labels,
      source: { title: "made", licence: "CC0-1.0" },
      group: `group ${i}`,
    });
  }
  datasetVersionId = (await freezeDataset(store, actor, { projectId, name: "made", query: "" })).id;
});
afterAll(() => temporary.end());

async function train(params: Readonly<Record<string, unknown>>) {
  const { store } = temporary;
  const job = await runJobHere(store, actor, {
    kind: "train",
    projectId: null,
    title: "Train",
    params: { datasetVersionId, modelName: "made", seed: 3, config, ...params },
  });
  if (job.state !== "done") throw new Error(JSON.stringify(job.error));
  return { job, version: await getModelVersion(store, String(job.result?.["modelVersionId"])) };
}

async function reproduce(modelVersionId: string) {
  return runJobHere(temporary.store, actor, {
    kind: "reproduce",
    projectId: null,
    title: "Reproduce",
    params: { modelVersionId },
  });
}

test("a run trained again gives the same bytes, from random weights and from those of a base", async () => {
  const first = await train({ steps: 3 });
  const waivers = [{ rule: "baseModelOverlap", key: null, reason: "the same made images on purpose" }];
  const second = await train({ steps: 2, baseModelVersionId: first.version.id, waivers });
  for (const { version } of [first, second]) {
    const { state, result } = await reproduce(version.id);
    expect([state, result]).toEqual([
      "done",
      { modelVersion: `made@${version.version}`, same: true, largestDifference: 0, changed: [] },
    ]);
  }
  const file = await readRunFile(temporary.store, second.version);
  expect(file).toMatchObject({
    base: { name: "made@1.0.0", weightsDigest: first.version.weightsDigest },
    seed: 3,
    steps: 2,
    split: { view: "whole" },
  });
});

test("from a base and a time, rate and steps are found on held-out groups and kept with the run", async () => {
  const base = await train({ steps: 6 });
  const waivers = [{ rule: "baseModelOverlap", key: null, reason: "the same made images on purpose" }];
  const { version } = await train({ minutes: 0.05, baseModelVersionId: base.version.id, waivers });
  const { inputs, config, steps } = await getTrainingRun(temporary.store, version.training?.runId ?? "");
  const found = inputs["fineTuning"] as FineTuning;
  expect(found.trials.length).toBe(2);
  expect(found.trials.every(({ points }) => points.length > 0)).toBe(true);
  expect(found.heldOut.groups.length).toBeGreaterThan(0);
  expect(config).toMatchObject({ learningRate: found.learningRate, steps: found.steps });
  expect(steps).toBe(found.steps);
  expect((await reproduce(version.id)).result).toMatchObject({ same: true });
});

test("a split that changes the test: scored on what it left out, or not at all, and never released", async () => {
  const { store } = temporary;
  const left = await train({ steps: 2, view: "leave-out:compartment=nuclear" }).catch((error) => error);
  // All images are nuclear, so nothing would be left to train on.
  expect(String(left)).toContain("dataset.empty");
  const { version, job } = await train({ steps: 2, view: "with-test" });
  expect(job.result?.["test"]).toBeNull();
  expect(version.training?.view).toBe("with-test");
  expect(await releaseGate(store, version.id)).toMatchObject({
    passed: false,
    reason: expect.stringContaining("no test images in common"),
  });
  const evaluation = await evaluateModelVersion({
    store,
    actor,
    modelVersionId: version.id,
    datasetVersionId,
    split: "test",
    signal: new AbortController().signal,
    report: () => undefined,
  });
  expect(evaluation.imageCount).toBe(0);
});

test("no training starts from a network of another program", async () => {
  const theirs = await importModelVersion(temporary.store, actor, {
    name: "theirs",
    version: "1.0.0",
    weights: Uint8Array.of(1),
    onnx: Uint8Array.of(3),
    architecture: "StarDist",
    contract: { adapter: { kind: "stardist" } },
    card: {},
    licence: "CC0-1.0",
  });
  await expect(train({ steps: 1, baseModelVersionId: theirs.id })).rejects.toThrow(
    "network of another program",
  );
});

test("a version from outside has no run to repeat", async () => {
  const outside = await importModelVersion(temporary.store, actor, {
    name: "outside",
    version: "1.0.0",
    weights: Uint8Array.of(1),
    onnx: Uint8Array.of(2),
    architecture: "none",
    contract: {},
    card: {},
    licence: "CC0-1.0",
  });
  const { state, error } = await reproduce(outside.id);
  expect(state).toBe("failed");
  expect(error).toMatchObject({ code: "training.config" });
  await expect(readRunFile(temporary.store, outside)).rejects.toMatchObject({ code: "training.config" });
});
