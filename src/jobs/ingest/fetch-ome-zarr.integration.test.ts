/** An OME-Zarr on a web server becomes images with labels: the same pixels, nothing but what is needed is fetched. */

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ImageArray, labelImage } from "#core/array/index.ts";
import { writeOmeZarr } from "#formats/index.ts";
import {
  type Agent,
  agentOf,
  createProject,
  ensureOwner,
  getImage,
  listImages,
  readArray,
} from "#store/index.ts";
import { openTemporaryStore, type TemporaryStore } from "#store/testing/temporary-store.ts";
import { runJobHere } from "../submit.ts";
import { fetchOmeZarr } from "./fetch-ome-zarr.ts";

const image: ImageArray = {
  dtype: "uint16",
  axes: "cyx",
  shape: [2, 600, 300],
  data: Uint16Array.from({ length: 2 * 600 * 300 }, (_, i) => (i * 7) % 65_521),
};

let temporary: TemporaryStore;
let actor: Agent;
let server: Server;
let address = "";
let folder = "";
const files = new Map<string, Uint8Array>();
const asked = new Set<string>();

beforeAll(async () => {
  temporary = await openTemporaryStore();
  actor = agentOf(await ensureOwner(temporary.store));
  folder = mkdtempSync(join(tmpdir(), "fetch-"));
  const labels = labelImage(600, 300);
  labels.data.fill(1, 0, 40);
  labels.data.fill(2, 90_000, 90_050);
  const written = writeOmeZarr(
    image,
    [{ name: "nuclei", labels: { dtype: "int32", axes: "yx", shape: [600, 300], data: labels.data } }],
    { name: "field", channels: [{ name: "DAPI", role: "nuclear" }, { name: "PH" }], mpp: { y: 0.5, x: 0.5 } },
  );
  for await (const [key, bytes] of written) files.set(key, bytes);
  server = createServer(({ url = "" }, answer) => {
    const key = decodeURIComponent(url).replace(/^\/field\.zarr\//, "");
    asked.add(key);
    const found = files.get(key);
    if (found === undefined) answer.writeHead(404).end();
    else answer.end(found);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/field.zarr`;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await temporary?.end();
  rmSync(folder, { recursive: true, force: true });
});

test("fetched and imported: pixels, labels, pixel size; no smaller level of the pyramid travels", async () => {
  const { store } = temporary;
  const counts: number[] = [];
  const path = await fetchOmeZarr(address, folder, {
    allowPrivate: true,
    onProgress: (done, images) => counts.push(done, images),
  });
  expect(path).toBe(join(folder, "field.zarr"));
  expect(counts).toEqual([1, 1]);
  expect([...files.keys()].some((key) => key.startsWith("1/c/"))).toBe(true);
  expect([...asked].filter((key) => key.startsWith("1/c/"))).toEqual([]);

  const project = await createProject(store, actor, "web");
  const job = await runJobHere(store, actor, {
    kind: "ingest",
    projectId: project.id,
    title: "Import",
    params: { rootPath: path, licence: "CC0-1.0", answers: { compartment: "nuclear" } },
  });
  expect([job.state, job.result?.["imported"], job.error]).toEqual(["done", 1, null]);
  const [listed] = (await listImages(store, { projectId: project.id })).items;
  const stored = await getImage(store, listed?.id ?? "");
  expect(stored).toMatchObject({ cellCount: 2, mpp: { y: 0.5, x: 0.5 } });
  expect((await readArray(store, stored.arrayDigest)).data).toEqual(image.data);
});

test("private addresses, missing hierarchies and silence are told apart", async () => {
  await expect(fetchOmeZarr(address, folder, { allowPrivate: false })).rejects.toMatchObject({
    code: "request.invalid",
  });
  const missing = address.replace("field", "other");
  await expect(fetchOmeZarr(missing, folder, { allowPrivate: true })).rejects.toMatchObject({
    code: "format.zarr",
  });
  await expect(
    fetchOmeZarr(address, folder, { allowPrivate: true, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "job.canceled" });
});
