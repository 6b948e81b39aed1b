/**
 * An import whose process is killed goes on where it was: every image once, nothing half, files and items in agreement.
 *
 * Real worker processes; SIGKILL at moments drawn from a seed, while decoders read and batches are stored.
 */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { parseQuery } from "#core/select/index.ts";
import {
  createProject,
  doctor,
  getJob,
  listImages,
  listImportFiles,
  listImports,
  type Store,
} from "#store/index.ts";
import { type KillableWorkers, openKillableWorkers } from "./killable-workers.ts";
import { writeMadeImages } from "./made-images.ts";

const IMAGES = 120;

let workers: KillableWorkers;
let store: Store;
let cells: Map<string, number>;

beforeAll(async () => {
  workers = await openKillableWorkers("import-resume", "light");
  store = workers.store;
  cells = writeMadeImages(join(workers.folder, "in"), { groups: 6, perGroup: IMAGES / 6, side: 64 });
});

afterAll(() => workers?.end());

async function stored(projectId: string): Promise<number> {
  const [row] = await store.sql.query<{ count: number }>(
    "SELECT count(*) AS count FROM image WHERE project_id = $1",
    [projectId],
  );
  return row?.count ?? 0;
}

test("killed twice while it stores, an import ends with every image once and its record whole", async () => {
  const { actor, folder, queue } = workers;
  const project = await createProject(store, actor, "resumed");
  const job = await queue.submit(actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: join(folder, "in"), licence: "CC0-1.0" },
  });
  const random = rng(11, "kills");
  for (const from of [1, IMAGES / 2]) {
    const worker = workers.startWorker();
    await workers.until(`${from} images`, async () => (await stored(project.id)) >= from);
    await new Promise((resolve) => setTimeout(resolve, random.int(60)));
    worker.kill("SIGKILL");
    // What is stored and what is reported agree at any moment.
    const [row] = await store.sql.query<{ items: number }>(
      "SELECT count(*) AS items FROM job_item WHERE job_id = $1 AND state = 'done'",
      [job.id],
    );
    expect(row?.items).toBeLessThanOrEqual(await stored(project.id));
  }
  const last = workers.startWorker();
  await workers.until(
    "the end",
    async () => !["waiting", "running"].includes((await getJob(store, job.id)).state),
  );
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
