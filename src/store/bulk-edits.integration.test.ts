import { afterAll, beforeAll, expect, test } from "vitest";
import { parseQuery } from "#core/select/index.ts";
import { agentOf } from "./agents.ts";
import {
  type BulkChanges,
  bulkTrash,
  listBulkEdits,
  listTrash,
  previewBulkEdit,
  restoreImages,
  startBulkEdit,
  undoBulkEdit,
} from "./bulk-edits.ts";
import { listEvents } from "./events.ts";
import { catalogueFacets } from "./facets.ts";
import { imageIdsForQuery } from "./image-list.ts";
import { insertImage, updateImage } from "./images.ts";
import { ensureLab, ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { deleteSavedQuery, listSavedQueries, saveQuery } from "./saved-queries.ts";
import type { Store } from "./store.ts";
import { sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";
import type { Agent } from "./types.ts";

let temporary: TemporaryStore;
let store: Store;
let person: Agent;
let seed = 0;

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  await ensureLab(store);
  person = agentOf(await ensureOwner(store));
});
afterAll(() => temporary.end());

/** A project of four images: two of lung, one of liver, one without organ. */
async function fourImages(name: string): Promise<{ projectId: string; ids: string[] }> {
  const projectId = (await createProject(store, person, name)).id;
  const ids: string[] = [];
  for (const organ of ["lung", "lung", "liver", ""]) {
    const { imageId } = await insertImage(store, person, {
      projectId,
      name: `image ${ids.length}`,
      image: sampleImage(8, 8, ++seed),
      group: "g",
      metadata: { note: "as imported", ...(organ === "" ? {} : { organ }) },
      source: { title: "made here", licence: "CC0-1.0" },
    });
    ids.push(imageId);
  }
  return { projectId, ids };
}

const everything = (projectId: string) =>
  store.sql.query(
    `SELECT id, metadata, terms, buckets, bucket_choices, group_key, mpp_y, mpp_x, mpp_reason FROM image
     WHERE project_id = $1 ORDER BY id`,
    [projectId],
  );

const changes: BulkChanges = {
  metadata: { organ: "spleen", note: null },
  buckets: { organ: "immune, chosen" },
  group: "donor 1",
  mpp: { y: 0.5, x: 0.5 },
};

test("a bulk edit says what it would do, does it once, and is taken back to the letter", async () => {
  const { projectId, ids } = await fourImages("set");
  const before = await everything(projectId);
  const filter = { projectId, query: parseQuery("organ under (lung, liver)") };
  expect(await previewBulkEdit(store, filter, { metadata: { organ: "lung" } })).toEqual({
    images: 3,
    changing: 1,
    present: [
      {
        field: "organ",
        values: [
          { value: "lung", images: 2 },
          { value: "liver", images: 1 },
        ],
        moreValues: 0,
      },
    ],
  });
  const edit = await startBulkEdit(store, person, {
    filter,
    queryText: "organ under (lung, liver)",
    changes,
  });
  expect(edit).toMatchObject({ imageCount: 3, kind: "set", undoneAt: null, agent: person });
  const after = (await everything(projectId)) as Record<string, unknown>[];
  expect(after.slice(0, 3).map(({ id, ...rest }) => rest)).toEqual(
    Array.from({ length: 3 }, () => ({
      metadata: { organ: "spleen" },
      terms: { organ: "UBERON:0002106" },
      buckets: { organ: "immune, chosen" },
      bucket_choices: { organ: "immune, chosen" },
      group_key: "donor 1",
      mpp_y: 0.5,
      mpp_x: 0.5,
      mpp_reason: null,
    })),
  );
  expect(after[3]).toEqual(before[3]);
  const events = (await listEvents(store, { limit: 1000 })).filter(({ entityId }) => entityId === edit.id);
  expect(events).toMatchObject([
    {
      verb: "images.changed",
      details: { images: 3, fields: ["organ", "note", "organ.bucket", "group", "mpp"] },
    },
  ]);
  expect(await undoBulkEdit(store, person, edit.id)).toEqual({ undone: 3, kept: [], keptCount: 0 });
  expect(await everything(projectId)).toEqual(before);
  expect((await catalogueFacets(store, { projectId, query: parseQuery("organ=lung") })).images).toBe(2);
  await expect(undoBulkEdit(store, person, edit.id)).rejects.toMatchObject({ code: "request.invalid" });
  expect(await listBulkEdits(store, projectId)).toMatchObject([
    { id: edit.id, undoneAt: expect.any(String) },
  ]);
  expect(ids).toHaveLength(4);
});

