/** Images and their list against a real database. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { matchesQuery, parseQuery } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import { imageIdsForQuery, listImages } from "./image-list.ts";
import { getImage, insertImage, readImageArray, restoreImage, trashImage } from "./images.ts";
import { ensureOwner } from "./members.ts";
import { createProject, getProject, listProjects } from "./projects.ts";
import type { Store } from "./store.ts";
import { sampleImage, squares } from "./testing/sample-labels.ts";
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
