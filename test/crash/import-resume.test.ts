/**
 * An import whose process is killed goes on where it was: every image once, nothing half, files and items in agreement.
 *
 * Real worker processes; SIGKILL at moments drawn from a seed, while decoders read and batches are stored.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { parseQuery } from "#core/select/index.ts";
import { openQueue, type Queue } from "#jobs/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  doctor,
  ensureOwner,
  getJob,
  listImages,
  listImportFiles,
  listImports,
  openStore,
  type Store,
} from "#store/index.ts";
import { root } from "../../scripts/find-node.mjs";
import { writeMadeImages } from "./made-images.ts";

const IMAGES = 120;

let folder = "";
let store: Store;
let queue: Queue;
let actor: Agent;
let cells: Map<string, number>;
const running = new Set<ChildProcess>();
const log: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "import-resume-"));
  cells = writeMadeImages(join(folder, "in"), { groups: 6, perGroup: IMAGES / 6, side: 64 });
  store = await openStore({ home: join(folder, "home") });
  queue = await openQueue(store, { role: "client" });
  actor = agentOf(await ensureOwner(store));
});

afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await queue?.close();
  await store?.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

function startWorker(): ChildProcess {
  const command = [
    "src/cli/main.ts",
    "worker",
    "--queue",
    "light",
    "--lease-ms",
    "1000",
    "--home",
    store.home,
  ];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["pipe", "ignore", "pipe"] });
  child.stderr?.on("data", (chunk: Buffer) => {
    log.push(chunk.toString());
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await done())) {
    if (Date.now() > end) throw new Error(`waited too long for ${what}\n${log.join("")}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function stored(projectId: string): Promise<number> {
  const [row] = await store.sql.query<{ count: number }>(
    "SELECT count(*) AS count FROM image WHERE project_id = $1",
    [projectId],
  );
  return row?.count ?? 0;
}

test("killed twice while it stores, an import ends with every image once and its record whole", async () => {
  const project = await createProject(store, actor, "resumed");
  const job = await queue.submit(actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: join(folder, "in"), licence: "CC0-1.0" },
  });
  const random = rng(11, "kills");
  for (const from of [1, IMAGES / 2]) {
    const worker = startWorker();
    await until(`${from} images`, async () => (await stored(project.id)) >= from);
    await new Promise((resolve) => setTimeout(resolve, random.int(60)));
    worker.kill("SIGKILL");
    // What is stored and what is reported agree at any moment.
    const [row] = await store.sql.query<{ items: number }>(
      "SELECT count(*) AS items FROM job_item WHERE job_id = $1 AND state = 'done'",
      [job.id],
    );
    expect(row?.items).toBeLessThanOrEqual(await stored(project.id));
  }
  const last = startWorker();
  await until("the end", async () => !["waiting", "running"].includes((await getJob(store, job.id)).state));
  last.stdin?.end();
  const ended = await getJob(store, job.id);
  expect(ended).toMatchObject({ state: "done", result: { imported: IMAGES, failed: 0, skipped: 0 } });
  const images = (await listImages(store, { projectId: project.id, query: parseQuery(""), limit: 500 }))
    .items;
  expect(new Map(images.map(({ name, cellCount }) => [name, cellCount]))).toEqual(cells);
  expect(images).toHaveLength(IMAGES);
  const imports = await listImports(store, project.id);
  expect(imports).toMatchObject([{ format: "pairs", imageCount: IMAGES, licence: "CC0-1.0" }]);
  const files = await listImportFiles(store, imports[0]!.id);
  expect(files).toHaveLength(2 * IMAGES);
  expect((await doctor(store, { full: true })).findings).toEqual([]);
});
