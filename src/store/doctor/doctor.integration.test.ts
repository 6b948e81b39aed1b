/** Doctor on a healthy store, and on one damaged in every way the test can plant. */

import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentOf } from "../agents.ts";
import { commitRevision } from "../commit.ts";
import { appendEdits } from "../edits.ts";
import { freezeDataset } from "../freeze.ts";
import { insertImage } from "../images.ts";
import { layerObjects } from "../layers.ts";
import { ensureOwner } from "../members.ts";
import { createProject } from "../projects.ts";
import type { Store } from "../store.ts";
import { box, edit, sampleImage, squares } from "../testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "../testing/temporary-store.ts";
import { doctor } from "./index.ts";

let temporary: TemporaryStore;
let store: Store;
let layerIds: string[];
let digests: string[];

beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  const person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "doctor");
  layerIds = [];
  for (let i = 0; i < 4; i++) {
    const image = {
      projectId,
      name: `image ${i}`,
      image: sampleImage(64, 64, i),
      labels: squares(64, 64),
      group: `g${i}`,
    };
    const inserted = await insertImage(store, person, {
      ...image,
      source: { title: "t", licence: "CC0-1.0" },
    });
    if (inserted.state === "inserted" && inserted.layerId !== null) layerIds.push(inserted.layerId);
  }
  const [layerId = ""] = layerIds;
  const [first] = (await layerObjects(store, layerId)).objects;
  await appendEdits(store, person, layerId, [
    edit("grow", [{ uid: first?.uid ?? "", before: first?.shape ?? null, after: box(0, 0, 12, 12) }]),
  ]);
  await commitRevision(store, person, layerId, { accepted: true });
  await freezeDataset(store, person, { projectId, name: "d", query: "" });
  digests = (await store.sql.query<{ digest: string }>("SELECT digest FROM blob ORDER BY digest")).map(
    ({ digest }) => digest,
  );
});
afterAll(() => temporary.end());

const rules = async (full: boolean): Promise<string[]> =>
  [...new Set((await doctor(store, { full })).findings.map(({ rule }) => rule))].sort();

/** Runs with the server's own guards off, as damage below the database would. */
async function plant(...statements: string[]): Promise<void> {
  await store.sql.transaction(async (tx) => {
    await tx.query("SET LOCAL session_replication_role = replica");
    for (const statement of statements) await tx.query(statement);
  });
}

test("a healthy store has no findings, and doctor says what it looked at", async () => {
  const said: string[] = [];
  const report = await doctor(store, { full: true, onProgress: (text) => said.push(text) });
  expect(report.findings).toEqual([]);
  expect(report.checked).toMatchObject({
    blobs: 4,
    layers: 4,
    revisions: 5,
    edits: 5,
    objects: 64,
    "dataset versions": 1,
  });
  expect(said).toContain("Replaying every edit log");
  expect((await doctor(store)).findings).toEqual([]);
});

test("blobs: a flipped bit, a shortened and a missing file; doctor moves nothing", async () => {
  const [flipped = "", short = "", gone = ""] = digests;
  const whole = await Promise.all([flipped, short, gone].map((digest) => store.blobs.get(digest)));
  const bent = Buffer.from(whole[0] ?? []);
  bent[100] = (bent[100] ?? 0) ^ 1;
  await writeFile(store.blobs.path(flipped), bent);
  await writeFile(store.blobs.path(short), (whole[1] ?? new Uint8Array()).subarray(1));
  await rm(store.blobs.path(gone));
  expect(await rules(false)).toEqual(["blob.corrupt", "blob.missing"]);
  const { findings } = await doctor(store, { full: true });
  const found = new Set(findings.map(({ details }) => details["digest"]));
  expect(found).toEqual(new Set([flipped, short, gone]));
  expect(findings[0]?.message).toMatch(/used by image "image \d"/);
  for (const [i, digest] of [flipped, short, gone].entries())
    await writeFile(store.blobs.path(digest), whole[i] ?? []);
  expect(await rules(true)).toEqual([]);
});

test("an object that its edits do not explain, and a wrong count", async () => {
  const [layerId] = layerIds;
  const where = `layer_id = '${layerId}' AND label = 3`;
  await plant(
    `CREATE TABLE kept AS SELECT * FROM object WHERE ${where}`,
    `UPDATE object SET digest = NULL WHERE ${where}`,
  );
  expect(await rules(false)).toEqual(["layer.counts", "schema.drift"]);
  expect(await rules(true)).toEqual([
    "layer.counts",
    "object.state",
    "revision.head",
    "revision.root",
    "schema.drift",
  ]);
  await plant(
    `UPDATE object o SET digest = k.digest FROM kept k WHERE o.layer_id = k.layer_id AND o.uid = k.uid`,
    "DROP TABLE kept",
  );
  expect(await rules(true)).toEqual([]);
});

test("a damaged shape, a damaged tile, a damaged log, a lost row, a forged root", async () => {
  await plant(
    "UPDATE object_shape SET bytes = bytes || '\\x00' WHERE digest = (SELECT min(digest) FROM object_shape)",
  );
  expect(await rules(true)).toContain("shape.corrupt");
  await plant(
    "UPDATE object_shape SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE digest = (SELECT min(digest) FROM object_shape)",
  );
  expect(await rules(true)).toEqual([]);

  await plant(
    "UPDATE revision_node SET body = body || ' ' WHERE digest = (SELECT min(digest) FROM revision_node)",
  );
  expect(await rules(true)).toContain("blob.corrupt");
  await plant(
    "UPDATE revision_node SET body = substr(body, 1, length(body) - 1) WHERE digest = (SELECT min(digest) FROM revision_node)",
  );

  await plant(
    "CREATE TEMP TABLE gone AS SELECT * FROM object_shape ORDER BY digest LIMIT 1",
    "DELETE FROM object_shape WHERE digest IN (SELECT digest FROM gone)",
  );
  expect(await rules(true)).toContain("shape.missing");
  await plant("INSERT INTO object_shape SELECT * FROM gone");
  expect(await rules(true)).toEqual([]);

  await plant("UPDATE layer_revision SET log = log || '\\x00' WHERE log IS NOT NULL");
  expect(await rules(true)).toEqual(["blob.corrupt", "revision.root"]);
  await plant("UPDATE layer_revision SET log = substr(log, 1, length(log) - 1) WHERE log IS NOT NULL");
  expect(await rules(true)).toEqual([]);

  await plant("CREATE TEMP TABLE lost AS SELECT * FROM source", "DELETE FROM source");
  expect(await rules(true)).toEqual(["schema.reference"]);
  await plant("INSERT INTO source SELECT * FROM lost");

  await plant(
    "UPDATE layer_revision SET object_count = object_count + 1 WHERE number = 2",
    "UPDATE layer_revision SET number = 7 WHERE number = 2",
  );
  expect(await rules(true)).toEqual(["revision.parent", "revision.root"]);
  await plant("UPDATE layer_revision SET object_count = object_count - 1, number = 2 WHERE number = 7");
  expect(await rules(true)).toEqual([]);
});

test("a dataset whose items were changed after freezing", async () => {
  await plant("UPDATE dataset_item SET role = CASE role WHEN 'test' THEN 'train' ELSE role END");
  expect(await rules(false)).toEqual(["dataset.digest", "dataset.role"]);
});
