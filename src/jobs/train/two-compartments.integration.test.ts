/** A version with labels of two compartments trains one model for both, without anybody saying so. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { upgradeContract } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  freezeDataset,
  getDatasetVersion,
  getModelVersion,
  getTrainingRun,
  insertImage,
  modelCard,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { runJobHere } from "../submit.ts";
import { configOf, openSources } from "./training-inputs.ts";

let temporary: TemporaryStore;
let actor: Agent;
let datasetVersionId = "";

/** Nuclei in the first channel, cells in the second; the last image lacks the second channel and the cells. */
beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  actor = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, actor, "two compartments");
  for (let i = 0; i < 5; i++) {
    const { image: plane, labels } = makeSyntheticCells({ height: 64, width: 64, seed: i });
    const both = i < 4;
    const pixels = new Float32Array((both ? 2 : 1) * 64 * 64);
    pixels.set(plane.data);
    if (both) pixels.set(plane.data, 64 * 64);
    const channels = [
      { index: 0, name: "DAPI", role: "nuclear" },
      { index: 1, name: "NaKATPase", role: "membrane" },
    ] as const;
    await insertImage(store, actor, {
      projectId,
      name: `image ${i}`,
      image: imageArray("float32", "cyx", [both ? 2 : 1, 64, 64], pixels),
      channels: channels.slice(0, both ? 2 : 1),
      labels,
      layers: both
        ? [
            {
              compartment: "wholeCell",
              objects: [...objectShapesFromLabels(labels).values()].map((shape) => ({ shape })),
            },
          ]
        : [],
      source: { title: "made", licence: "CC0-1.0" },
      group: `group ${i}`,
    });
  }
  datasetVersionId = (await freezeDataset(store, actor, { projectId, name: "made", query: "" })).id;
});
afterAll(() => temporary.end());

test("inputs, outputs and labels are those of the version", async () => {
  const { store } = temporary;
  const job = await runJobHere(store, actor, {
    kind: "train",
    projectId: null,
    title: "Train",
    params: {
      datasetVersionId,
      modelName: "both",
      seed: 3,
      steps: 3,
      config: { widths: [4, 6], cropSize: 32, batchSize: 2, validateEvery: 2, recordEvery: 1 },
    },
  });
  expect(job.error).toBeNull();
  const version = await getModelVersion(store, String(job.result?.["modelVersionId"]));
  const contract = upgradeContract(version.contract);
  expect(contract.compartments.map(({ compartment }) => compartment)).toEqual(["nuclear", "wholeCell"]);
  expect(contract.channels).toEqual([
    { role: "nuclear", required: true },
    { role: "membrane", required: false },
  ]);
  expect(await modelCard(store, version.id)).toMatchObject({
    task: "instance segmentation of nuclei and whole cells in single planes",
  });
  expect(contract.range?.imageCount).toBeGreaterThan(0);
  const run = await getTrainingRun(store, version.training?.runId ?? "");
  const dataset = await getDatasetVersion(store, datasetVersionId);
  const { train, validation } = await openSources(store, dataset, configOf(run));
  const items = await Promise.all(
    [train, validation].flatMap((source) => source.facts.map(({ id }) => source.load(id))),
  );
  expect(items.length).toBeGreaterThan(2);
  for (const { labels, channels, image } of items) {
    const both = image.shape[0] === 2;
    expect(channels).toEqual(both ? [0, 1] : [0, null]);
    expect(Object.keys(labels)).toEqual(both ? ["nuclear", "wholeCell"] : ["nuclear"]);
    if (both) expect(labels.wholeCell?.data).toEqual(labels.nuclear?.data);
  }
});
