/** Jobs on a real data folder: import, cancel, lost lease, upload through the queue, damaged files. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseQuery } from "#core/select/index.ts";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { type IngestParams, openQueue, runJobHere } from "#jobs/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  doctor,
  ensureOwner,
  getImage,
  getJob,
  type Job,
  listImages,
  openStore,
  type Project,
  renderHead,
  requestCancel,
  type Store,
} from "#store/index.ts";
import { writeMadeImages } from "./made-images.ts";

let folder = "";
let store: Store;
let actor: Agent;
let cells: Map<string, number>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jobs-"));
  cells = writeMadeImages(join(folder, "in"), { groups: 3, perGroup: 2, side: 64 });
  store = await openStore({ home: join(folder, "home") });
  actor = agentOf(await ensureOwner(store));
});

afterAll(async () => {
  await store?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

function newProject(name: string): Promise<Project> {
  return createProject(store, actor, name);
}

function ingest(
  project: Project,
  params: IngestParams,
  options: Parameters<typeof runJobHere>[3] = {},
): Promise<Job> {
  return runJobHere(
    store,
    actor,
    { kind: "ingest", projectId: project.id, title: "Import", params },
    options,
  );
}

async function images(project: Project) {
  return (await listImages(store, { projectId: project.id, query: parseQuery(""), limit: 500 })).items;
}

test("an import stores pixels, labels, groups and metadata; again it stores nothing", async () => {
  const project = await newProject("import");
  const job = await ingest(project, { rootPath: join(folder, "in"), licence: "CC0-1.0" });
  expect(job).toMatchObject({ state: "done", result: { imported: 6, failed: 0, withLabels: 6, groups: 3 } });
  const stored = await images(project);
  expect(stored.map((image) => [image.name, image.status, image.cellCount, image.group])).toEqual(
    [...cells].map(([name, count]) => [name, "accepted", count, `group-${name.slice(1, 2)}`]),
  );
  const detail = await getImage(store, stored[0]!.id);
  expect(detail).toMatchObject({ dtype: "uint16", axes: "yx", source: { licence: "CC0-1.0" }, mpp: null });
  expect(detail.channels).toMatchObject([{ role: "nuclear" }]);
  const head = await renderHead(store, detail.layers[0]!.id);
  expect(Math.max(...head.data)).toBe(cells.get(detail.name));

  const again = await ingest(project, { rootPath: join(folder, "in") });
  expect(again).toMatchObject({ state: "done", result: { imported: 0, skipped: 6 } });
  expect(again.items.every((item) => item.state === "skipped" && item.error !== null)).toBe(true);
});

test("bad files are refused one by one with a reason and a remedy; the rest is imported whole", async () => {
  const bad = join(folder, "bad");
  cpSync(join(folder, "in"), bad, { recursive: true });
  const noise = Int32Array.from({ length: 128 * 128 }, (_, i) => ((i * 2654435761) % 60_000) & 0xffff);
  const tiff = writeLabelTiff({ dtype: "int32", height: 128, width: 128, data: noise });
  writeFileSync(join(bad, "images", "cut.tif"), tiff.subarray(0, tiff.length / 2));
  writeFileSync(join(bad, "images", "text.png"), "this is a table\n1,2,3\n");
  writeFileSync(join(bad, "images", "empty.png"), "");
  writeFileSync(
    join(bad, "labels", "g1-0.tif"),
    readFileSync(join(bad, "labels", "g1-0.tif")).subarray(0, 40),
  );
  const small = writePng({ height: 8, width: 8, channels: 1, data: new Uint8Array(64).fill(3) });
  rmSync(join(bad, "labels", "g2-1.tif"));
  writeFileSync(join(bad, "labels", "g2-1.png"), small);
  writeFileSync(join(bad, "evil.zip"), zipSync({ "../evil.png": small }));
  const project = await newProject("bad");
  const job = await ingest(project, { rootPath: bad });
  expect(job.state).toBe("done");
  const failed = job.items.filter((item) => item.state === "failed");
  expect(Object.fromEntries(failed.map((item) => [item.name, item.error?.code]))).toEqual({
    "evil.zip": "format.zip",
    "images/empty.png": "format.detect",
    cut: "format.tiff",
    text: "format.detect",
    "g1-0": "format.tiff",
    "g2-1": "format.pair",
  });
  for (const item of failed) {
    expect(item.error?.message).not.toBe("");
    expect(item.error?.hint).toBeTruthy();
  }
  expect((await images(project)).map((image) => image.name)).toEqual(["g0-0", "g0-1", "g1-1", "g2-0"]);
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});

test("an import of nothing usable fails and says what", async () => {
  const project = await newProject("nothing");
  const path = join(folder, "evil.zip");
  writeFileSync(path, zipSync({ "../evil.png": new Uint8Array(9) }));
  const job = await ingest(project, { rootPath: path });
  expect(job).toMatchObject({ state: "failed", error: { code: "import.empty" } });
  expect(job.error?.message).toContain("evil.zip");
});

test("a cancel ends the import between two images", async () => {
  const project = await newProject("cancel");
  let jobId = "";
  const running = ingest(
    project,
    { rootPath: join(folder, "in") },
    {
      onProgress: async () => {
        const [open] = await store.sql.query<{ id: string }>("SELECT id FROM job WHERE state = 'running'");
        if (jobId !== "" || open === undefined) return;
        jobId = open.id;
        await requestCancel(store, actor, jobId);
      },
    },
  );
  const job = await running;
  // A fast machine may be done before the cancel is seen; then nothing is lost either.
  expect(["canceled", "done"]).toContain(job.state);
  if (job.state === "canceled") expect(job.error?.code).toBe("job.canceled");
  expect((await images(project)).length).toBe(job.items.filter((item) => item.state === "done").length);
});

test("Ctrl-C of the command line cancels the job", async () => {
  const project = await newProject("stop");
  const job = await ingest(project, { rootPath: join(folder, "in") }, { signal: AbortSignal.abort() });
  expect(job).toMatchObject({ state: "canceled", error: { code: "job.canceled" } });
  expect(await images(project)).toEqual([]);
});

test("who lost the lease cannot finish", async () => {
  const project = await newProject("late");
  let stolen = false;
  const job = await ingest(
    project,
    { rootPath: join(folder, "in") },
    {
      onProgress: () => {
        if (stolen) return;
        stolen = true;
        void store.sql.query(
          "UPDATE job SET lease_id = 'another', lease_until = now() + interval '1 hour' WHERE state = 'running'",
        );
      },
    },
  );
  const row = await getJob(store, job.id);
  expect(row.state).toBe("running");
  expect(row.result).toBeNull();
  await store.sql.query("UPDATE job SET state = 'failed' WHERE id = $1", [job.id]);
});

test("an upload goes through the queue, and its staging folder is gone afterwards", async () => {
  const project = await newProject("upload");
  const stagingDir = join(folder, "staging");
  mkdirSync(stagingDir);
  const png = readFileSync(join(folder, "in", "images", "g0-0.png"));
  writeFileSync(join(stagingDir, "000001.bin"), png);
  writeFileSync(
    join(stagingDir, "manifest.json"),
    JSON.stringify([{ file: "000001.bin", path: "drop/a.png", size: png.length }]),
  );
  const queue = await openQueue(store, { role: "worker" });
  const stop = new AbortController();
  const working = queue.work({ signal: stop.signal });
  const { id } = await queue.submit(actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Upload",
    params: { stagingDir },
  });
  let job = await getJob(store, id);
  while (job.state === "waiting" || job.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 20));
    job = await getJob(store, id);
  }
  expect(job).toMatchObject({ state: "done", result: { imported: 1 } });
  expect((await images(project)).map((image) => image.name)).toEqual(["a"]);
  expect(existsSync(stagingDir)).toBe(false);
  const waiting = await queue.submit(actor, {
    kind: "evaluate",
    projectId: project.id,
    title: "Never",
    params: { modelVersionId: store.ids.next(), datasetVersionId: store.ids.next(), split: "test" },
  });
  let failed = await getJob(store, waiting.id);
  while (failed.state === "waiting" || failed.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 20));
    failed = await getJob(store, waiting.id);
  }
  expect(failed).toMatchObject({ state: "failed", error: { code: "model.notFound" } });
  stop.abort();
  await working;
  await queue.close();
});
