/** Versions whose images have labels of two compartments: both pinned, both in the digest, both verified. */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalJson } from "#core/canonical-json.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import type { DatasetItem, DatasetVersionDetail } from "./dataset-types.ts";
import { readDatasetItems } from "./datasets.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { exportDatasetItems } from "./export-items.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { getImage, insertImage } from "./images.ts";
import { layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { box, edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

const source = { title: "test", licence: "CC0-1.0" };

/** Three images with nuclei; the first has a whole cell of the given height as well. */
async function frozen(name: string, cellHeight: number, accepted = true): Promise<DatasetVersionDetail> {
  const { id: projectId } = await createProject(store, person, name);
  for (let i = 0; i < 3; i++) {
    const cell = {
      compartment: "wholeCell",
      accepted,
      objects: [{ shape: box(0, 0, cellHeight, 14) }],
    } as const;
    await insertImage(store, person, {
      projectId,
      name: `image ${i}`,
      image: sampleImage(32, 32, 500 + i),
      group: `g${i}`,
      labels: squares(32, 32),
      layers: i === 0 ? [cell] : [],
      source,
    });
  }
  await previewDataset(store, projectId, { name: "d", query: "" });
  return freezeDataset(store, person, { projectId, name: "d", query: "" });
}

async function itemsOf(versionId: string): Promise<DatasetItem[]> {
  const items: DatasetItem[] = [];
  for await (const item of readDatasetItems(store, versionId)) items.push(item);
  return items;
}

test("labels of both compartments are pinned and part of the digest", async () => {
  const version = await frozen("two compartments", 14);
  const items = await itemsOf(version.id);
  const both = items.filter(({ moreLayers }) => moreLayers.length > 0);
  expect(both.map(({ name, strata }) => [name, strata["compartment"]])).toEqual([["image 0", "nuclear"]]);
  const [layer] = both[0]?.moreLayers ?? [];
  expect(layer?.compartment).toBe("wholeCell");
  expect(layer?.layerRoot).not.toBe(both[0]?.layerRoot);
  // By its definition: after the root of the first layer, each further compartment with its root.
  const lines = [
    canonicalJson({ format: 2, query: "" }),
    ...items.map(({ arrayDigest, layerRoot, mpp, role, strata, moreLayers }) => {
      const roots = [layerRoot, ...moreLayers.map((one) => `${one.compartment} ${one.layerRoot}`)].join(" ");
      return canonicalJson([arrayDigest, roots, mpp, role, strata]);
    }),
  ];
  expect(version.digest).toBe(createHash("sha256").update(lines.join("\n")).digest("hex"));
  const exported = await exportDatasetItems(store, items, version.createdAt);
  const layers = exported.find(({ name }) => name === "image 0")?.layers ?? [];
  expect(layers.map(({ compartment }) => compartment)).toEqual(["nuclear", "wholeCell"]);
  expect(layers[1]?.revisionId).toBe(layer?.layerRevisionId);
});

test("a change of the whole cells alone is a change of the version; the same labels are the same version", async () => {
  const first = await frozen("changed", 14);
  const freeze = () => freezeDataset(store, person, { projectId: first.projectId, name: "d", query: "" });
  expect((await freeze()).version).toBe("1.0.0");
  const [item] = (await itemsOf(first.id)).filter(({ moreLayers }) => moreLayers.length > 0);
  const layer = (await getImage(store, item?.imageId ?? "")).layers.find(
    ({ compartment }) => compartment === "wholeCell",
  );
  const [cell] = (await layerObjects(store, layer?.id ?? "")).objects;
  await appendEdits(store, person, layer?.id ?? "", [
    edit("x", [{ uid: cell?.uid ?? "", before: cell?.shape ?? null, after: null }], { kind: "delete" }),
  ]);
  await commitRevision(store, person, layer?.id ?? "", { accepted: true });
  await previewDataset(store, first.projectId, { name: "d", query: "" });
  const second = await freeze();
  expect(second).toMatchObject({ version: "2.0.0", changes: { imagesRelabelled: 1 } });
  expect(second.digest).not.toBe(first.digest);
});

test("labels that nobody accepted stay out", async () => {
  const open = await frozen("open", 14, false);
  expect((await itemsOf(open.id)).every(({ moreLayers }) => moreLayers.length === 0)).toBe(true);
});

test("verification notices a pinned layer that is not what it was", async () => {
  expect((await doctor(store, { full: true })).findings).toEqual([]);
  await store.sql.query(
    `UPDATE dataset_item SET more_layers = jsonb_set(more_layers, '{0,layerRoot}', to_jsonb(repeat('0', 64)))
     WHERE more_layers IS NOT NULL`,
  );
  const { findings } = await doctor(store, { full: true });
  expect(findings.length).toBeGreaterThan(0);
});
