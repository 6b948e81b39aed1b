/** What the triggers of migration 8 keep in place of foreign keys. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { agentOf } from "./agents.ts";
import { insertImage } from "./images.ts";
import { ensureLayer } from "./layers.ts";
import { ensureOwner } from "./members.ts";
import { createProject } from "./projects.ts";
import { sampleImage } from "./testing/sample-labels.ts";
import { openTemporaryStore, type TemporaryStore } from "./testing/temporary-store.ts";

let temporary: TemporaryStore;
let layerId = "";

beforeAll(async () => {
  temporary = await openTemporaryStore();
  const { store } = temporary;
  const person = agentOf(await ensureOwner(store));
  const { id: projectId } = await createProject(store, person, "references");
  const labels = labelImage(4, 4);
  labels.data[5] = 1;
  const { imageId } = await insertImage(store, person, {
    projectId,
    name: "a",
    image: sampleImage(4, 4, 1),
    source: { title: "test", licence: "CC0-1.0" },
    labels,
  });
  layerId = (await ensureLayer(store, person, imageId, "nuclear")).id;
});
afterAll(() => temporary.end());

const run = (text: string, params: readonly unknown[] = []) => temporary.store.sql.query(text, params);

test("an object needs an agent and a layer that exist", async () => {
  await expect(run("UPDATE object SET agent_id = 'nobody' WHERE layer_id = $1", [layerId])).rejects.toThrow(
    "no agent nobody",
  );
  await expect(run("UPDATE object SET layer_id = 'nowhere' WHERE layer_id = $1", [layerId])).rejects.toThrow(
    "no layer nowhere",
  );
  await expect(
    run(
      `INSERT INTO object (layer_id, uid, label, digest, t, z, y0, x0, y1, x1, seq, agent_id, kind, touched)
       SELECT 'nowhere', uid, label, digest, t, z, y0, x0, y1, x1, seq, agent_id, kind, touched FROM object`,
    ),
  ).rejects.toThrow("no layer nowhere");
});

test("a layer with objects stays, under its name", async () => {
  await expect(run("DELETE FROM layer WHERE id = $1", [layerId])).rejects.toThrow("has objects");
  await expect(run("UPDATE layer SET id = 'other' WHERE id = $1", [layerId])).rejects.toThrow("has objects");
});

test("a file needs an import that exists", async () => {
  await expect(
    run("INSERT INTO import_file (import_id, path, bytes, digest) VALUES ('none', 'a.tif', 1, sha256('a'))"),
  ).rejects.toThrow("no import none");
});
