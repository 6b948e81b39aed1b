/** Corrections of tracks become a version of the linker: through a dataset version, the usual job, and the usual gate. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { OriginChange } from "#core/edits/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { simulateMovie } from "#core/movie/index.ts";
import { packageRoot } from "#platform/index.ts";
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
  getModelVersion,
  importModelVersion,
  insertImage,
  type ModelVersion,
  modelCard,
  releaseGate,
  type Store,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";
import { openStoredLinker } from "../track/open-linker.ts";
import type { LinkerFineTuning } from "./fine-tune-linker.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let program: Agent;
let projectId: string;
let base: ModelVersion;

const size = 96;
const frameCount = 8;

async function importLinker(): Promise<ModelVersion> {
  const folder = join(packageRoot, "models", "cell-linker", "1.0.0");
  const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
  const card = JSON.parse(new TextDecoder().decode(bytes("card.json")));
  return importModelVersion(store, person, {
    ...{ name: card.name, version: card.version, licence: card.licence, architecture: card.architecture },
    ...{ contract: card.contract, card: card.card, weights: bytes("weights.bin"), onnx: bytes("model.onnx") },
  });
}

let numbers = 0;
const nextId = (): string => String(++numbers).padStart(26, "0");

async function save(by: Agent, layerId: string, more: object): Promise<void> {
  const edit = {
    operationId: nextId(),
    kind: "draw" as const,
    tool: "test",
    changes: [],
    msSpent: 1,
    ...more,
  };
  expect(await appendEdits(store, by, layerId, [edit])).toMatchObject([{ state: "saved" }]);
}

/** A movie linked by a program, which changed two neighbours in frame 4; a person put them right when asked to. */
async function addMovie(seed: number, corrected: boolean): Promise<void> {
  const movie = simulateMovie(
    {
      ...{ look: "nuclear", density: "medium", frameCount, height: size, width: size, mppUm: 0.8 },
      ...{ missedFrames: 0, deathsPerCycle: 0, cycleH: 40 },
    },
    seed,
  );
  const frames = [...movie.frames];
  const { dtype } = frames[0]!.image;
  const pixels = imageArray(dtype, "tyx", [frameCount, size, size]);
  for (const { t, image } of frames) pixels.data.set(image.data, t * size * size);
  const source = { title: "simulated", licence: "CC0-1.0" };
  const { imageId } = await insertImage(store, person, {
    ...{ projectId, name: `movie ${seed}`, image: pixels, source, group: `group ${seed}` },
  });
  const layerId = (await ensureLayer(store, person, imageId, "nuclear")).id;
  const uidOf = (t: number, label: number): string => `m${seed}c${t}x${label}`;
  const seen = frames.map(({ labels }) => objectShapesFromLabels(labels, { t: 0, z: 0 }));
  const changes = frames.flatMap(({ t, labels }) =>
    [...objectShapesFromLabels(labels, { t, z: 0 })].map(([label, after]) => ({
      ...{ uid: uidOf(t, label), before: null, after },
    })),
  );
  await save(person, layerId, { changes });
  const both = [...seen[3]!.keys()].filter((label) => seen[4]!.has(label));
  const [a, b] = both as [number, number];
  const other = (t: number, label: number): number =>
    t !== 4 ? label : label === a ? b : label === b ? a : label;
  const links = frames.slice(1).flatMap(({ t }): OriginChange[] =>
    [...seen[t]!.keys()]
      .filter((label) => seen[t - 1]!.has(other(t, label)))
      .map((label) => ({
        ...{ uid: uidOf(t, label), before: null },
        after: { uid: uidOf(t - 1, other(t, label)), kind: "link" },
      })),
  );
  await save(program, layerId, { kind: "propose", origins: links });
  const right = [a, b].map(
    (label): OriginChange => ({
      uid: uidOf(4, label),
      before: { uid: uidOf(3, other(4, label)), kind: "link" },
      after: { uid: uidOf(3, label), kind: "link" },
    }),
  );
  if (corrected) await save(person, layerId, { origins: right });
  await commitRevision(store, person, layerId, { accepted: true });
}

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  program = await ensureAgent(store, "rule", "a program");
  ({ id: projectId } = await createProject(store, person, "movies"));
  base = await importLinker();
});
afterAll(() => temporary.end());

async function train(datasetVersionId: string) {
  const waivers = [{ rule: "baseModelOverlap" as const, key: null, reason: "made for this test" }];
  return runJobHere(store, person, {
    kind: "train",
    projectId: null,
    title: "Train",
    params: {
      ...{
        datasetVersionId,
        modelName: "cell-linker",
        baseModelVersionId: base.id,
        seed: 1,
        steps: 12,
        waivers,
      },
      config: { lookEvery: 6 },
    },
  });
}

test("movies in which nobody judged a link teach nothing, and the refusal says what to do", async () => {
  for (const seed of [1, 2, 3]) await addMovie(seed, false);
  const dataset = await freezeDataset(store, person, { projectId, name: "unjudged", query: "" });
  const job = await train(dataset.id);
  expect(job).toMatchObject({ state: "failed", error: { code: "training.config" } });
  expect(job.error!.message).toContain("too few judged links");
});

test("corrections become a version bound to the dataset, scored on test movies, made again to the byte", async () => {
  for (const seed of [11, 12, 13, 14, 15, 16, 17]) await addMovie(seed, true);
  const dataset = await freezeDataset(store, person, { projectId, name: "judged", query: "" });
  const job = await train(dataset.id);
  if (job.state !== "done") throw new Error(JSON.stringify(job.error));
  const version = await getModelVersion(store, String(job.result!["modelVersionId"]));
  expect(version).toMatchObject({
    ...{ name: "cell-linker", version: "1.1.0", stage: "candidate" },
    dataset: { name: "judged", digest: dataset.digest },
    training: { baseModel: "cell-linker@1.0.0", seed: 1 },
    contract: { kind: "linking" },
  });
  const found = (await modelCard(store, version.id))["fineTuning"] as LinkerFineTuning;
  // Only movies of training and validation, only frame 4 of each, two links right and two wrong ones taken away.
  const judged = found.movies.filter(({ decisions }) => decisions > 0);
  expect(judged.length).toBeGreaterThan(2);
  expect(
    judged.every(({ decisions, frames, windows }) => decisions === 4 && frames === 1 && windows === 1),
  ).toBe(true);
  expect(found.after.loss).toBeLessThanOrEqual(found.before.loss);
  expect(new Set(judged.map(({ digest }) => digest)).size).toBe(judged.length);
  // Both are scored by links of the same frozen movies, and the gate compares them.
  const [test] = version.evaluations.filter(({ split }) => split === "test");
  expect(test).toMatchObject({ metricVersion: "links/1", datasetVersionId: dataset.id });
  expect(test!.scores.find(({ threshold }) => threshold === 0.5)!.tp).toBeGreaterThan(0);
  const gate = await releaseGate(store, version.id);
  expect(gate.reason).toContain("share of links right");
  expect(gate.released?.name).toBe("cell-linker@1.0.0");
  // The file links movies.
  const linker = await openStoredLinker(store, version);
  expect(linker.name).toBe("cell-linker@1.1.0");
  await linker.release();
  const again = await runJobHere(store, person, {
    ...{ kind: "reproduce", projectId: null, title: "Again", params: { modelVersionId: version.id } },
  });
  expect(again.result).toMatchObject({ same: true, largestDifference: 0 });
});
