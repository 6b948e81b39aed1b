/** A store on a PostgreSQL that it does not own: `DATABASE_URL`. The outside server is a second embedded one. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { ensureAgent, getImage, insertImage, lockServer, openStore, renderHead } from "./index.ts";
import { ensureProject } from "./projects.ts";
import { homeUse } from "./testing/home-use.ts";
import { squares } from "./testing/sample-labels.ts";
import {
  openTemporaryStore,
  removeHome,
  type TemporaryStore,
  temporaryHome,
} from "./testing/temporary-store.ts";

let outside: TemporaryStore;
let databaseUrl = "";

beforeAll(async () => {
  outside = await openTemporaryStore();
  await outside.store.sql.query("CREATE DATABASE lab");
  const url = new URL(outside.store.databaseUrl);
  url.pathname = "/lab";
  databaseUrl = url.href;
});
afterAll(() => outside.end());

test("keeps its rows there, its blobs at home, and starts no database of its own", async () => {
  const home = await temporaryHome();
  const store = await openStore({ home, databaseUrl });
  try {
    expect(store.isEmbedded).toBe(false);
    expect(homeUse(home)).toEqual([]);
    const actor = await ensureAgent(store, "importer", "test");
    const project = await ensureProject(store, actor, "outside");
    const labels = squares(40, 40);
    const image = imageArray(
      "uint8",
      "yx",
      [40, 40],
      new Uint8Array(1600).map((_, i) => i % 251),
    );
    const inserted = await insertImage(store, actor, {
      projectId: project.id,
      name: "one",
      image,
      channels: [{ index: 0, name: "DNA", role: "nuclear" }],
      mpp: null,
      mppReason: "made for a test",
      group: "g",
      metadata: {},
      source: { title: "test", licence: "CC0-1.0" },
      labels,
    });
    const found = await getImage(store, inserted.imageId);
    expect(found.cellCount).toBe(4);
    const rendered = await renderHead(store, found.layers[0]?.id ?? "");
    expect(rendered.data).toEqual(labels.data);
    // Many servers may share an outside database, so none is locked out.
    await (await lockServer(store)).release();
    await (await lockServer(store)).release();
  } finally {
    await store.close();
    await removeHome(home);
  }
});

test("refuses an address where no database answers, naming what to do", async () => {
  const home = await temporaryHome();
  const refused = openStore({ home, databaseUrl: "postgres://nobody@127.0.0.1:1/none" });
  await expect(refused).rejects.toMatchObject({ code: "home.database" });
  await removeHome(home);
});
