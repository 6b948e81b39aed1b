/** Images, their list, and dataset versions against a real database. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { matchesQuery, parseQuery } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import {
  datasetItemsForTraining,
  freezeDataset,
  getDatasetVersion,
  listDatasets,
  previewDataset,
} from "./datasets.ts";
import { appendEdits } from "./edits.ts";
import { imageIdsForQuery, listImages } from "./image-list.ts";
import { getImage, insertImage, readImageArray, restoreImage, trashImage, updateImage } from "./images.ts";
import { layerObjects } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject, getProject, listProjects } from "./projects.ts";
import { commitRevision } from "./revisions.ts";
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

const source = { title: "test", licence: "CC0-1.0" };

async function addImage(
  projectId: string,
  more: {
    name?: string;
    group?: string;
    metadata?: Record<string, string>;
    labelled?: boolean;
    licence?: string;
  } = {},
) {
  const { name = `image ${seed}`, group, metadata, labelled = true, licence = "CC0-1.0" } = more;
  const labels = labelled ? squares(32, 32) : undefined;
  const image = sampleImage(32, 32, ++seed);
  const result = await insertImage(store, person, {
    projectId,
    name,
    image,
    group,
    metadata,
    labels,
    source: { title: "test", licence },
  });
  return { ...result, image };
}

async function newProject(name: string): Promise<string> {
  return (await createProject(store, person, name)).id;
}

test("an image comes back as it went in; the same pixels again are a duplicate", async () => {
  const projectId = await newProject("images");
  const { imageId, image } = await addImage(projectId, { name: "first", metadata: { kind: "fluorescence" } });
  expect(await readImageArray(store, imageId)).toEqual(image);
  expect(await getImage(store, imageId)).toMatchObject({
    name: "first",
    axes: "yx",
    shape: [32, 32],
    dtype: "uint8",
    mpp: null,
    mppReason: "not given by the source",
    status: "accepted",
    metadata: { kind: "fluorescence" },
    channels: [{ index: 0, name: "channel 0", role: "other" }],
    source: { title: "test", licence: "CC0-1.0" },
  });
  expect(await insertImage(store, person, { projectId, name: "again", image, source })).toEqual({
    state: "duplicate",
    imageId,
  });
  const elsewhere = await insertImage(store, person, {
    projectId: await newProject("images 2"),
    name: "again",
    image,
    source,
  });
  expect(elsewhere.state).toBe("inserted");
});

test("labels of another size are refused and leave nothing behind", async () => {
  const projectId = await newProject("half");
  const wrong = { projectId, name: "x", image: sampleImage(32, 32, ++seed), labels: squares(16, 16), source };
  await expect(insertImage(store, person, wrong)).rejects.toMatchObject({ code: "array.shapeMismatch" });
  expect((await listImages(store, { projectId })).total).toBe(0);
});

test("trash hides an image, restore brings it back unless its pixels came again", async () => {
  const projectId = await newProject("trash");
  const { imageId, image } = await addImage(projectId);
  await trashImage(store, person, imageId);
  await expect(getImage(store, imageId)).rejects.toMatchObject({ code: "image.notFound" });
  expect((await listImages(store, { projectId })).total).toBe(0);
  await restoreImage(store, person, imageId);
  expect((await getImage(store, imageId)).id).toBe(imageId);
  await trashImage(store, person, imageId);
  await insertImage(store, person, { projectId, name: "again", image, source });
  await expect(restoreImage(store, person, imageId)).rejects.toMatchObject({ code: "request.invalid" });
});

test("neighbours, pages, totals, facets and project counts", async () => {
  const projectId = await newProject("list");
  const ids: string[] = [];
  for (const kind of ["fluo", "fluo", "phase"])
    ids.push((await addImage(projectId, { metadata: { kind } })).imageId);
  ids.push((await addImage(projectId, { labelled: false, name: "last one" })).imageId);
  expect(await getImage(store, ids[1] ?? "")).toMatchObject({ previousId: ids[0], nextId: ids[2] });
  const first = await listImages(store, { projectId, limit: 3 });
  expect(first).toMatchObject({ total: 4, nextCursor: ids[2] });
  const second = await listImages(store, { projectId, limit: 3, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
  expect(first.facets.slice(0, 2)).toEqual([
    {
      field: "kind",
      values: [
        { value: "fluo", count: 2 },
        { value: "phase", count: 1 },
      ],
    },
    {
      field: "status",
      values: [
        { value: "accepted", count: 3 },
        { value: "unlabelled", count: 1 },
      ],
    },
  ]);
  expect((await listImages(store, { projectId, search: "LAST" })).items.map(({ id }) => id)).toEqual([
    ids[3],
  ]);
  expect((await listImages(store, { projectId, search: "has'; DROP TABLE image" })).total).toBe(0);
  expect(await getProject(store, projectId)).toMatchObject({
    imageCount: 4,
    acceptedCount: 3,
    cellCount: 12,
    coverImageIds: ids,
  });
  expect((await listProjects(store)).some(({ id }) => id === projectId)).toBe(true);
});

test("a query selects in the database exactly what core's definition selects", async () => {
  const projectId = await newProject("queries");
  const records: { id: string; record: Record<string, string | number> }[] = [];
  const values = ["", "10", "9", "1e1", "Lung", "lung", "ÄRZTE", "2024-05-01", 'a"b', "7.50"];
  for (const [i, organ] of values.entries()) {
    const metadata: Record<string, string> = organ === "" ? {} : { organ };
    const group = i % 2 === 0 ? "even" : "odd";
    const { imageId } = await addImage(projectId, {
      name: `plate ${i}`,
      group,
      metadata,
      labelled: i % 3 === 0,
    });
    const detail = await getImage(store, imageId);
    records.push({
      id: imageId,
      record: {
        ...detail.metadata,
        name: detail.name,
        group,
        status: detail.status,
        cells: detail.cellCount,
        width: 32,
        height: 32,
      },
    });
  }
  const queries = [
    "",
    "organ=10",
    "organ!=10",
    "organ=lung",
    "organ~LU",
    "organ!~u",
    'organ=""',
    'organ!=""',
    "organ<10",
    "organ>=9",
    "organ>lung",
    "organ<=ärzte",
    "organ=ärzte",
    "organ>2024-01-01",
    "organ in (10, lung)",
    "not organ in (10, lung)",
    "name~PLATE and cells>0",
    "cells=4",
    "cells>=4.0 or group=odd",
    "status=accepted and not group=odd",
    "width=32",
    'organ="a\\"b"',
    "organ=7",
    "organ>abc",
    "missing=1",
    'missing=""',
    "split=train",
    'split=""',
    "(organ=10 or organ=lung) and status!=accepted",
  ];
  for (const text of queries) {
    const query = parseQuery(text);
    const expected = records.filter(({ record }) => matchesQuery(query, record)).map(({ id }) => id);
    expect(await imageIdsForQuery(store, projectId, query), text).toEqual(expected);
  }
});

test("freezing: preview, first version, same content gives the same version, digest follows the content", async () => {
  const projectId = await newProject("freeze");
  for (let i = 0; i < 8; i++)
    await addImage(projectId, { group: `g${i}`, licence: i === 0 ? "CC-BY-4.0" : "CC0-1.0" });
  await addImage(projectId, { labelled: false });
  const preview = await previewDataset(store, projectId, { name: "nuclei", query: "" });
  expect(preview).toMatchObject({
    images: 8,
    cells: 32,
    licence: "CC-BY-4.0 AND CC0-1.0",
    leaks: [],
    nextVersion: "1.0.0",
    excluded: [{ reason: "labels not accepted", count: 1 }],
  });
  const version = await freezeDataset(store, person, {
    projectId,
    name: "nuclei",
    query: "",
    message: "first",
  });
  expect(version).toMatchObject({
    name: "nuclei",
    version: "1.0.0",
    changes: null,
    message: "first",
    split: preview.split,
  });
  expect(version.split.train.images + version.split.validation.images + version.split.test.images).toBe(8);
  for (const role of ["train", "validation", "test"] as const)
    expect(version.split[role].images).toBeGreaterThan(0);
  const again = await freezeDataset(store, person, {
    projectId,
    name: "nuclei",
    query: "",
    message: "other words",
  });
  expect(again).toEqual(version);
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

test("roles are sticky: added images leave the roles of all others, and raise the middle number", async () => {
  const projectId = await newProject("sticky");
  for (let i = 0; i < 6; i++) await addImage(projectId, { group: `g${i}` });
  const first = await freezeDataset(store, person, { projectId, name: "d", query: "", seed: 1 });
  const { imageId } = await addImage(projectId, { group: "g0" });
  for (let i = 6; i < 12; i++) await addImage(projectId, { group: `g${i}` });
  const second = await freezeDataset(store, person, { projectId, name: "d", query: "", seed: 99 });
  expect(second.version).toBe("1.1.0");
  expect(second.changes).toEqual({
    imagesAdded: 7,
    imagesRemoved: 0,
    imagesRelabelled: 0,
    cellsAdded: 28,
    cellsRemoved: 0,
    cellsReshaped: 0,
  });
  const roles = new Map(second.items.map(({ imageId, role }) => [imageId, role]));
  for (const item of first.items) expect(roles.get(item.imageId)).toBe(item.role);
  const g0 = first.items.find(({ group }) => group === "g0");
  expect(roles.get(imageId)).toBe(g0?.role);
  expect(second.digest).not.toBe(first.digest);
});

test("relabelling or leaving out is a major change with counts; another query alone a patch", async () => {
  const projectId = await newProject("semver");
  const ids: string[] = [];
  for (let i = 0; i < 5; i++)
    ids.push((await addImage(projectId, { group: `g${i}`, metadata: { i: String(i) } })).imageId);
  await freezeDataset(store, person, { projectId, name: "d", query: "" });
  const layerId = (await getImage(store, ids[0] ?? "")).layers[0]?.id ?? "";
  const [first] = (await layerObjects(store, layerId)).objects;
  await appendEdits(store, person, layerId, [
    edit("x", [{ uid: first?.uid ?? "", before: first?.shape ?? null, after: null }], { kind: "delete" }),
  ]);
  // Not accepted yet, so the frozen content stays.
  expect((await freezeDataset(store, person, { projectId, name: "d", query: "" })).version).toBe("1.0.0");
  await commitRevision(store, person, layerId, { accepted: true });
  const relabelled = await freezeDataset(store, person, { projectId, name: "d", query: "" });
  expect(relabelled.version).toBe("2.0.0");
  expect(relabelled.changes).toMatchObject({
    imagesRelabelled: 1,
    cellsRemoved: 1,
    cellsAdded: 0,
    cellsReshaped: 0,
  });
  const patched = await freezeDataset(store, person, { projectId, name: "d", query: "cells>0" });
  expect(patched.version).toBe("2.0.1");
  const fewer = await freezeDataset(store, person, { projectId, name: "d", query: "i<4" });
  expect(fewer.version).toBe("3.0.0");
  expect(fewer.changes).toMatchObject({ imagesRemoved: 1, cellsRemoved: 4 });
});

test("an image whose group was changed across the split is a leak and blocks freezing", async () => {
  const projectId = await newProject("leak");
  for (let i = 0; i < 6; i++) await addImage(projectId, { group: `g${i}` });
  const { items } = await freezeDataset(store, person, { projectId, name: "d", query: "" });
  const trained = items.find(({ role }) => role === "train");
  const test = items.find(({ role }) => role === "test");
  await updateImage(store, person, trained?.imageId ?? "", { group: test?.group });
  expect((await previewDataset(store, projectId, { name: "d", query: "" })).leaks).toHaveLength(1);
  await expect(freezeDataset(store, person, { projectId, name: "d", query: "" })).rejects.toMatchObject({
    code: "dataset.leak",
  });
  await updateImage(store, person, trained?.imageId ?? "", { group: trained?.group });
  expect((await freezeDataset(store, person, { projectId, name: "d", query: "" })).version).toBe("1.0.0");
});

test("nothing accepted is nothing to freeze; a bad query names its column", async () => {
  const projectId = await newProject("empty");
  await addImage(projectId, { labelled: false });
  await expect(freezeDataset(store, person, { projectId, name: "d", query: "" })).rejects.toMatchObject({
    code: "dataset.empty",
  });
  await expect(freezeDataset(store, person, { projectId, name: "d", query: "kind=" })).rejects.toMatchObject({
    code: "query.syntax",
  });
});

test("items for training carry pixels and labels of the frozen revision", async () => {
  const projectId = await newProject("items");
  for (let i = 0; i < 4; i++) await addImage(projectId, { group: `g${i}` });
  const version = await freezeDataset(store, person, { projectId, name: "d", query: "" });
  const seen: string[] = [];
  for (const role of ["train", "validation", "test"] as const) {
    for await (const item of datasetItemsForTraining(store, version.id, role)) {
      seen.push(item.imageId);
      expect(item.labels).toEqual(squares(32, 32));
      expect(item.image).toEqual(await readImageArray(store, item.imageId));
    }
  }
  expect(seen.sort()).toEqual(version.items.map(({ imageId }) => imageId).sort());
});
