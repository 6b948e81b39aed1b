/** The routes of predictions, each called: submit, result, files; and that only those who may see one see it. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { imageArray, labelImage } from "#core/array/index.ts";
import { readLabels, readLabelTiffDescription, writePng } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { multipartForm } from "./multipart-form.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let modelVersionId = "";

beforeAll(async () => {
  server = await startServerUnderTest();
  const model = await store.importModelVersion(server.store, store.agentOf(server.owner.member), {
    name: "squares",
    version: "1.0.0",
    weights: Uint8Array.of(1),
    onnx: Uint8Array.of(2),
    architecture: "none",
    contract: {},
    card: {},
    licence: "CC0-1.0",
  });
  modelVersionId = model.id;
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);

test("predictions: submit, result, files; only for those who may see them", async () => {
  const png = writePng({ height: 4, width: 6, channels: 1, data: new Uint8Array(24).fill(7) });
  const form = multipartForm([
    { name: "file", value: png, fileName: "my cell.png" },
    { name: "model", value: "squares" },
  ]);
  const job = (await call("POST", "/predictions", { caller: server.viewer, ...form })).json<Job>();
  expect(job).toMatchObject({ kind: "predict", projectId: null, agent: { name: "Vera" } });
  const params = { jobId: job.id };
  const early = await server.ask(server.viewer, { url: `/api/predictions/${job.id}` });
  expect(early.statusCode).toBe(404);

  const labels = labelImage(4, 6);
  labels.data.set([1, 1, 1], 0);
  await store.insertPrediction(server.store, store.agentOf(server.owner.member), {
    jobId: job.id,
    name: "my cell.png",
    modelVersionId,
    inputDigest: await server.store.blobs.put(png),
    image: imageArray("uint8", "yx", [4, 6], new Uint8Array(24).fill(7)),
    labels,
    facts: {
      compartments: [{ compartment: "wholeCell", cellCount: 1 }],
      warnings: [{ kind: "noise", message: "It is noisier." }],
    },
    parts: new Map([["maps", new Uint8Array([1, 2, 3])]]),
  });
  const caller = server.viewer;
  expect((await call("GET", "/predictions/:jobId", { params, caller })).json()).toEqual({
    name: "my cell.png",
    modelVersion: "squares@1.0.0",
    modelVersionId,
    file: 0,
    height: 4,
    width: 6,
    cellCount: 1,
    compartments: [{ compartment: "wholeCell", cellCount: 1 }],
    scale: null,
    mpp: null,
    warnings: [{ kind: "noise", message: "It is noisier." }],
    notes: [],
    hasMaps: true,
  });
  const maps = await call("GET", "/predictions/:jobId/maps.npy", { params, caller });
  expect([...maps.rawPayload]).toEqual([1, 2, 3]);
  for (const query of ["file=1", "compartment=nuclear"]) {
    const absent = await server.ask(caller, { url: `/api/predictions/${job.id}/labels.tif?${query}` });
    expect(absent.statusCode).toBe(404);
  }
  const tiff = await call("GET", "/predictions/:jobId/labels.tif", { params, caller });
  const bytes = new Uint8Array(tiff.rawPayload);
  expect((await readLabels(bytes, { name: "labels.tif" })).data).toEqual(labels.data);
  expect(readLabelTiffDescription(bytes, "labels.tif")).toMatchObject({ model: "squares@1.0.0" });
  await call("GET", "/predictions/:jobId/image.png", { params, caller });
  const overlay = await call("GET", "/predictions/:jobId/overlay.png", { params, caller });
  expect(overlay.headers["content-disposition"]).toContain('attachment; filename="my cell-overlay.png"');

  // Another viewer's prediction is as absent as one that never was; an owner sees it.
  const stranger = await server.join("viewer", "Stranger");
  for (const path of [
    `/jobs/${job.id}`,
    `/predictions/${job.id}`,
    `/predictions/${job.id}/labels.tif`,
    `/jobs/${job.id}/events`,
  ]) {
    const foreign = await server.ask(stranger, { url: `/api${path}` });
    const missing = await server.ask(stranger, {
      url: `/api${path.replace(job.id, "01ARZ3NDEKTSV4RRFFQ69G5FAV")}`,
    });
    expect([foreign.statusCode, foreign.body]).toEqual([404, missing.body]);
  }
  expect((await server.ask(stranger, { url: "/api/jobs" })).body).not.toContain(job.id);
  expect((await server.ask(server.owner, { url: "/api/jobs" })).body).toContain(job.id);
  const stop = { method: "POST" as const, url: `/api/jobs/${job.id}/cancel` };
  expect((await server.ask(stranger, stop)).statusCode).toBe(404);
  expect((await server.ask(server.viewer, stop)).statusCode).toBe(200);
});

test("every route of predictions was called", () => {
  expect(uncalled(predictionRoutes)).toEqual([]);
});
