/** Images that are corrected but not accepted: frozen to train only, with what a person vouched for at that time. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { agentOf, ensureAgent } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { setCoverage } from "./coverage.ts";
import type { DatasetItem } from "./dataset-types.ts";
import { listDatasetItems } from "./datasets.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { getImage, insertImage } from "./images.ts";
import { readItemReview } from "./layer-review.ts";
import { ensureLayer, layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { replaceProposals } from "./proposals.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let model: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  model = await ensureAgent(store, "model", "nuclei@1.0.0");
});
afterAll(() => temporary.end());

async function addImage(projectId: string, group: string, accepted: boolean): Promise<string> {
  const source = { title: "test", licence: "CC0-1.0" };
  const labels = accepted ? squares(64, 64) : undefined;
  const image = sampleImage(64, 64, ++seed);
  return (await insertImage(store, person, { projectId, name: group, group, image, labels, source })).imageId;
}

/** Sixteen proposals; the person redraws the first, removes the second, draws one of their own, and commits. */
async function correct(imageId: string): Promise<string> {
  const layer = await ensureLayer(store, person, imageId, "nuclear");
  await replaceProposals(store, model, layer.id, { labels: squares(64, 64) });
  const { objects } = await layerObjects(store, layer.id);
  const [first, second] = objects;
  await appendEdits(store, person, layer.id, [
    edit(`fix-${imageId}`, [
      { uid: first?.uid ?? "", before: first?.shape ?? null, after: box(0, 0, 12, 12) },
    ]),
    edit(`cut-${imageId}`, [{ uid: second?.uid ?? "", before: second?.shape ?? null, after: null }], {
      kind: "delete",
    }),
    edit(`own-${imageId}`, [{ uid: `own-${imageId}`, before: null, after: box(60, 60, 64, 64) }]),
  ]);
  await commitRevision(store, person, layer.id);
  return layer.id;
}

const itemOf = (items: readonly DatasetItem[], imageId: string): DatasetItem =>
  items.find((item) => item.imageId === imageId) as DatasetItem;

test("corrected images train only, on what was corrected, whatever is accepted later", async () => {
  const { id: projectId } = await createProject(store, person, "partial");
  for (const group of ["a", "b", "c", "d", "e", "f"]) await addImage(projectId, group, true);
  const open = await addImage(projectId, "only corrected", false);
  const layerId = await correct(open);
  const plain = await freezeDataset(store, person, { projectId, name: "plain", query: "" });
  expect(plain.itemCount).toBe(6);

  const split = { corrected: true };
  const frozen = await freezeDataset(store, person, { projectId, name: "partial", query: "", split });
  expect(frozen.itemCount).toBe(7);
  expect(frozen.options.corrected).toBe(true);
  const { items } = await listDatasetItems(store, frozen.id);
  const item = itemOf(items, open);
  expect(item.role).toBe("train");
  expect(item.strata["review"]).toBe("corrected");
  const accepted = items.filter(({ imageId }) => imageId !== open);
  expect(accepted.every(({ strata }) => strata["review"] === undefined)).toBe(true);
  expect(await readItemReview(store, accepted[0] as DatasetItem)).toBeNull();

  const review = await readItemReview(store, item);
  const { objects } = await layerObjects(store, layerId);
  const own = objects.find(({ uid }) => uid === `own-${open}`);
  expect(review).toMatchObject({ coverage: "exhaustive", accepted: false });
  expect(review?.touched).toEqual(new Set([1, own?.label]));
  expect(review?.cleared.map(({ bbox }) => bbox)).toEqual([[0, 16, 10, 26]]);

  // Accepted afterwards: the frozen item says what was known when it was frozen.
  await commitRevision(store, person, layerId, { accepted: true });
  expect(await readItemReview(store, item)).toEqual(review);
  const later = await freezeDataset(store, person, { projectId, name: "partial", query: "", split });
  const after = itemOf((await listDatasetItems(store, later.id)).items, open);
  expect(after.strata["review"]).toBeUndefined();
  expect(after.layerRoot).toBe(item.layerRoot);
  expect(later.digest).not.toBe(frozen.digest);
});

test("a later proposal that replaces another is no removal by a person; groups that judge leave corrected images out", async () => {
  const { id: projectId } = await createProject(store, person, "judges");
  const groups = ["a", "b", "c", "d", "e", "f"];
  for (const group of groups) await addImage(projectId, group, true);
  const frozen = await freezeDataset(store, person, { projectId, name: "whole", query: "" });
  const { items } = await listDatasetItems(store, frozen.id);
  const judge = items.find(({ role }) => role === "test") as DatasetItem;
  const trainer = items.find(({ role }) => role === "train") as DatasetItem;
  const [inTest, inTrain] = [
    await addImage(projectId, judge.group, false),
    await addImage(projectId, trainer.group, false),
  ];
  await correct(inTest);
  const layerId = await correct(inTrain);
  await replaceProposals(store, model, layerId, { labels: labelImage(64, 64) });
  await commitRevision(store, person, layerId);
  const split = { corrected: true };
  const partial = await freezeDataset(store, person, { projectId, name: "whole", query: "", split });
  const found = (await listDatasetItems(store, partial.id)).items;
  expect(found.some(({ imageId }) => imageId === inTest)).toBe(false);
  const review = await readItemReview(store, itemOf(found, inTrain));
  expect(review?.touched?.size).toBe(2);
  expect(review?.cleared.length).toBe(1);
});

test("corrections that no revision holds yet are taken in by the freeze, and only by it", async () => {
  const { id: projectId } = await createProject(store, person, "uncommitted");
  for (const group of ["a", "b", "c", "d"]) await addImage(projectId, group, true);
  const imageId = await addImage(projectId, "open", false);
  const layer = await ensureLayer(store, person, imageId, "nuclear");
  await appendEdits(store, person, layer.id, [
    edit("only", [{ uid: "only", before: null, after: box(4, 4, 9, 9) }]),
  ]);
  const split = { corrected: true };
  const preview = await previewDataset(store, projectId, { query: "", split });
  expect(preview.images).toBe(4);
  expect(preview.excluded).toContainEqual({ reason: expect.stringContaining("freezing takes"), count: 1 });
  const frozen = await freezeDataset(store, person, { projectId, name: "taken", query: "", split });
  const item = itemOf((await listDatasetItems(store, frozen.id)).items, imageId);
  expect((await readItemReview(store, item))?.touched?.size).toBe(1);
  // Items that nobody accepted are no damage: they say so themselves.
  expect((await doctor(store)).findings).toEqual([]);
});

test("a sparse layer is frozen as such", async () => {
  const { id: projectId } = await createProject(store, person, "sparse");
  const imageId = await addImage(projectId, "a", true);
  const [layer] = (await getImage(store, imageId)).layers;
  await setCoverage(store, person, layer?.id ?? "", { coverage: "sparse", region: null });
  const waivers = [{ rule: "unknownGroup" as const, key: null, reason: "test" }];
  const frozen = await freezeDataset(store, person, { projectId, name: "sparse", query: "", waivers });
  const [item] = (await listDatasetItems(store, frozen.id)).items;
  expect(await readItemReview(store, item as DatasetItem)).toEqual({
    coverage: "sparse",
    region: null,
    accepted: true,
    touched: null,
    cleared: [],
  });
});
