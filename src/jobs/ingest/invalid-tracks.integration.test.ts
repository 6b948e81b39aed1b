/** Movies whose tracks break a law are refused with rule, id and frame, and nothing of them is stored. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { writeLabelTiff } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  ensureLab,
  ensureOwner,
  ensureProject,
  imageIdsForQuery,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";

const root = mkdtempSync(join(tmpdir(), "invalid-tracks-"));
let opened: TemporaryStore;
let actor: Agent;

beforeAll(async () => {
  opened = await openTemporaryStore();
  await ensureLab(opened.store);
  actor = agentOf(await ensureOwner(opened.store));
}, 600_000);

afterAll(async () => {
  await opened.end();
  rmSync(root, { recursive: true, force: true });
});

/** Cell 1 in frames 0 and 1; cells 2 and 3 in frame 2. */
function movie(name: string, table: string): string {
  const at = (label: number, place: number): [number, number] => [place, label];
  const planes = [[at(1, 9)], [at(1, 10)], [at(2, 9), at(3, 14)]];
  const put = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), bytes);
  };
  for (const [t, cells] of planes.entries()) {
    const plane = labelImage(6, 8);
    for (const [place, label] of cells) plane.data[place] = label;
    put(
      `01/t00${t}.tif`,
      writeLabelTiff(
        labelImage(
          6,
          8,
          plane.data.map((label) => 40 * label),
        ),
      ),
    );
    put(`01_GT/TRA/man_track00${t}.tif`, writeLabelTiff(plane));
  }
  put("01_GT/TRA/man_track.txt", table);
  return join(root, name);
}

async function importOf(name: string, table: string) {
  const { store } = opened;
  const project = await ensureProject(store, actor, name);
  const params = { rootPath: movie(name, table), format: "ctc", answers: { mpp: "unknown" } };
  const job = await runJobHere(
    store,
    actor,
    { kind: "ingest", projectId: project.id, title: "import", params },
    {},
  );
  return { job, images: await imageIdsForQuery(store, project.id, { type: "all" }) };
}

test("the same movie with a table that keeps the laws is stored", async () => {
  const { job, images } = await importOf("good", "1 0 1 0\n2 2 2 1\n3 2 2 1\n");
  expect([job.error, images.length]).toEqual([null, 1]);
}, 600_000);

test.each([
  ["cycle", "1 0 1 3\n2 2 2 1\n3 2 2 1\n", "frame 0, id 1"],
  ["parent after child", "1 0 1 2\n2 2 2 0\n3 2 2 1\n", "frame 0, id 1"],
  ["missing label", "1 0 2 0\n2 2 2 0\n3 2 2 0\n", "frame 2, id 1"],
  ["duplicate id", "1 0 1 0\n2 2 2 1\n2 2 2 1\n3 2 2 1\n", "frame 2, id 2"],
  ["text where a number belongs", "1 0 one 0\n2 2 2 1\n3 2 2 1\n", "line 1"],
])(
  "%s",
  async (name, table, place) => {
    const { job, images } = await importOf(name, table);
    const [item] = job.items;
    expect([item?.state, item?.error?.code, images]).toEqual(["failed", "format.ctc", []]);
    expect(item?.error?.message).toContain(`01_GT/TRA/man_track.txt, ${place}`);
    expect(item?.error?.message).toMatch(/\(rule \w+\)/);
  },
  600_000,
);