test("an undo leaves alone, and names, what was changed since; other fields may have changed", async () => {
  const { projectId, ids } = await fourImages("conflict");
  const filter = { projectId, query: parseQuery("") };
  const edit = await startBulkEdit(store, person, {
    filter,
    queryText: "",
    changes: { metadata: { organ: "skin" } },
  });
  await updateImage(store, person, ids[0] ?? "", { metadata: { organ: "brain", note: "as imported" } });
  await updateImage(store, person, ids[1] ?? "", { metadata: { organ: "skin", note: "looked at" } });
  expect(await undoBulkEdit(store, person, edit.id)).toEqual({
    undone: 3,
    kept: [{ id: ids[0], name: "image 0" }],
    keptCount: 1,
  });
  const rows = await store.sql.query("SELECT metadata FROM image WHERE project_id = $1 ORDER BY id", [
    projectId,
  ]);
  expect(rows).toEqual([
    { metadata: { organ: "brain", note: "as imported" } },
    { metadata: { organ: "lung", note: "looked at" } },
    { metadata: { organ: "liver", note: "as imported" } },
    { metadata: { note: "as imported" } },
  ]);
});

test("images chosen by id, and edits that cannot be", async () => {
  const { projectId, ids } = await fourImages("by id");
  const other = await fourImages("by id, elsewhere");
  const filter = { projectId, imageIds: [ids[2] as string, other.ids[0] as string] };
  const edit = await startBulkEdit(store, person, { filter, queryText: "", changes: { group: "alone" } });
  expect(edit.imageCount).toBe(1);
  expect(await imageIdsForQuery(store, projectId, parseQuery("group=alone"))).toEqual([ids[2]]);
  for (const bad of [{}, { metadata: {} }, { group: "  " }]) {
    await expect(previewBulkEdit(store, filter, bad)).rejects.toMatchObject({ code: "request.invalid" });
  }
  await expect(previewBulkEdit(store, filter, { metadata: { status: "x" } })).rejects.toMatchObject({
    code: "metadata.invalid",
  });
});

test("trash in bulk, look into it, restore what can be restored", async () => {
  const { projectId, ids } = await fourImages("trash");
  const filter = { projectId, query: parseQuery("organ=lung") };
  const edit = await bulkTrash(store, person, { filter, queryText: "organ=lung" });
  expect(edit).toMatchObject({ kind: "trash", imageCount: 2 });
  expect(await imageIdsForQuery(store, projectId, parseQuery(""))).toEqual(ids.slice(2));
  const page = await listTrash(store, projectId, { limit: 1 });
  expect(page).toMatchObject({ total: 2, items: [{ id: ids[1], name: "image 1" }], nextCursor: ids[1] });
  expect((await listTrash(store, projectId, { limit: 1, cursor: page.nextCursor })).items[0]?.id).toBe(
    ids[0],
  );
  // The pixels of the first come again, so it cannot come back.
  const [seedOfFirst] = [seed - 3];
  await insertImage(store, person, {
    projectId,
    name: "again",
    image: sampleImage(8, 8, seedOfFirst),
    source: { title: "made here", licence: "CC0-1.0" },
  });
  expect(await undoBulkEdit(store, person, edit.id)).toMatchObject({ undone: 1, kept: [{ id: ids[0] }] });
  expect(await restoreImages(store, person, projectId, ids)).toEqual([]);
  expect((await listTrash(store, projectId)).total).toBe(1);
});

test("saved queries: by name, replaced by the same name, gone when deleted", async () => {
  const { projectId } = await fourImages("saved");
  const saved = await saveQuery(store, person, { projectId, name: "Lungs", query: "organ=lung", search: "" });
  await saveQuery(store, person, { projectId, name: "a", query: "", search: "plate" });
  const again = await saveQuery(store, person, {
    projectId,
    name: "Lungs",
    query: "organ under lung",
    search: "",
  });
  expect(again.id).toBe(saved.id);
  expect((await listSavedQueries(store, projectId)).map(({ name, query }) => [name, query])).toEqual([
    ["a", ""],
    ["Lungs", "organ under lung"],
  ]);
  await expect(
    saveQuery(store, person, { projectId, name: "x", query: "organ=(", search: "" }),
  ).rejects.toMatchObject({
    code: "query.syntax",
  });
  await deleteSavedQuery(store, saved.id);
  expect(await listSavedQueries(store, projectId)).toHaveLength(1);
});
