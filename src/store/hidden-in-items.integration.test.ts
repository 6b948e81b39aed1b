/** Freezing layers whose cells overlap: what their label images hide is counted, kept with the version and said. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { EditOperation } from "#core/edits/index.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import { datasetCard } from "./dataset-card.ts";
import { getDatasetVersion } from "./datasets.ts";
import { appendEdits } from "./edits.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { hiddenInItems } from "./hidden-in-items.ts";
import { insertImage } from "./images.ts";
import { ensureLayer } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent, Compartment } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let projectId: string;
let spread: string;

type Box = readonly [number, number, number, number];

// Cell 1 lies wholly under cell 3; cells 2 and 3 share 5 x 5 pixels.
const crossed: readonly Box[] = [
  [12, 12, 16, 16],
  [0, 0, 15, 15],
  [10, 10, 30, 30],
];
const apart: readonly Box[] = [
  [0, 0, 8, 8],
  [20, 20, 30, 30],
];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
  projectId = (await createProject(store, person, "spreads")).id;
  spread = await addImage("spread", 1);
  await addLayer(spread, "nuclear", true, crossed);
  await addLayer(spread, "wholeCell", true, crossed.slice(1));
  await addLayer(await addImage("beside", 2), "nuclear", true, apart);
  await addLayer(await addImage("plain", 3), "nuclear", false, apart);
});
afterAll(() => temporary.end());

async function addImage(name: string, seed: number): Promise<string> {
  const source = { title: "test", licence: "CC0-1.0" };
  const image = sampleImage(40, 40, seed);
  return (await insertImage(store, person, { projectId, name, group: name, image, source })).imageId;
}

async function addLayer(
  imageId: string,
  compartment: Compartment,
  overlapAllowed: boolean,
  boxes: readonly Box[],
): Promise<void> {
  const layer = await ensureLayer(store, person, imageId, compartment, { overlapAllowed });
  const operations = boxes.map((at, i): EditOperation => {
    const uid = `${imageId}-${compartment}-${i}`;
    return edit(`op-${uid}`, [{ uid, before: null, after: box(...at) }]);
  });
  await appendEdits(store, person, layer.id, operations);
  await commitRevision(store, person, layer.id, { accepted: true });
}

const sentence =
  "Cells overlap in 2 layers: a label image shows the one with the larger number, so 66 pixels of 3 cells are hidden. " +
  "Training and evaluation see label images.";

test("a preview and the version say what is hidden per image; covered cells stay in the counts", async () => {
  const preview = await previewDataset(store, projectId, { query: "" });
  expect(preview.hidden).toEqual({
    // Cell 1 loses its 16 pixels, cell 2 the 25 that it shares with cell 3, in both compartments.
    pixels: 66,
    cells: 3,
    covered: 1,
    items: [
      { imageId: spread, name: "spread", compartment: "nuclear", pixels: 41, cells: 2, covered: 1 },
      { imageId: spread, name: "spread", compartment: "wholeCell", pixels: 25, cells: 1, covered: 0 },
    ],
    notes: [sentence, 'Not to be seen at all: cell 1 of "spread" (nuclear).'],
  });
  expect(preview.cells).toBe(3 + 2 + 2);
  const version = await freezeDataset(store, person, { projectId, name: "d", query: "" });
  expect(version.hidden).toEqual(preview.hidden);
  expect(await getDatasetVersion(store, "d", projectId)).toEqual(version);
  const section = datasetCard(version).sections.find(({ heading }) => heading === "Overlapping cells");
  expect(section?.lines).toEqual(preview.hidden.notes);
});

test("nothing is said where every pixel is to be seen", async () => {
  const { hidden } = await previewDataset(store, projectId, { query: 'name="beside" or name="plain"' });
  expect(hidden).toEqual({ pixels: 0, cells: 0, covered: 0, items: [], notes: [] });
  const version = await freezeDataset(store, person, { projectId, name: "e", query: 'name="plain"' });
  expect(datasetCard(version).sections.map(({ heading }) => heading)).not.toContain("Overlapping cells");
});

test("a preview says which layers it did not look at", async () => {
  const { id } = await getDatasetVersion(store, "d", projectId);
  const items = `(SELECT * FROM dataset_item WHERE dataset_version_id = '${id}')`;
  const { notes, items: listed } = await hiddenInItems(store, items, 4);
  // Two cells of "beside" and two of the smaller layer of "spread" fit.
  expect(listed.map(({ compartment }) => compartment)).toEqual(["wholeCell"]);
  expect(notes.at(-1)).toBe("Cells may overlap in 1 more layer; freezing looks at all.");
});

test("versions from before have nothing to say", async () => {
  const { id } = await getDatasetVersion(store, "e", projectId);
  await store.sql.query("UPDATE dataset_version SET report = report - 'hidden' WHERE id = $1", [id]);
  expect((await getDatasetVersion(store, id)).hidden).toBeNull();
});
