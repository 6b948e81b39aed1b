/**
 * Labels of a region on their way into a training: from files with vague areas to the weights of pixels, and what a person
 * says later.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import { defaultSegmentationConfig, type LayerReview, prepareItem } from "#nn/index.ts";
import {
  type Agent,
  agentOf,
  checkImageById,
  createProject,
  type DatasetVersionDetail,
  ensureOwner,
  freezeDataset,
  getImage,
  imageIdsForQuery,
  insertImage,
  layerCoverage,
  type Store,
  setCoverage,
} from "#store/index.ts";
import { box } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeNuInsSeg } from "#testing/datasets/histology.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { runJobHere } from "../submit.ts";
import { openSources } from "./training-inputs.ts";

let temporary: TemporaryStore;
let store: Store;
let actor: Agent;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  actor = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const freeze = (projectId: string): Promise<DatasetVersionDetail> =>
  freezeDataset(store, actor, {
    projectId,
    name: "regions",
    query: "",
    split: { validation: 0, test: 0 },
    waivers: [{ rule: "unknownGroup", key: null, reason: "nothing is tested" }],
  });

/** An image of a version as a training sees it, with the weights of its pixels. */
async function trained(dataset: DatasetVersionDetail, imageId: string) {
  const config = defaultSegmentationConfig();
  const { train } = await openSources(store, dataset, config);
  const item = await train.load(imageId);
  const { channels, percentileLow: low, percentileHigh: high } = config;
  const normalisation = { kind: "percentile", low, high } as const;
  // In the pixels of the image, whatever size its cells would be brought to.
  const { labels, weights } = prepareItem({ ...item, scale: 1 }, { channels, normalisation, mpp: null });
  const facts = train.facts.find(({ id }) => id === imageId);
  return { item, facts, labels: labels.nuclear, weights: weights?.nuclear };
}

test("vague areas of NuInsSeg become a region, and training counts the background inside it only", async () => {
  const folder = join(temporary.home, "nuinsseg");
  for (const [path, bytes] of Object.entries(makeNuInsSeg({ seed: 3 }).files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const { id: projectId } = await createProject(store, actor, "vague");
  const params = { rootPath: folder, answers: { mpp: "unknown" as const } };
  const job = await runJobHere(store, actor, { kind: "ingest", projectId, title: "import", params });
  expect([job.error, job.items.filter(({ state }) => state === "failed")]).toEqual([null, []]);
  const images = await Promise.all(
    (await imageIdsForQuery(store, projectId, { type: "all" })).map((id) => getImage(store, id)),
  );
  const vague = images.find(({ layers }) => layers[0]?.coverage === "region");
  expect(images.filter(({ layers }) => layers[0]?.coverage === "region")).toHaveLength(1);
  const { region } = await layerCoverage(store, vague?.layers[0]?.id ?? "");
  expect(region === null ? 0 : shapeArea(region)).toBe(1600 - 120);

  for (const { id } of images) await checkImageById(store, id);
  const dataset = await freeze(projectId);
  const { labels, weights, facts } = await trained(dataset, vague?.id ?? "");
  expect(facts?.places?.length).toBeGreaterThan(0);
  // Rows 3 to 39 are labelled completely; in rows 0 to 2 only objects and the gap around them count.
  const data = labels?.data ?? new Int32Array();
  const zeros = Array.from(weights ?? []).flatMap((weight, i) => (weight === 0 ? [i] : []));
  expect(zeros.length).toBeGreaterThan(0);
  for (const i of zeros) {
    const [y, x] = [Math.floor(i / 40), i % 40];
    expect(y).toBeLessThan(3);
    const nearest = data.reduce(
      (least, label, j) =>
        label === 0 ? least : Math.min(least, Math.hypot(Math.floor(j / 40) - y, (j % 40) - x)),
      Number.POSITIVE_INFINITY,
    );
    expect(nearest).toBeGreaterThan(2);
  }
  expect(weights?.every((weight) => weight === 0 || weight === 1)).toBe(true);
});

test("a region said later is used by the next version, by the one before not", async () => {
  const { id: projectId } = await createProject(store, actor, "said later");
  const { image: plane, labels } = makeSyntheticCells({ height: 64, width: 64, seed: 8 });
  const { imageId } = await insertImage(store, actor, {
    projectId,
    name: "field",
    group: "g",
    image: imageArray(plane.dtype, "yx", [64, 64], plane.data),
    labels,
    source: { title: "made", licence: "CC0-1.0" },
  });
  const before = await freeze(projectId);
  const [layer] = (await getImage(store, imageId)).layers;
  await setCoverage(store, actor, layer?.id ?? "", { coverage: "region", region: box(0, 0, 64, 32) });
  const after = await freeze(projectId);
  expect((await trained(before, imageId)).weights).toBeUndefined();
  const { item, weights, facts } = await trained(after, imageId);
  const review = item.review?.nuclear as LayerReview;
  expect(review).toMatchObject({ coverage: "region", reviewed: true });
  expect(review.region?.data.reduce((sum, value) => sum + value, 0)).toBe(64 * 32);
  const left = Array.from(weights ?? []).filter((_, i) => i % 64 < 32);
  expect(left.every((weight) => weight === 1)).toBe(true);
  const right = Array.from(weights ?? []).filter((_, i) => i % 64 >= 32);
  expect(right.some((weight) => weight === 0)).toBe(true);
  // Places to cut crops at: every cell, and one of the region.
  const cells = new Set(labels.data.filter((label) => label > 0)).size;
  expect(facts?.places).toHaveLength(cells + 1);
});
