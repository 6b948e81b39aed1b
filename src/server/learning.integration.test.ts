/** Types of cells and learning in place over HTTP: every route answers once. What a worker would write goes through the store. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Improvement, Job } from "#api/index.ts";
import * as store from "#store/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { cellTypeRoutes } from "./routes/cell-types.ts";
import { learningRoutes } from "./routes/learning.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let layerId: string;
let model: store.ModelVersion;
beforeAll(async () => {
  server = await startServerUnderTest();
  ({ layerId } = await insertTwoSquares(server));
  model = await store.importModelVersion(server.store, owner(), {
    ...{ name: "squares", version: "1.0.0", weights: Uint8Array.of(1), onnx: Uint8Array.of(2) },
    ...{ architecture: "none", contract: { mpp: 0.5 }, card: {}, licence: "CC0-1.0", stage: "released" },
    projectId: server.project.id,
  });
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);
const owner = (): store.Agent => store.agentOf(server.owner.member);
const ofProject = () => ({ params: { projectId: server.project.id } });

test("terms come with what stands above them, unknown ones are left out", async () => {
  // A T cell is a lymphocyte, and both are types of cells.
  const { terms } = (
    await call("GET", "/terms/places", { query: "?curies=CL:0000084,CL:0000542,CL:9999999" })
  ).json<{ terms: { curie: string; ancestors: string[]; isCellType: boolean }[] }>();
  expect(terms.map(({ curie, isCellType }) => [curie, isCellType])).toEqual([
    ["CL:0000084", true],
    ["CL:0000542", true],
  ]);
  expect(terms[0]?.ancestors).toContain("CL:0000542");
});

test("a project has one marker panel, empty at first", async () => {
  const panel = "/projects/:projectId/marker-panel";
  expect((await call("GET", panel, ofProject())).json()).toEqual({ types: [], thresholds: [] });
  const payload = {
    types: [{ term: "CL:0000084", markers: [{ marker: "CD3", expect: "positive" }] }],
    thresholds: [{ marker: "CD3", value: 120 }],
  };
  await call("PATCH", panel, { ...ofProject(), payload });
  expect((await call("GET", panel, ofProject())).json()).toEqual(payload);
});

test("effort counts from the log: an image that was imported took none", async () => {
  expect((await call("GET", "/projects/:projectId/effort", ofProject())).json()).toEqual({ images: [] });
});

test("a part is asked for, found by a worker, and fetched", async () => {
  const asked = await call("POST", "/layers/:layerId/predict-part", {
    params: { layerId },
    payload: { modelVersionId: model.id, box: [0, 0, 20, 20] },
  });
  const job = asked.json<Job>();
  expect(job).toMatchObject({ kind: "predictPart", state: "waiting" });
  const [first] = (await store.layerObjects(server.store, layerId)).objects;
  const part: store.PredictedPart = {
    modelVersion: "squares 1.0.0",
    window: [0, 0, 30, 30],
    cells: [{ key: "a", shape: (first as NonNullable<typeof first>).shape, confidence: 0.75, from: null }],
    warnings: ["Far from what the model saw."],
  };
  await store.inTransaction(server.store, (tx) => store.keepPredictedPart(tx, job.id, part));
  const found = await call("GET", "/jobs/:jobId/part", { params: { jobId: job.id } });
  expect(found.json()).toMatchObject({
    ...{ modelVersion: "squares 1.0.0", window: [0, 0, 30, 30], warnings: part.warnings },
    cells: [{ key: "a", confidence: 0.75, from: null }],
  });
});

test("an improvement is begun, told, used, and taken back", async () => {
  const asked = await call("POST", "/projects/:projectId/improvements", {
    ...ofProject(),
    payload: { baseModelVersionId: model.id },
  });
  const job = asked.json<Job>();
  expect(job).toMatchObject({ kind: "improve", state: "waiting" });
  const { id } = await store.ensureImprovement(server.store, owner(), {
    ...{ projectId: server.project.id, jobId: job.id, baseModelVersionId: model.id },
  });
  await store.noteImprovement(server.store, id, {
    ...{ modelVersionId: model.id, verdict: "better", reason: "AP 0.7, before 0.6" },
  });
  const { improvements } = (await call("GET", "/projects/:projectId/improvements", ofProject())).json<{
    improvements: Improvement[];
  }>();
  expect(improvements.map((one) => one.id)).toEqual([id]);

  const params = { improvementId: id };
  const used = (await call("POST", "/improvements/:improvementId/use", { params })).json<Job>();
  expect(used).toMatchObject({ kind: "propose" });
  expect((await call("GET", "/improvements/:improvementId", { params })).json()).toMatchObject({
    ...{ verdict: "better", usedByJobId: used.id },
  });
  const back = await call("POST", "/improvements/:improvementId/take-back", { params });
  expect(back.json<Job>().title).toContain("Bring back");
  const other = await call("POST", "/projects/:projectId/propose/take-back", {
    ...ofProject(),
    payload: { jobId: used.id },
  });
  expect(other.json()).toMatchObject({ kind: "propose", state: "waiting" });
});

test("every route was called", () => {
  expect(uncalled([...learningRoutes, ...cellTypeRoutes])).toEqual([]);
});
