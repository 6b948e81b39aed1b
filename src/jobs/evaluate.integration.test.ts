/** Evaluation as a job: the shipped model on made-up cells, image by image, cell by cell, beside a second version. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { matchObjects, scoreSegmentation } from "#core/metrics/index.ts";
import { upgradeContract } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  comparePinnedImage,
  comparePinnedImages,
  createProject,
  type DatasetVersionDetail,
  ensureOwner,
  evaluationCells,
  evaluationImages,
  freezeDataset,
  getEvaluation,
  importModelVersion,
  insertImage,
  listPinnedImages,
  type ModelVersion,
  pinImages,
  readOutcomes,
  releaseGate,
  type Store,
  unpinImages,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { withSegmentationModel } from "./segmentation-models.ts";
import { registerShippedModels } from "./shipped-models/register-models.ts";
import { runJobHere } from "./submit.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let dataset: DatasetVersionDetail;
let released: ModelVersion;
let candidate: ModelVersion;
const scenes: { readonly imageId: string; readonly labels: LabelImage; readonly pixels: Uint8Array }[] = [];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, person, "evaluations")).id;
  // The fifth is there to be trained on; a dataset without training images is none.
  for (let k = 0; k < 5; k++) {
    const { labels, image } = makeSyntheticCells({ height: 112, width: 112, seed: `scene ${k}` });
    const pixels = Uint8Array.from(image.data, (value) => Math.min(255, value / 64));
    const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
    // A second person who missed the last cell.
    const second = { compartment: "nuclear" as const, name: "Ben", objects: objects.slice(0, -1) };
    const { imageId } = await insertImage(store, person, {
      projectId,
      name: `scene ${k}`,
      image: imageArray("uint8", "yx", [112, 112], pixels),
      layers: [{ compartment: "nuclear", objects }, ...(k === 0 ? [second] : [])],
      group: `g${k}`,
      metadata: { organ: k % 2 === 0 ? "lung" : "liver" },
      source: { title: "made here", licence: "CC0-1.0" },
    });
    if (k < 4) scenes.push({ imageId, labels, pixels });
  }
  dataset = await freezeDataset(store, person, {
    projectId,
    name: "made-cells",
    query: "",
    roleChanges: ["g0", "g1", "g2", "g3"].map((group) => ({
      group,
      role: "test" as const,
      reason: "to be scored",
    })),
  });
  const log = { write: () => undefined };
  const models = await registerShippedModels(store, person, join(import.meta.dirname, "../../models"), log);
  released = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"))
    ?.version as ModelVersion;
  // The same network with another threshold for its seeds: it merges or splits other cells.
  const contract = upgradeContract(released.contract);
  candidate = await importModelVersion(store, person, {
    name: released.name,
    version: "9.0.0",
    weights: await store.blobs.get(released.weightsDigest),
    onnx: await store.blobs.get(released.onnxDigest),
    architecture: released.architecture,
    contract: {
      ...contract,
      compartments: contract.compartments.map((one) => ({
        ...one,
        postprocessing: { ...one.postprocessing, seedProminence: 0.9, seedDistancePx: 40 },
      })),
    },
    card: {},
    licence: released.licence,
    stage: "candidate",
    projectId,
  });
}, 60_000);
afterAll(() => temporary.end());

async function run(params: Record<string, unknown>): Promise<Record<string, unknown>> {
  const job = await runJobHere(store, person, {
    kind: "evaluate",
    projectId,
    title: "evaluate",
    params: params as never,
  });
  expect(job).toMatchObject({ state: "done", error: null });
  return job.result ?? {};
}

const evaluate = async (version: ModelVersion) => {
  const result = await run({ modelVersionId: version.id, datasetVersionId: dataset.id, split: "test" });
  return getEvaluation(store, result["evaluationId"] as string);
};

test("scores are those of the labels; images, cells and the second person are kept; again gives the same record", async () => {
  expect(dataset.split.test.images).toBe(4);
  const evaluation = await evaluate(released);
  const again = await evaluate(released);
  expect(again.id).toBe(evaluation.id);
  expect(evaluation).toMatchObject({ compartment: "nuclear", imageCount: 4 });
  let [tp, references] = [0, 0];
  for (const { labels, pixels } of scenes) {
    const image = imageArray("uint8", "yx", [112, 112], pixels);
    const seen = await withSegmentationModel(store, released, (model) => model.predict(image, { mpp: null }));
    const [half] = scoreSegmentation(labels, seen.labels).byThreshold;
    tp += half?.tp ?? 0;
    references += half?.referenceCount ?? 0;
  }
  expect(tp).toBeGreaterThan(0);
  expect(evaluation.scores[0]).toMatchObject({ tp, fn: references - tp });

  const images = await evaluationImages(store, evaluation.id);
  expect(images.map(({ imageId }) => imageId).sort()).toEqual(scenes.map(({ imageId }) => imageId).sort());
  const first = images.find(({ imageId }) => imageId === scenes[0]?.imageId);
  const labels = scenes[0]?.labels as LabelImage;
  const outcomes = await readOutcomes(store, first?.outcomeDigest as string);
  const shapes = objectShapesFromLabels(labels);
  for (const one of outcomes.filter(({ side }) => side === "reference")) {
    expect(one.shape).toEqual(shapes.get(one.label));
    expect(one.uid).toMatch(/^[0-9A-Z]{26}$/);
  }
  // The second person has all cells but one, exactly.
  expect(first?.human?.sums).toMatchObject({ correct: shapes.size - 1, missed: 1, gained: 0 });
  const { agreement, facets } = evaluation.report ?? {};
  expect(agreement?.comparison.scores.recall.a).toBeCloseTo((shapes.size - 1) / shapes.size, 12);
  expect(
    facets?.filter(({ field }) => field === "organ").map(({ value, imageCount }) => [value, imageCount]),
  ).toEqual([
    ["liver", 2],
    ["lung", 2],
  ]);
  expect(facets?.some(({ field }) => field === "density")).toBe(true);

  const missed = evaluation.errors.missed;
  const all = await evaluationCells(store, evaluation.id, { class: "missed", limit: 200 });
  expect([all.total, all.items.length, all.nextCursor]).toEqual([missed, missed, null]);
  const pages: number[] = [];
  for (let cursor: string | undefined = undefined; ; ) {
    const page: Awaited<ReturnType<typeof evaluationCells>> = await evaluationCells(store, evaluation.id, {
      class: "correct",
      limit: 5,
      cursor,
    });
    pages.push(...page.items.map(({ image, outcome }) => 1000 * image.position + outcome.label));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(new Set(pages).size).toBe(evaluation.errors.correct);
}, 120_000);

test("pinned images: a release waits until both versions were laid side by side on them", async () => {
  const [one, two] = scenes.map(({ imageId }) => imageId) as [string, string];
  await pinImages(store, person, projectId, [one, two, one]);
  expect((await listPinnedImages(store, projectId)).map(({ imageId }) => imageId).sort()).toEqual(
    [one, two].sort(),
  );
  const before = await comparePinnedImages(store, projectId, released.id, candidate.id);
  expect([before.differences, before.missing.length]).toEqual([[], 2]);
  expect(await run({ modelVersionId: candidate.id, pinnedOf: projectId })).toMatchObject({
    againstId: released.id,
    predicted: 4,
    failed: 0,
  });
  // Nothing is predicted twice.
  expect(await run({ modelVersionId: candidate.id, pinnedOf: projectId })).toMatchObject({ predicted: 0 });
  const { differences, missing } = await comparePinnedImages(store, projectId, released.id, candidate.id);
  expect([differences.length, missing]).toEqual([2, []]);
  for (const { image, counts, before: old, after, identical } of differences) {
    const pixels = scenes.find(({ imageId }) => imageId === image.imageId)?.pixels as Uint8Array;
    const see = async (version: ModelVersion) =>
      (
        await withSegmentationModel(store, version, (model) =>
          model.predict(imageArray("uint8", "yx", [112, 112], pixels), { mpp: null }),
        )
      ).labels;
    const [a, b] = [await see(released), await see(candidate)];
    const match = matchObjects(a, b, 1);
    expect([old, after, identical]).toEqual([match.referenceCount, match.predictedCount, match.tp]);
    const { changes } = await comparePinnedImage(store, image, "nuclear", released.id, candidate.id);
    expect(changes.filter(({ verb }) => verb === "merged")).toHaveLength(counts.merged);
  }
  expect(differences.some(({ counts }) => counts.merged + counts.removed + counts.reshaped > 0)).toBe(true);
  await unpinImages(store, person, projectId, [one]);
  expect(await listPinnedImages(store, projectId)).toHaveLength(1);
}, 120_000);

test("the gate names pinned images that nobody could look at", async () => {
  await evaluate(candidate);
  const [, , third] = scenes.map(({ imageId }) => imageId);
  const open = await releaseGate(store, candidate.id);
  await pinImages(store, person, projectId, [third as string]);
  const gate = await releaseGate(store, candidate.id);
  // Whether the candidate beats the released one is the model's affair; if it does, the pinned image stands in the way.
  expect(gate.passed).toBe(false);
  if (open.passed) expect(gate.reason).toContain("1 pinned image yet");
  else expect(gate.reason).toBe(open.reason);
}, 120_000);

test("an image that cannot be predicted is listed, and the others are compared", async () => {
  const { id } = await createProject(store, person, "pinned faults");
  const bad = imageArray("float32", "yx", [40, 40], new Float32Array(1600).fill(Number.NaN));
  const { imageId } = await insertImage(store, person, {
    projectId: id,
    name: "nothing but NaN",
    image: bad,
    labels: labelImage(40, 40),
    source: { title: "made here", licence: "CC0-1.0" },
  });
  await pinImages(store, person, id, [imageId]);
  const job = await runJobHere(store, person, {
    kind: "evaluate",
    projectId: id,
    title: "evaluate",
    params: { modelVersionId: candidate.id, pinnedOf: id },
  });
  expect(job).toMatchObject({
    state: "done",
    result: { failed: 2 },
    items: [{ state: "failed" }, { state: "failed" }],
  });
  expect(job.items[0]?.error?.code).toBe("array.nan");
}, 60_000);
