/** Freezing: splits that stick, numbers that follow from changes, digests, licences, views; against a real database. */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canonicalJson } from "#core/canonical-json.ts";
import { parseQuery, parseSplitView } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import { commitRevision } from "./commit.ts";
import type { DatasetItem } from "./dataset-types.ts";
import {
  datasetImageChanges,
  datasetItemsForTraining,
  datasetItemsInView,
  getDatasetVersion,
  listDatasetItems,
  listDatasets,
  readDatasetItems,
} from "./datasets.ts";
import { doctor } from "./doctor/index.ts";
import { appendEdits } from "./edits.ts";
import { freezeDataset, previewDataset } from "./freeze.ts";
import { listImages } from "./image-list.ts";
import { getImage, insertImage, readImageArray, updateImage } from "./images.ts";
import { layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import type { Store } from "./store.ts";
import { edit, sampleImage, squares } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

interface More {
  name?: string;
  group?: string;
  metadata?: Record<string, string>;
  labelled?: boolean;
  licence?: string;
}

async function addImage(projectId: string, more: More = {}): Promise<string> {
  const { name = `image ${seed}`, group, metadata, labelled = true, licence = "CC0-1.0" } = more;
  const labels = labelled ? squares(32, 32) : undefined;
  const image = sampleImage(32, 32, ++seed);
  const source = { title: "test", licence };
  return (await insertImage(store, person, { projectId, name, image, group, metadata, labels, source }))
    .imageId;
}

async function newProject(name: string, groups = 0): Promise<string> {
  const { id } = await createProject(store, person, name);
  for (let i = 0; i < groups; i++) await addImage(id, { group: `g${i}`, metadata: { i: String(i) } });
  return id;
}

async function itemsOf(versionId: string): Promise<DatasetItem[]> {
  const items: DatasetItem[] = [];
  for await (const item of readDatasetItems(store, versionId)) items.push(item);
  return items;
}

const freeze = (projectId: string, more: Partial<Parameters<typeof freezeDataset>[2]> = {}) =>
  freezeDataset(store, person, { projectId, name: "d", query: "", ...more });

test("a preview tells what the freeze then gives; the same content gives the same version", async () => {
  const projectId = await newProject("freeze");
  for (let i = 0; i < 8; i++)
    await addImage(projectId, { group: `g${i}`, licence: i === 0 ? "CC-BY-4.0" : "CC0-1.0" });
  await addImage(projectId, { labelled: false });
  const preview = await previewDataset(store, projectId, { name: "nuclei", query: "" });
  expect(preview).toMatchObject({
    images: 8,
    cells: 32,
    licence: "CC-BY-4.0 AND CC0-1.0",
    nextVersion: "1.0.0",
    step: "first",
    parent: null,
    excluded: [{ reason: "labels not accepted", count: 1 }],
    audit: { findings: [], blocking: 0, notes: [] },
  });
  expect(preview.licenceReport.attributions.map(({ images }) => images).sort()).toEqual([1, 7]);
  const version = await freeze(projectId, { name: "nuclei", message: "first" });
  expect(version).toMatchObject({
    name: "nuclei",
    version: "1.0.0",
    changes: null,
    message: "first",
    itemCount: 8,
  });
  expect(version.split).toEqual(preview.split);
  for (const role of ["train", "validation", "test"] as const)
    expect(version.split[role].images).toBeGreaterThan(0);
  expect(await freeze(projectId, { name: "nuclei", message: "other words" })).toEqual(version);
  expect((await listImages(store, { projectId, query: parseQuery("split=test") })).total).toBe(
    version.split.test.images,
  );
  expect(await getDatasetVersion(store, "nuclei@1.0.0", projectId)).toEqual(version);
  expect(await getDatasetVersion(store, "nuclei", projectId)).toEqual(version);
  expect(await listDatasets(store, projectId)).toMatchObject([
    { name: "nuclei", versions: [{ version: "1.0.0" }] },
  ]);
  await expect(getDatasetVersion(store, "nuclei@9.0.0")).rejects.toMatchObject({ code: "dataset.notFound" });
});

test("the digests are what their definition says, computed here from the items alone", async () => {
  const projectId = await newProject("digest", 5);
  const version = await freeze(projectId, { query: "i<4" });
  const items = await itemsOf(version.id);
  const lines = [
    canonicalJson({ format: 2, query: "i<4" }),
    ...items.map(({ arrayDigest, layerRoot, mpp, role, strata }) =>
      canonicalJson([arrayDigest, layerRoot, mpp, role, strata]),
    ),
  ];
  const splitLines = [
    canonicalJson({ format: 2 }),
    ...items.map(({ arrayDigest, role }) => canonicalJson([arrayDigest, role])),
  ];
  const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
  expect(version.digest).toBe(sha(lines.join("\n")));
  expect(version.splitDigest).toBe(sha(splitLines.join("\n")));
  expect(items.map(({ arrayDigest }) => arrayDigest)).toEqual(
    items.map((item) => item.arrayDigest).toSorted(),
  );
});

test("roles are sticky: added images leave the roles of all others, and raise the middle number", async () => {
  const projectId = await newProject("sticky", 6);
  const first = await freeze(projectId, { seed: 1 });
  const imageId = await addImage(projectId, { group: "g0" });
  for (let i = 6; i < 12; i++) await addImage(projectId, { group: `g${i}` });
  const second = await freeze(projectId, { seed: 99 });
  expect(second.version).toBe("1.1.0");
  expect(second.changes).toMatchObject({ imagesAdded: 7, imagesMoved: 0, cellsAdded: 28, cellsReshaped: 0 });
  const roles = new Map((await itemsOf(second.id)).map((item) => [item.imageId, item.role]));
  const before = await itemsOf(first.id);
  for (const item of before) expect(roles.get(item.imageId)).toBe(item.role);
  expect(roles.get(imageId)).toBe(before.find(({ group }) => group === "g0")?.role);
  expect(second.digest).not.toBe(first.digest);
});

test("relabelling, describing anew or leaving out is major, with verbs and touched images; another query a patch", async () => {
  const projectId = await newProject("semver", 5);
  await freeze(projectId);
  const { items } = await listImages(store, { projectId, query: parseQuery("") });
  const [touched, other] = items.map(({ id }) => id) as [string, string];
  const layerId = (await getImage(store, touched)).layers[0]?.id ?? "";
  const [first] = (await layerObjects(store, layerId)).objects;
  await appendEdits(store, person, layerId, [
    edit("x", [{ uid: first?.uid ?? "", before: first?.shape ?? null, after: null }], { kind: "delete" }),
  ]);
  // Not accepted yet, so the frozen content stays.
  expect((await freeze(projectId)).version).toBe("1.0.0");
  await commitRevision(store, person, layerId, { accepted: true });
  const proposed = await previewDataset(store, projectId, { name: "d", query: "" });
  expect(proposed).toMatchObject({ step: "major", nextVersion: "2.0.0", why: "Major: 1 image relabelled." });
  const relabelled = await freeze(projectId);
  expect(relabelled.version).toBe("2.0.0");
  expect(relabelled.changes).toMatchObject({
    imagesRelabelled: 1,
    cellsRemoved: 1,
    cellsAdded: 0,
    cellsReshaped: 0,
  });
  expect(await datasetImageChanges(store, relabelled.id)).toMatchObject([
    { imageId: touched, kind: "relabelled", verbs: { removed: 1, added: 0, split: 0 } },
  ]);
  expect((await freeze(projectId, { query: "cells>0" })).version).toBe("2.0.1");
  const fewer = await freeze(projectId, { query: "i<4" });
  expect(fewer.version).toBe("3.0.0");
  expect(fewer.changes).toMatchObject({ imagesRemoved: 1, cellsRemoved: 4 });
  await updateImage(store, person, other, { metadata: { organ: "lung", i: "1" } });
  const described = await freeze(projectId, { query: "i<4" });
  expect(described).toMatchObject({ version: "4.0.0", changes: { imagesRedescribed: 1, cellsAdded: 0 } });
  expect(described.strata).toContainEqual(expect.objectContaining({ field: "organ", value: "lung" }));
});

test("a group changes its role only with a reason, which the version keeps; earlier versions stay sound", async () => {
  const projectId = await newProject("moves", 8);
  const first = await freeze(projectId);
  const [trained] = (await itemsOf(first.id)).filter(({ role }) => role === "train");
  const group = trained?.group ?? "";
  const change = { group, role: "test", reason: "Held out for the comparison" } as const;
  await expect(freeze(projectId, { roleChanges: [{ ...change, reason: " " }] })).rejects.toMatchObject({
    code: "request.invalid",
  });
  const moved = await freeze(projectId, { roleChanges: [change] });
  expect(moved).toMatchObject({ version: "2.0.0", changes: { imagesMoved: 1 }, roleChanges: [change] });
  expect(moved.audit.findings).toMatchObject([{ rule: "roleChanged", waiver: change.reason }]);
  // From then on it is the group's role, and the reason still covers it.
  await addImage(projectId, { group: "new" });
  const third = await freeze(projectId);
  expect(third.version).toBe("2.1.0");
  expect((await itemsOf(third.id)).find((item) => item.group === group)?.role).toBe("test");
  expect((await doctor(store, { full: false })).findings).toEqual([]);
});

test("an image whose group was changed across the split is a leak and blocks freezing", async () => {
  const projectId = await newProject("leak", 6);
  const items = await itemsOf((await freeze(projectId)).id);
  const trained = items.find(({ role }) => role === "train");
  const tested = items.find(({ role }) => role === "test");
  await updateImage(store, person, trained?.imageId ?? "", { group: tested?.group });
  const preview = await previewDataset(store, projectId, { name: "d", query: "" });
  expect(preview.audit).toMatchObject({ blocking: 1, findings: [{ rule: "roleChanged", count: 1 }] });
  await expect(freeze(projectId)).rejects.toMatchObject({ code: "dataset.leak" });
  await updateImage(store, person, trained?.imageId ?? "", { group: trained?.group });
  expect((await freeze(projectId)).version).toBe("1.0.0");
});

test("nothing accepted is nothing to freeze; a bad query names its column; shares must leave some to train on", async () => {
  const projectId = await newProject("empty");
  await addImage(projectId, { labelled: false });
  await expect(freeze(projectId)).rejects.toMatchObject({ code: "dataset.empty" });
  await expect(freeze(projectId, { query: "kind=" })).rejects.toMatchObject({ code: "query.syntax" });
  await expect(freeze(projectId, { split: { test: 0.6, validation: 0.4 } })).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("strata get their shares; counts per stratum are told", async () => {
  const projectId = await newProject("strata");
  for (let i = 0; i < 24; i++)
    await addImage(projectId, { group: `g${i}`, metadata: { organ: i < 6 ? "thymus" : "lung" } });
  const version = await freeze(projectId, { split: { validation: 1 / 6, test: 1 / 6, stratify: ["organ"] } });
  expect(version.options).toEqual({ seed: 0, validation: 1 / 6, test: 1 / 6, stratify: ["organ"] });
  const counts = Object.fromEntries(
    version.strata.filter(({ field }) => field === "organ").map(({ value, images }) => [value, images]),
  );
  expect(counts).toEqual({
    lung: { train: 12, validation: 3, test: 3 },
    thymus: { train: 4, validation: 1, test: 1 },
  });
});

test("items are read in pages and as a stream; views of a version are what core says", async () => {
  const projectId = await newProject("pages", 12);
  const version = await freeze(projectId);
  const all = await itemsOf(version.id);
  const seen: DatasetItem[] = [];
  for (let after: number | null = -1; after !== null; ) {
    const page: Awaited<ReturnType<typeof listDatasetItems>> = await listDatasetItems(store, version.id, {
      after,
      limit: 5,
    });
    expect(page.items.length).toBeLessThanOrEqual(5);
    seen.push(...page.items);
    after = page.nextAfter;
  }
  expect(seen).toEqual(all);
  expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i));
  const trained = all.filter(({ role }) => role === "train");
  expect((await listDatasetItems(store, version.id, { role: "train" })).items).toEqual(trained);
  const half = await datasetItemsInView(store, version, parseSplitView("tranche:50:image"));
  expect(half.filter(({ role }) => role === "train").length).toBe(Math.ceil(trained.length / 2));
  const folds = await Promise.all(
    [1, 2, 3].map((fold) => datasetItemsInView(store, version, { kind: "fold", folds: 3, fold })),
  );
  const validated = folds.flatMap((fold) => fold.filter(({ role }) => role === "validation"));
  expect(validated.map(({ imageId }) => imageId).sort()).toEqual(
    all
      .filter(({ role }) => role !== "test")
      .map(({ imageId }) => imageId)
      .sort(),
  );
});

test("items for training carry pixels and labels of the frozen revision", async () => {
  const projectId = await newProject("items", 4);
  const version = await freeze(projectId);
  const seen: string[] = [];
  for (const role of ["train", "validation", "test"] as const) {
    for await (const item of datasetItemsForTraining(store, version.id, role)) {
      seen.push(item.imageId);
      expect(item.labels).toEqual(squares(32, 32));
      expect(item.image).toEqual(await readImageArray(store, item.imageId));
    }
  }
  expect(seen.sort()).toEqual((await itemsOf(version.id)).map(({ imageId }) => imageId).sort());
});
