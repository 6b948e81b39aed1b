/** Images against the labels as they were accepted before the freeze: of two compartments, and of a region only. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  createProject,
  ensureOwner,
  exportDatasetItems,
  freezeDataset,
  getImage,
  insertImage,
  layerObjects,
  listDatasetItems,
  readOutcomes,
  type Store,
  setCoverage,
} from "#store/index.ts";
import { box } from "#store/testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { scoreImage } from "./evaluate-image.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

/** Squares of a side at places, as a label image of 40 x 60. */
function squares(side: number, ...places: readonly (readonly [y: number, x: number])[]): LabelImage {
  const labels = labelImage(40, 60);
  places.forEach(([y, x], k) => {
    for (let row = y; row < y + side; row++) labels.data.fill(k + 1, row * 60 + x, row * 60 + x + side);
  });
  return labels;
}
const objectsOf = (labels: LabelImage) =>
  [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));

test("nuclei and whole cells are scored apart, with the labels of the time of the freeze", async () => {
  const { id: projectId } = await createProject(store, person, "two compartments");
  const nuclei = squares(6, [5, 5], [5, 35]);
  const cells = squares(14, [1, 1], [1, 31]);
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "pair",
    group: "g",
    image: imageArray(
      "uint8",
      "yx",
      [40, 60],
      Uint8Array.from(cells.data, (v, i) => 40 * v + (i % 30)),
    ),
    layers: [
      { compartment: "nuclear", objects: objectsOf(nuclei) },
      { compartment: "wholeCell", objects: objectsOf(cells) },
    ],
    metadata: { organ: "lung", note: "free text is no facet" },
    source: { title: "made here", licence: "CC0-1.0" },
  });
  const dataset = await freezeDataset(store, person, { projectId, name: "pairs", query: "" });
  // After the freeze somebody deletes a cell: the evaluation of the frozen version must not see it.
  const layer = (await getImage(store, imageId)).layers.find(
    ({ compartment }) => compartment === "wholeCell",
  );
  const [gone] = (await layerObjects(store, layer?.id as string)).objects;
  const shape = gone?.shape as ObjectShape;
  await appendEdits(store, person, layer?.id as string, [
    {
      operationId: "gone",
      kind: "delete",
      tool: "test",
      msSpent: 0,
      changes: [{ uid: gone?.uid as string, before: shape, after: null }],
    },
  ]);
  await commitRevision(store, person, layer?.id as string);

  const { items } = await listDatasetItems(store, dataset.id);
  const [item] = await exportDatasetItems(store, items, dataset.createdAt);
  if (item === undefined) throw new Error("the frozen item is not there");
  const score = (compartment: "nuclear" | "wholeCell" | "cytoplasm", predicted: LabelImage) =>
    scoreImage(store, item, compartment, predicted);
  const asNuclei = await score("nuclear", nuclei);
  expect(asNuclei?.tally.sums).toMatchObject({ references: 2, correct: 2, missed: 0 });
  expect(asNuclei?.facets).toMatchObject({ organ: "lung", objectSize: "below 8 px" });
  expect(asNuclei?.facets["note"]).toBeUndefined();
  const asCells = await score("wholeCell", squares(14, [1, 1]));
  expect(asCells?.tally.sums).toMatchObject({ references: 2, correct: 1, missed: 1 });
  const missed = (await readOutcomes(store, asCells?.outcomes.digest as string)).find(
    (one) => one.class === "missed",
  );
  expect(missed?.shape.bbox).toEqual([1, 31, 15, 45]);
  expect(await score("cytoplasm", nuclei)).toBeNull();
}, 60_000);

test("cells where nobody annotated are not false, by what the layer said when it was frozen", async () => {
  const { id: projectId } = await createProject(store, person, "a region");
  const labelled = objectsOf(squares(6, [5, 5], [5, 35]));
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "field",
    group: "g",
    image: imageArray(
      "uint8",
      "yx",
      [40, 60],
      Uint8Array.from({ length: 2400 }, (_, i) => i % 251),
    ),
    layers: [
      { compartment: "nuclear", objects: labelled },
      // A second person who outlined one cell and says so.
      { compartment: "nuclear", name: "Ben", objects: labelled.slice(0, 1), coverage: "sparse" },
    ],
    source: { title: "made here", licence: "CC0-1.0" },
  });
  const layers = (await getImage(store, imageId)).layers;
  const main = layers.find(({ name }) => name === "")?.id as string;
  const freeze = async (version: string) => {
    const dataset = await freezeDataset(store, person, { projectId, name: version, query: "" });
    const { items } = await listDatasetItems(store, dataset.id);
    const [item] = await exportDatasetItems(store, items, dataset.createdAt);
    if (item === undefined) throw new Error("the frozen item is not there");
    return item;
  };
  const whole = await freeze("whole");
  // Everything is labelled in columns 0 to 29.
  await setCoverage(store, person, main, { coverage: "region", region: box(0, 0, 40, 30) });
  const part = await freeze("part");
  await setCoverage(store, person, main, { coverage: "sparse", region: null });
  const sparse = await freeze("sparse");
  // Both labelled cells, a false one inside the region, two outside of it.
  const predicted = squares(6, [5, 5], [5, 35], [25, 5], [25, 40], [15, 50]);
  const sumsOf = async (item: typeof part) =>
    (await scoreImage(store, item, "nuclear", predicted))?.tally.sums;
  const found = { references: 2, correct: 2, missed: 0, uncountedReferences: 0 };
  expect(await sumsOf(whole)).toMatchObject({ ...found, predictions: 5, gained: 3, uncountedPredictions: 0 });
  expect(await sumsOf(part)).toMatchObject({ ...found, predictions: 3, gained: 1, uncountedPredictions: 2 });
  expect(await sumsOf(sparse)).toMatchObject({
    ...found,
    predictions: 2,
    gained: 0,
    uncountedPredictions: 3,
  });
  const scored = await scoreImage(store, part, "nuclear", predicted);
  const outcomes = await readOutcomes(store, scored?.outcomes.digest as string);
  expect(outcomes.filter(({ side }) => side === "predicted").map(({ shape }) => shape.bbox)).toEqual([
    [5, 5, 11, 11],
    [5, 35, 11, 41],
    [25, 5, 31, 11],
  ]);
  // What Ben leaves open says nothing against him.
  expect(scored?.human?.sums).toMatchObject({ references: 1, correct: 1, missed: 0, uncountedReferences: 1 });
}, 60_000);
