/** The catalogue over HTTP: every route of it answers once, as a person works through a project. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { BulkEdit, CatalogueFacets, ImageStatistics, SavedQuery } from "#api/index.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
const called = new Set<string>();

beforeAll(async () => {
  server = await startServerUnderTest();
});
afterAll(() => server?.close());

async function call<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  pattern: string,
  options: {
    readonly id?: string;
    readonly query?: Record<string, string>;
    readonly payload?: object;
    readonly status?: number;
  } = {},
): Promise<T> {
  const path = pattern.replace(/:[A-Za-z]+/, options.id ?? server.project.id);
  const query = options.query === undefined ? "" : `?${new URLSearchParams(options.query)}`;
  const answer = await server.ask(server.annotator, {
    method,
    url: `/api${path}${query}`,
    ...(options.payload === undefined ? {} : { payload: options.payload }),
  });
  if (options.status === undefined) {
    expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBeLessThan(300);
    called.add(`${method} ${pattern}`);
  } else {
    expect(answer.statusCode, `${method} ${path}: ${answer.body}`).toBe(options.status);
  }
  return (answer.body === "" ? undefined : answer.json()) as T;
}

test("find, save, edit, undo, throw away, bring back, choose terms", async () => {
  const made = [];
  for (let seed = 0; seed < 3; seed++)
    made.push(await insertTwoSquares(server, `image ${seed}`, { seed: seed + 1 }));
  const ids = made.map(({ imageId }) => imageId);

  const changes = { metadata: { organ: "H9 lung thing", cellLine: "H9", note: "x" } };
  const preview = await call("POST", "/projects/:projectId/bulk-edits/preview", {
    payload: { q: "", changes },
  });
  expect(preview).toMatchObject({ images: 3, changing: 3, present: [{ field: "organ" }, {}, {}] });
  const edit = await call<BulkEdit>("POST", "/projects/:projectId/bulk-edits", {
    payload: { q: "cells=2", changes: { metadata: { organ: "Lungs", cellLine: "H9", well: "A1" } } },
  });
  expect(edit).toMatchObject({ kind: "set", imageCount: 3, query: "cells=2" });
  await call("POST", "/projects/:projectId/bulk-edits", { payload: { changes: {} }, status: 400 });

  const facets = await call<CatalogueFacets>("GET", "/projects/:projectId/facets", {
    query: { q: "organ under lung" },
  });
  expect(facets).toMatchObject({ images: 3, cells: 6 });
  expect(facets.facets.find(({ field }) => field === "organ")?.terms).toContainEqual({
    curie: "UBERON:0002048",
    label: "lung",
    parent: null,
    images: 3,
    cells: 6,
    ownImages: 3,
  });
  expect(await call("GET", "/projects/:projectId/other-facets")).toMatchObject({
    facets: [{ field: "well", words: [{ word: "A1", images: 3 }] }],
  });
  const wrong = await call<{ error: unknown }>("GET", "/projects/:projectId/facets", {
    query: { q: "organ under lnug" },
    status: 400,
  });
  expect(wrong.error).toMatchObject({ code: "query.term" });
  const charts = await call<ImageStatistics>("GET", "/projects/:projectId/statistics", {
    query: { rows: "organ", columns: "status" },
  });
  expect(charts.cross.rows).toEqual([{ key: "UBERON:0002048", label: "lung" }]);

  expect(await call("GET", "/projects/:projectId/words")).toMatchObject({
    words: [{ word: "H9", state: "ambiguous" }],
  });
  await call("POST", "/projects/:projectId/words", {
    payload: { field: "cellLine", word: "H9", curie: "CVCL_9773" },
  });
  expect(await call("GET", "/projects/:projectId/words")).toEqual({ words: [] });
  expect(await call("GET", "/terms", { query: { text: "lun", field: "organ", limit: "3" } })).toMatchObject({
    hits: [{ curie: "UBERON:0002048", label: "lung" }],
  });
  const term = {
    curie: "local:slice",
    label: "lung slice of ours",
    parents: [{ curie: "UBERON:0002048", relation: "partOf" }],
  };
  expect(await call("POST", "/terms", { payload: term })).toMatchObject({
    curie: "local:slice",
    source: "local",
  });

  const saved = await call<SavedQuery>("POST", "/projects/:projectId/queries", {
    payload: { name: "Lungs", query: "organ under lung" },
  });
  expect(await call("GET", "/projects/:projectId/queries")).toEqual({ queries: [saved] });
  await call("DELETE", "/queries/:queryId", { id: saved.id });
  expect(await call("GET", "/projects/:projectId/queries")).toEqual({ queries: [] });

  expect(await call("POST", "/bulk-edits/:bulkEditId/undo", { id: edit.id })).toEqual({
    undone: 3,
    kept: [],
    keptCount: 0,
  });
  await call("POST", "/bulk-edits/:bulkEditId/undo", { id: edit.id, status: 400 });
  const thrown = await call<BulkEdit>("POST", "/projects/:projectId/trash", {
    payload: { imageIds: ids.slice(0, 2) },
  });
  expect(thrown).toMatchObject({ kind: "trash", imageCount: 2 });
  expect(await call("GET", "/projects/:projectId/trash")).toMatchObject({
    total: 2,
    items: [{ id: ids[1] }, { id: ids[0] }],
  });
  expect(
    await call("POST", "/projects/:projectId/trash/restore", { payload: { imageIds: [ids[0]] } }),
  ).toEqual({ restored: [ids[0]] });
  const list = await call<{ items: { id: string }[] }>("GET", "/projects/:projectId/images", {
    query: { order: "name", descending: "1" },
  });
  expect(list.items.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
  expect(await call("GET", "/projects/:projectId/bulk-edits")).toMatchObject({
    edits: [{ id: thrown.id }, { id: edit.id }],
  });
});

test("every route of the catalogue was called", () => {
  const missing = catalogueRoutes
    .map(({ method, url }) => `${method} ${url}`)
    .filter((name) => !called.has(name));
  expect(missing).toEqual([]);
});
