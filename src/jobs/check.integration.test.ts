/** The job `check` on whole images: nuclei against cells, tracks, and a real model's opinion of its own labels. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import {
  type Agent,
  agentOf,
  appendEdits,
  commitRevision,
  createProject,
  ensureOwner,
  findingSummary,
  getImage,
  insertImage,
  layerObjects,
  listFindings,
  type NewLayer,
  type Store,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { withSegmentationModel } from "./segmentation-models.ts";
import { registerShippedModels } from "./shipped-models/register-models.ts";
import { runJobHere } from "./submit.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const source = { title: "made here", licence: "CC0-1.0" };

function square(y: number, x: number, side: number, t = 0): ObjectShape {
  const labels = labelImage(y + side, x + side);
  for (let row = y; row < y + side; row++)
    labels.data.fill(1, row * labels.width + x, (row + 1) * labels.width);
  return { ...(objectShapesFromLabels(labels).get(1) as ObjectShape), t };
}

async function check(projectId: string, params: { query?: string; modelVersionId?: string } = {}) {
  const job = await runJobHere(store, person, { kind: "check", projectId, title: "check", params });
  expect(job).toMatchObject({ state: "done", error: null });
  return job.result ?? {};
}

/** Rules of the findings with the labels of their objects. */
async function found(projectId: string, imageId: string): Promise<string[]> {
  const labels = new Map<string, number>();
  for (const { id } of (await getImage(store, imageId)).layers)
    for (const { uid, label } of (await layerObjects(store, id)).objects) labels.set(uid, label);
  const { items } = await listFindings(store, { projectId, limit: 500 });
  return items
    .filter(({ severity }) => severity !== "info")
    .map(({ rule, uids }) => `${rule} ${uids.map((uid) => labels.get(uid)).join("+")}`)
    .sort();
}

async function insert(projectId: string, layers: NewLayer[], frames = 1): Promise<string> {
  const shape = [frames, 120, 120];
  const data = Uint8Array.from({ length: frames * 120 * 120 }, (_, i) => (i * 7919) % 251);
  const image = imageArray("uint8", "tyx", shape, data);
  return (await insertImage(store, person, { projectId, name: "made", image, layers, source })).imageId;
}

test("nuclei are held against cells, after edits of either layer too", async () => {
  const { id: projectId } = await createProject(store, person, "compartments");
  const nuclei: NewLayer = {
    compartment: "nuclear",
    objects: [
      { shape: square(10, 10, 10), label: 1 },
      { shape: square(10, 24, 10), label: 2 },
      { shape: square(60, 10, 10), label: 3 },
    ],
  };
  const cells: NewLayer = {
    compartment: "wholeCell",
    objects: [
      { shape: square(5, 5, 40), label: 11 },
      { shape: square(70, 70, 30), label: 12 },
    ],
  };
  const imageId = await insert(projectId, [nuclei, cells]);
  expect(await check(projectId)).toMatchObject({ images: 1, objects: 5, errors: 0, failed: 0 });
  expect(await found(projectId, imageId)).toEqual(
    ["cellWithNuclei 1+1+2", "cellWithoutNucleus 2", "nucleusWithoutCell 3"].sort(),
  );
  const layer = (await getImage(store, imageId)).layers.find(({ compartment }) => compartment === "nuclear");
  const layerId = layer?.id as string;
  const { objects } = await layerObjects(store, layerId);
  const changes = objects
    .filter(({ label }) => label === 2)
    .map(({ uid, shape }) => ({ uid, before: shape, after: null }));
  await appendEdits(store, person, layerId, [
    { operationId: "gone", kind: "delete", tool: "test", msSpent: 0, changes },
  ]);
  await commitRevision(store, person, layerId);
  expect(await found(projectId, imageId)).toEqual(["cellWithoutNucleus 2", "nucleusWithoutCell 3"]);
});

test("tracks: a broken law is an error, a jump and a lonely frame are worth a look", async () => {
  const { id: projectId } = await createProject(store, person, "tracks");
  const objects = [
    // 1: three frames with a jump of 60 pixels, six diameters.
    { shape: square(10, 10, 10, 0), label: 1 },
    { shape: square(10, 12, 10, 1), label: 2 },
    { shape: square(10, 72, 10, 2), label: 3 },
    // One frame only, and a division with a single daughter.
    { shape: square(100, 100, 10, 1), label: 4 },
    { shape: square(60, 10, 10, 0), label: 5 },
    { shape: square(60, 12, 10, 1), label: 6 },
    { shape: square(60, 14, 10, 2), label: 7 },
  ];
  const links = [
    { from: 0, to: 1, kind: "link" as const },
    { from: 1, to: 2, kind: "link" as const },
    { from: 4, to: 5, kind: "division" as const },
    { from: 5, to: 6, kind: "link" as const },
  ];
  const imageId = await insert(projectId, [{ compartment: "nuclear", objects, links }], 3);
  await check(projectId);
  const lines = await found(projectId, imageId);
  expect(lines).toContain("trackJump 3+2");
  expect(lines).toContain("trackSingleFrame 4");
  expect(lines.filter((line) => line.startsWith("trackDoubt"))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith("trackAreaJump"))).toEqual([]);
});

test("a model agrees with labels made by itself; two of its cells made one are the one thing it sees differently", async () => {
  const log = { write: () => undefined };
  const models = await registerShippedModels(store, person, join(import.meta.dirname, "../../models"), log);
  const version = models.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"))?.version;
  if (version === undefined) throw new Error("no model ships with the program");
  const { image } = makeSyntheticCells({ height: 128, width: 128, seed: "opinion" });
  const [low, high] = [Math.min(...image.data), Math.max(...image.data)];
  const pixels = imageArray(
    "uint8",
    "yx",
    [128, 128],
    Uint8Array.from(image.data, (value) => Math.round((255 * (value - low)) / (high - low))),
  );
  const { labels } = await withSegmentationModel(store, version, (model) =>
    model.predict(pixels, { mpp: null }),
  );
  const seen = objectShapesFromLabels(labels);
  expect(seen.size).toBeGreaterThan(5);
  const add = async (name: string, changed: typeof labels) => {
    const { id } = await createProject(store, person, name);
    await insertImage(store, person, { projectId: id, name, image: pixels, labels: changed, source });
    return id;
  };
  const same = await add("same", labels);
  expect(await check(same, { modelVersionId: version.id })).toMatchObject({ images: 1, opinions: 0 });
  const [first, second] = [...seen.keys()];
  const merged = labelImage(
    128,
    128,
    labels.data.map((label) => (label === second ? (first as number) : label)),
  );
  const changed = await add("changed", merged);
  expect(await check(changed, { modelVersionId: version.id })).toMatchObject({ images: 1, opinions: 1 });
  const { rules } = await findingSummary(store, changed);
  expect(rules.find(({ rule }) => rule === "modelSplit")).toMatchObject({ open: 1 });
}, 60_000);

test("a query narrows what is looked at, and a broken query is refused", async () => {
  const { id: projectId } = await createProject(store, person, "narrow");
  await insert(projectId, [{ compartment: "nuclear", objects: [{ shape: square(10, 10, 10) }] }]);
  expect(await check(projectId, { query: "cells > 5" })).toMatchObject({ images: 0, objects: 0 });
  expect(await check(projectId, { query: "cells = 1" })).toMatchObject({ images: 1, objects: 1 });
  const params = { query: "cells >" };
  const job = await runJobHere(store, person, { kind: "check", projectId, title: "check", params });
  expect(job).toMatchObject({ state: "failed", error: { code: "query.syntax" } });
});
