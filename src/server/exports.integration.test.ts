/** Exports over HTTP: started, made by a worker, listed, fetched whole and in parts, deleted; every route is called. */

import { access } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { readZip } from "#formats/index.ts";
import { exportFile, openQueue } from "#jobs/index.ts";
import * as store from "#store/index.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let version: store.DatasetVersionDetail;

beforeAll(async () => {
  server = await startServerUnderTest();
  await insertTwoSquares(server);
  version = await store.freezeDataset(server.store, store.agentOf(server.owner.member), {
    projectId: server.project.id,
    name: "squares",
    query: "",
  });
});
afterAll(() => server?.close());

const get = (url: string, headers: Record<string, string> = {}, caller = server.viewer) =>
  server.ask(caller, { method: "GET", url: `/api${url}`, headers });
const post = (url: string, payload: object, caller = server.annotator) =>
  server.ask(caller, { method: "POST", url: `/api${url}`, payload });

async function work(job: Job): Promise<store.Job> {
  const stop = new AbortController();
  const queue = await openQueue(server.store, { role: "worker" });
  const working = queue.work({ signal: stop.signal, queues: ["light"] });
  const state = async () => (await store.getJob(server.store, job.id)).state;
  await expect.poll(state, { timeout: 60_000 }).toMatch(/done|failed/);
  stop.abort();
  await working;
  await queue.close();
  return store.getJob(server.store, job.id);
}

test("a version is exported, listed, fetched in parts that make the whole, and deleted", async () => {
  const formats = (await get("/export-formats")).json<{ formats: { format: string }[] }>().formats;
  expect(formats.map(({ format }) => format)).toContain("coco");
  const started = await post(`/dataset-versions/${version.id}/exports`, { format: "coco" });
  expect(started.statusCode).toBe(202);
  const done = await work(started.json<Job>());
  expect(done.result).toMatchObject({ imageCount: 1, cellCount: 2, format: "coco" });
  const list = await get(`/projects/${server.project.id}/exports`);
  const [record] = list.json<{ exports: store.ExportRecord[] }>().exports;
  expect(record).toMatchObject({ id: done.id, datasetVersionId: version.id, title: "squares@1.0.0 as COCO" });
  const url = `/exports/${done.id}/file`;
  const whole = await get(url);
  expect(whole.headers).toMatchObject({
    "content-type": "application/zip",
    "accept-ranges": "bytes",
    "content-length": String(record?.bytes),
  });
  expect(whole.headers["content-disposition"]).toContain("squares@1.0.0-as-COCO.zip");
  const bytes = new Uint8Array(whole.rawPayload);
  const names = [...readZip(bytes, "export").values()].map(({ path }) => path);
  expect(names).toEqual(expect.arrayContaining(["SHA256SUMS", "load.py", "croissant.json", "splits.csv"]));
  const half = Math.floor(bytes.length / 2);
  const first = await get(url, { range: `bytes=0-${half - 1}` });
  const second = await get(url, { range: `bytes=${half}-`, "if-range": String(whole.headers.etag) });
  expect([first.statusCode, second.statusCode]).toEqual([206, 206]);
  expect(second.headers["content-range"]).toBe(`bytes ${half}-${bytes.length - 1}/${bytes.length}`);
  expect(Buffer.concat([first.rawPayload, second.rawPayload]).equals(whole.rawPayload)).toBe(true);
  const changed = await get(url, { range: "bytes=5-", "if-range": '"other"' });
  expect(changed.statusCode).toBe(200);
  const behind = await get(url, { range: `bytes=${bytes.length}-` });
  expect([behind.statusCode, behind.json()]).toMatchObject([416, { error: { code: "request.range" } }]);
  expect((await get(url, { "if-none-match": String(whole.headers.etag) })).statusCode).toBe(304);
  const gone = await server.ask(server.annotator, { method: "DELETE", url: `/api/exports/${done.id}` });
  expect(gone.statusCode).toBe(204);
  expect((await get(url)).statusCode).toBe(404);
  await expect(access(exportFile(server.store, done.id))).rejects.toThrow();
}, 120_000);

test("a selection is exported; what is no format or no query is refused before a job is made", async () => {
  const url = `/projects/${server.project.id}/exports`;
  const started = await post(url, { format: "parquet", query: "kind=fluorescence" });
  expect((await work(started.json<Job>())).result).toMatchObject({ imageCount: 1, cellCount: 2 });
  expect((await post(url, { format: "../etc", query: "" })).json()).toMatchObject({
    error: { code: "request.invalid" },
  });
  expect((await post(url, { format: "coco", query: "kind=" })).statusCode).toBe(400);
  const empty = await post(url, { format: "coco", query: "kind=histology" });
  expect((await work(empty.json<Job>())).error).toMatchObject({ code: "dataset.empty" });
  expect((await post(url, { format: "coco" }, server.viewer)).statusCode).toBe(403);
}, 120_000);
