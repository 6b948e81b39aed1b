/**
 * Images beyond the border of what is read whole: the same files imported with the border lowered and as it is give the same
 * pixels, the same keys and the same pictures.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { readLabels, writeImageTiff, writeLabelTiff, writeOmeZarr } from "#formats/index.ts";
import { runJobHere } from "#jobs/index.ts";
import * as store from "#store/index.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

const HEIGHT = 1_301;
const WIDTH = 1_150;
const folder = mkdtempSync(join(tmpdir(), "large-images-"));
let whole: ServerUnderTest;
let large: ServerUnderTest;

beforeAll(async () => {
  whole = await startServerUnderTest();
  large = await startServerUnderTest({}, { wholeValuesMax: 500_000 });
  const random = rng(1);
  const data = Uint16Array.from(
    { length: 2 * HEIGHT * WIDTH },
    (_, i) => ((i % WIDTH) >> 2) * 9 + random.int(90),
  );
  const image = imageArray("uint16", "cyx", [2, HEIGHT, WIDTH], data);
  const options = { name: "slide", mpp: { y: 0.5, x: 0.5 }, channels: [{ name: "DAPI" }, { name: "CD45" }] };
  const labels = labelImage(HEIGHT, WIDTH);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      if (y % 40 < 22 && x % 50 < 31)
        labels.data[y * WIDTH + x] = 1 + Math.floor(y / 40) * 30 + Math.floor(x / 50);
  mkdirSync(join(folder, "tiff"));
  writeFileSync(join(folder, "tiff", "slide.tif"), writeImageTiff(image, options));
  writeFileSync(join(folder, "tiff", "slide_masks.tif"), writeLabelTiff(labels));
  for await (const [key, bytes] of writeOmeZarr(image, [], options)) {
    const path = join(folder, "zarr", "slide.ome.zarr", key);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, bytes);
  }
}, 600_000);
afterAll(async () => {
  await whole?.close();
  await large?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function imported(server: ServerUnderTest, name: string): Promise<store.ImageDetail> {
  const agent = store.agentOf(server.owner.member);
  const project = await store.ensureProject(server.store, agent, name);
  const job = await runJobHere(
    server.store,
    agent,
    { kind: "ingest", projectId: project.id, title: name, params: { rootPath: join(folder, name) } },
    {},
  );
  expect([job.error, job.items.map(({ error }) => error)]).toEqual([null, [null]]);
  const [id] = await store.imageIdsForQuery(server.store, project.id, { type: "all" });
  return store.getImage(server.store, id ?? "");
}

async function bytesOf(server: ServerUnderTest, url: string): Promise<{ status: number; body: Buffer }> {
  const answer = await server.ask(server.viewer, { method: "GET", url: `/api${url}` });
  return { status: answer.statusCode, body: answer.rawPayload };
}

/** Keys of levels 0 to 2 of a cyx image, and of edges. */
const KEYS = ["zarr.json", "0/zarr.json", "2/zarr.json", "0/c/0/0/0", "0/c/1/2/2", "1/c/0/1/1", "2/c/1/0/0"];

test.each(["tiff", "zarr"])(
  "a %s in rows is stored, shown and labelled as one read whole",
  async (name) => {
    const [a, b] = [await imported(whole, name), await imported(large, name)];
    expect(b.arrayDigest).toBe(a.arrayDigest);
    expect([b.axes, b.shape, b.dtype, b.mpp, b.channels]).toEqual([
      a.axes,
      a.shape,
      a.dtype,
      a.mpp,
      a.channels,
    ]);
    for (const key of KEYS) {
      const [one, other] = [
        await bytesOf(whole, `/images/${a.id}/zarr/${key}`),
        await bytesOf(large, `/images/${b.id}/zarr/${key}`),
      ];
      expect([key, other.status, other.body.equals(one.body)]).toEqual([key, 200, true]);
    }
    expect((await bytesOf(large, `/images/${b.id}/zarr/0/c/0/3/0`)).status).toBe(404);
    expect(b.layers.map(({ objectCount }) => objectCount)).toEqual(
      a.layers.map(({ objectCount }) => objectCount),
    );
    if (name === "tiff") expect(b.layers[0]?.objectCount).toBe(33 * 23);
    const picture = await bytesOf(large, `/images/${b.id}/thumbnail.png?size=256&labels=1`);
    expect([picture.status, picture.body.subarray(1, 4).toString()]).toEqual([200, "PNG"]);
    if (name === "tiff") await sameRevisions(a.layers[0]?.id ?? "", b.layers[0]?.id ?? "");
    const levels = await store.openImageLevels(large.store, b.arrayDigest);
    rmSync(join(large.store.home, "derived"), { recursive: true });
    const again = await levels.readBox(1, 1, [600, 500, 640, 575]);
    expect(again.length).toBe(40 * 75);
    const report = await store.doctor(large.store, { full: true });
    expect(report.findings).toEqual([]);
  },
  600_000,
);

/** First revisions of two layers: the same label images, chunk by chunk. */
async function sameRevisions(a: string, b: string): Promise<void> {
  const [one] = await store.listRevisions(whole.store, a);
  const [other] = await store.listRevisions(large.store, b);
  for (const key of ["0/zarr.json", "0/c/0/0", "0/c/2/2", "1/c/1/0", "2/c/0/0"]) {
    const [first, second] = [
      await bytesOf(whole, `/layer-revisions/${one?.id}/zarr/${key}`),
      await bytesOf(large, `/layer-revisions/${other?.id}/zarr/${key}`),
    ];
    expect([key, second.status, second.body.equals(first.body)]).toEqual([key, 200, true]);
  }
  const [first, second] = [
    await bytesOf(whole, `/layer-revisions/${one?.id}/labels.tif`),
    await bytesOf(large, `/layer-revisions/${other?.id}/labels.tif`),
  ];
  const labels = await readLabels(new Uint8Array(second.body), { name: "large" });
  expect(labels).toEqual(await readLabels(new Uint8Array(first.body), { name: "whole" }));
}

test("checks look at a smaller level; a dataset leaves a large image out and says so", async () => {
  for (const server of [whole, large]) {
    const agent = store.agentOf(server.owner.member);
    const project = await store.ensureProject(server.store, agent, "tiff");
    const [id] = await store.imageIdsForQuery(server.store, project.id, { type: "all" });
    expect((await store.checkImageById(server.store, id ?? "")).objects).toBe(33 * 23);
    await store.checkProject(server.store, project.id);
    const { images, excluded } = await store.previewDataset(server.store, project.id, { query: "" });
    const reason = "too large to be learnt from whole; cut fields of view out of them";
    expect([images, excluded]).toEqual(server === whole ? [1, []] : [0, [{ reason, count: 1 }]]);
  }
});

test("what needs the whole image refuses it in words; the same pixels twice are one image", async () => {
  const agent = store.agentOf(large.owner.member);
  const project = await store.ensureProject(large.store, agent, "tiff");
  const [id] = await store.imageIdsForQuery(large.store, project.id, { type: "all" });
  await expect(store.readImageArray(large.store, id ?? "")).rejects.toMatchObject({
    code: "limit.pixels",
    message: expect.stringContaining(`${HEIGHT} x ${WIDTH} pixels`),
  });
  const job = await runJobHere(
    large.store,
    agent,
    { kind: "ingest", projectId: project.id, title: "again", params: { rootPath: join(folder, "tiff") } },
    {},
  );
  expect(job.items.map(({ state }) => state)).toEqual(["skipped"]);
});
