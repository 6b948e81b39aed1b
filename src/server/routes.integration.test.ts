/**
 * The whole loop over HTTP: every route answers its happy path once, in the order in which a lab would call them.
 *
 * The last test compares what was called with what is registered, so a new route without a call here fails. Nothing
 * computes: what a worker would write is written through the store.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import {
  base64ToBytes,
  bytesToBase64,
  type Job,
  type LayerObjects,
  type RevisionObjects,
  shapeFromWire,
  type WireShape,
} from "#api/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import { defaultTallySettings, makeEvaluationReport } from "#core/metrics/index.ts";
import { readImage, readLabels, writePng } from "#formats/index.ts";
import * as store from "#store/index.ts";
import { buildServer } from "./build-server.ts";
import { createRouteCalls } from "./call-routes.ts";
import { multipartForm } from "./multipart-form.ts";
import { augmentRoutes } from "./routes/augment.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { cellTypeRoutes } from "./routes/cell-types.ts";
import { coverageRoutes } from "./routes/coverage.ts";
import { evaluationRoutes } from "./routes/evaluations.ts";
import { exportRoutes } from "./routes/exports.ts";
import { findingRoutes } from "./routes/findings.ts";
import { learningRoutes } from "./routes/learning.ts";
import { liveRoutes } from "./routes/live.ts";
import { metadataRoutes } from "./routes/metadata.ts";
import { modelFileRoutes } from "./routes/model-files.ts";
import { paletteRoutes } from "./routes/palettes.ts";
import { pastRoutes } from "./routes/past.ts";
import { pinnedRoutes } from "./routes/pinned.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { trackRoutes } from "./routes/tracks.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { versionRoutes } from "./routes/versions.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

const areaOf = (shape: WireShape): number => shapeArea(shapeFromWire(shape));

let server: ServerUnderTest;
const registered = new Set<string>();

beforeAll(async () => {
  server = await startServerUnderTest();
  const seen = await buildServer({
    store: server.store,
    queue: server.queue,
    watchRoutes: ({ method, url }) => {
      if (method !== "HEAD") registered.add(`${method} ${url}`);
    },
  });
  await seen.close();
});
afterAll(() => server?.close());

const { call, called } = createRouteCalls(() => server);

let projectId: string;
let imageId: string;
let layerId: string;
let revisionId: string;
let datasetVersionId: string;
let modelVersionId: string;

test("server, session, members", async () => {
  expect((await call("GET", "/health")).json()).toMatchObject({ ok: true, ready: true });
  await call("GET", "/openapi.json");
  const guest = await server.join("viewer", "Guest");
  called.add("POST /api/session").add("POST /api/invites");
  expect((await call("GET", "/session", { caller: guest })).json()).toMatchObject({
    member: { name: "Guest" },
  });
  await call("DELETE", "/session", { caller: guest });
  expect((await call("GET", "/members")).json<{ members: unknown[] }>().members).toHaveLength(4);
  const params = { memberId: guest.member.id };
  const changed = await call("PATCH", "/members/:memberId", {
    params,
    payload: { role: "annotator", name: "Gus" },
  });
  expect(changed.json()).toMatchObject({ id: guest.member.id, role: "annotator", name: "Gus" });
  const invite = await server.ask(server.owner, {
    method: "POST",
    url: "/api/invites",
    payload: { role: "viewer" },
  });
  expect(
    (await call("GET", "/invites")).json<{ invites: unknown[] }>().invites.length,
  ).toBeGreaterThanOrEqual(4);
  await call("DELETE", "/invites/:inviteId", { params: { inviteId: invite.json<{ id: string }>().id } });
  const token = (await call("POST", "/tokens", { payload: { name: "script", scope: "read" } })).json<{
    id: string;
  }>();
  expect((await call("GET", "/tokens")).json()).toMatchObject({
    tokens: [{ name: "script", scope: "read" }],
  });
  await call("DELETE", "/tokens/:tokenId", { params: { tokenId: token.id } });
});

test("projects and images", async () => {
  const made = await call("POST", "/projects", { payload: { name: "Second" } });
  expect(made.json()).toMatchObject({ name: "Second", imageCount: 0 });
  projectId = server.project.id;
  ({ imageId, layerId } = await insertTwoSquares(server));
  await insertTwoSquares(server, "unlabelled.png", { labelled: false, seed: 3 });
  expect((await call("GET", "/projects")).json<{ projects: unknown[] }>().projects).toHaveLength(2);
  const project = await call("GET", "/projects/:projectId", { params: { projectId } });
  expect(project.json()).toMatchObject({ imageCount: 2, acceptedCount: 1, cellCount: 2 });

  const query = `?q=${encodeURIComponent("kind=fluorescence and cells>1")}`;
  const list = (await call("GET", "/projects/:projectId/images", { params: { projectId }, query })).json<{
    items: { id: string }[];
    total: number;
  }>();
  expect(list).toMatchObject({ total: 1, items: [{ id: imageId, status: "accepted", cellCount: 2 }] });

  const params = { imageId };
  expect((await call("GET", "/images/:imageId", { params })).json()).toMatchObject({
    height: 40,
    width: 60,
    axes: "yx",
    mpp: { y: 0.5, x: 0.5 },
    source: { licence: "CC0-1.0" },
  });
  const payload = { mpp: { y: 0.25, x: 0.25 }, metadata: { kind: "fluorescence", organ: "retina" } };
  expect((await call("PATCH", "/images/:imageId", { params, payload })).json()).toMatchObject(payload);
  await call("DELETE", "/images/:imageId", { params });
  const gone = await server.ask(server.owner, { url: `/api/images/${imageId}` });
  const never = await server.ask(server.owner, { url: "/api/images/01ARZ3NDEKTSV4RRFFQ69G5FAV" });
  expect(gone.statusCode).toBe(404);
  expect(gone.body).toBe(never.body);
  await call("POST", "/images/:imageId/restore", { params });
});

test("pixels: thumbnail with outlines, OME-Zarr", async () => {
  const plain = await call("GET", "/images/:imageId/thumbnail.png", {
    params: { imageId },
    query: "?size=60",
  });
  const outlined = await call("GET", "/images/:imageId/thumbnail.png", {
    params: { imageId },
    query: "?size=60&labels=1",
  });
  expect(plain.headers["content-type"]).toBe("image/png");
  expect(outlined.headers["etag"]).not.toBe(plain.headers["etag"]);
  const { image } = await readImage(new Uint8Array(outlined.rawPayload), { name: "thumbnail.png" });
  expect([image.axes, image.shape]).toEqual(["cyx", [3, 40, 60]]);
  // Object 1 covers rows 5-14 and columns 10-19: its corner is outline, its middle is the image's own grey.
  const pixel = (y: number, x: number) => [0, 1, 2].map((c) => image.data[c * 2400 + y * 60 + x]);
  expect(pixel(5, 10)).toEqual([255, 140, 26]);
  expect(new Set(pixel(9, 14)).size).toBe(1);

  const tag = String(outlined.headers["etag"]);
  const url = `/api/images/${imageId}/thumbnail.png?size=60&labels=1`;
  const same = await server.ask(server.owner, { url, headers: { "if-none-match": tag } });
  expect([same.statusCode, same.body]).toEqual([304, ""]);

  const group = await call("GET", "/images/:imageId/zarr/*", { params: { imageId, "*": "zarr.json" } });
  expect(group.json()).toMatchObject({
    zarr_format: 3,
    node_type: "group",
    attributes: { ome: { version: "0.5" } },
  });
  const missing = await server.ask(server.owner, { url: `/api/images/${imageId}/zarr/9/zarr.json` });
  expect(missing.json()).toMatchObject({ error: { code: "request.notFound" } });
});

test("layers, edits, revisions", async () => {
  const layer = await call("POST", "/images/:imageId/layers", {
    params: { imageId },
    payload: { compartment: "nuclear" },
  });
  expect(layer.json()).toMatchObject({ id: layerId, objectCount: 2, overlapAllowed: false });
  const params = { layerId };
  await call("GET", "/layers/:layerId", { params });
  const before = (await call("GET", "/layers/:layerId/objects", { params })).json<LayerObjects>();
  expect(before.objects.map(({ label, shape }) => [label, shape.bbox])).toEqual([
    [1, [5, 10, 15, 20]],
    [2, [20, 30, 35, 50]],
  ]);
  expect(base64ToBytes(before.objects[0]?.shape.bits ?? "").slice(0, 12)).toEqual(
    new Uint8Array(12).fill(255),
  );

  const shape: WireShape = { t: 0, z: 0, bbox: [0, 0, 2, 3], bits: bytesToBase64(Uint8Array.of(0b11101100)) };
  const edit = {
    operationId: server.store.ids.next(),
    kind: "draw",
    tool: "brush",
    msSpent: 1200,
    changes: [{ uid: server.store.ids.next(), before: null, after: shape }],
  };
  const overlapping = {
    ...edit,
    operationId: server.store.ids.next(),
    changes: [{ ...edit.changes[0], uid: server.store.ids.next() }],
  };
  const answer = await call("POST", "/layers/:layerId/edits", {
    params,
    payload: { edits: [edit, overlapping] },
    caller: server.annotator,
  });
  const results = answer.json<{ results: { state: string; error?: { code: string } }[] }>().results;
  expect(results).toMatchObject([
    { state: "saved", labels: { [edit.changes[0]?.uid ?? ""]: 3 } },
    { state: "refused", error: { code: "revision.conflict" } },
  ]);
  const again = await call("POST", "/layers/:layerId/edits", {
    params,
    payload: { edits: [edit] },
    caller: server.annotator,
  });
  expect(again.json<{ results: unknown[] }>().results[0]).toEqual(results[0]);

  const log = (await call("GET", "/layers/:layerId/edits", { params })).json<{
    edits: { operationId: string; agent: { name: string } }[];
  }>();
  expect(log.edits.at(-1)).toMatchObject({ ...edit, agent: { name: "Ada" } });

  const commit = await call("POST", "/layers/:layerId/revisions", {
    params,
    payload: { message: "one more" },
  });
  expect(commit.json()).toMatchObject({
    message: "one more",
    accepted: false,
    objectCount: 3,
    changes: { added: 1, removed: 0 },
  });
  const accepted = (await call("POST", "/layers/:layerId/accept", { params })).json<{
    id: string;
    root: string;
  }>();
  revisionId = accepted.id;
  expect(accepted).toMatchObject({ accepted: true, objectCount: 3 });
  const list = (await call("GET", "/layers/:layerId/revisions", { params })).json<{
    revisions: { id: string }[];
  }>();
  expect(list.revisions.map(({ id }) => id)).toContain(revisionId);
  await call("GET", "/layer-revisions/:revisionId", { params: { revisionId } });
});

test("a layer revision as TIFF and as OME-Zarr", async () => {
  const then = await call("GET", "/layer-revisions/:revisionId/objects", { params: { revisionId } });
  const areas = then.json<RevisionObjects>().objects.map(({ label, shape }) => [label, areaOf(shape)]);
  expect(areas).toEqual([
    [1, 100],
    [2, 300],
    [3, 5],
  ]);
  const tiff = await call("GET", "/layer-revisions/:revisionId/labels.tif", { params: { revisionId } });
  expect(tiff.headers).toMatchObject({ "content-type": "image/tiff", "x-content-type-options": "nosniff" });
  expect(tiff.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
  expect(tiff.headers["content-disposition"]).toContain('attachment; filename="two-squares');
  const labels = await readLabels(new Uint8Array(tiff.rawPayload), { name: "labels.tif" });
  const counts = Map.groupBy(labels.data, (label) => label);
  expect([1, 2, 3].map((label) => counts.get(label)?.length)).toEqual([100, 300, 5]);
  const group = await call("GET", "/layer-revisions/:revisionId/zarr/*", {
    params: { revisionId, "*": "zarr.json" },
  });
  expect(group.body).toContain('"image-label"');
});

test("datasets", async () => {
  const params = { projectId };
  const preview = await call("POST", "/projects/:projectId/datasets/preview", {
    params,
    payload: { name: "squares" },
  });
  expect(preview.json()).toMatchObject({ images: 1, cells: 3, nextVersion: "1.0.0" });
  const frozen = await call("POST", "/projects/:projectId/datasets/freeze", {
    params,
    payload: { name: "squares", message: "first" },
  });
  datasetVersionId = frozen.json<{ id: string }>().id;
  expect(frozen.json()).toMatchObject({
    name: "squares",
    version: "1.0.0",
    itemCount: 1,
    audit: { blocking: 0 },
  });
  expect((await call("GET", "/projects/:projectId/datasets", { params })).json()).toMatchObject({
    datasets: [{ name: "squares", versions: [{ id: datasetVersionId }] }],
  });
  const version = { params: { datasetVersionId } };
  await call("GET", "/dataset-versions/:datasetVersionId", version);
  expect((await call("GET", "/dataset-versions/:datasetVersionId/items", version)).json()).toMatchObject({
    items: [{ position: 0, imageId, layerRevisionId: revisionId, cellCount: 3 }],
    nextAfter: null,
  });
  expect((await call("GET", "/dataset-versions/:datasetVersionId/changes", version)).json()).toEqual({
    changes: [],
  });
  expect((await call("GET", "/dataset-versions/:datasetVersionId/card", version)).json()).toMatchObject({
    title: "squares 1.0.0",
  });
  const audit = await call("POST", "/dataset-versions/:datasetVersionId/audit", { ...version, payload: {} });
  expect(audit.json()).toMatchObject({ blocking: 0 });
});

/** What a worker's training would leave. */
async function importModel(name: string, stage: "released" | "candidate"): Promise<store.ModelVersion> {
  return store.importModelVersion(server.store, store.agentOf(server.owner.member), {
    name,
    version: "1.0.0",
    weights: Uint8Array.of(1, 2, 3),
    onnx: Uint8Array.of(4, 5, 6, name.length),
    architecture: "none",
    contract: { mpp: 0.5 },
    card: {},
    licence: "CC0-1.0",
    stage,
    projectId,
  });
}

test("models: list, card, weights, gate, release", async () => {
  const model = await importModel("squares", "candidate");
  modelVersionId = model.id;
  const params = { modelVersionId };
  expect((await call("GET", "/projects/:projectId/models", { params: { projectId } })).json()).toMatchObject({
    models: [{ name: "squares", versions: [{ stage: "candidate" }] }],
  });
  expect((await call("GET", "/models")).json()).toEqual({ models: [] });
  await call("GET", "/model-versions/:modelVersionId", { params });
  const onnx = await call("GET", "/model-versions/:modelVersionId/model.onnx", { params });
  expect([...onnx.rawPayload]).toEqual([4, 5, 6, 7]);
  expect(onnx.headers["etag"]).toBe(`"${model.onnxDigest}"`);
  expect(onnx.headers["cache-control"]).toContain("immutable");

  expect((await call("GET", "/model-versions/:modelVersionId/gate", { params })).json()).toMatchObject({
    passed: false,
  });
  const refused = await server.ask(server.owner, {
    method: "POST",
    url: `/api/model-versions/${modelVersionId}/release`,
  });
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({
    error: { code: "model.gate", details: { gate: { passed: false } } },
  });

  const counts = {
    threshold: 0.5,
    tp: 2,
    fp: 0,
    fn: 1,
    precision: 1,
    recall: 2 / 3,
    f1: 0.8,
    averagePrecision: 2 / 3,
    panopticQuality: 0.7,
  };
  const errors = { correct: 2, missed: 1, gained: 0, split: 0, merge: 0, catastrophe: 0 };
  await store.addEvaluation(
    server.store,
    store.agentOf(server.owner.member),
    { modelVersionId, datasetVersionId, split: "test", compartment: "nuclear" },
    {
      metricVersion: "1",
      imageCount: 1,
      scores: [counts],
      errors,
      groups: [{ group: "a", images: 1, ap50: 2 / 3, f1: 0.8 }],
      report: makeEvaluationReport([], defaultTallySettings),
      images: [],
    },
  );
  const released = await call("POST", "/model-versions/:modelVersionId/release", { params });
  expect(released.json()).toMatchObject({ gate: { passed: true }, modelVersion: { stage: "released" } });
  expect((await call("GET", "/models")).json()).toMatchObject({ models: [{ name: "squares" }] });
});

test("jobs: import, propose, train, evaluate; cancel", async () => {
  const png = writePng({ height: 2, width: 2, channels: 1, data: Uint8Array.of(0, 50, 100, 150) });
  const form = (extra: { name: string; value: string }[] = []) =>
    multipartForm([
      { name: "licence", value: "CC0-1.0" },
      ...extra,
      { name: "file", value: png, fileName: "plate-1/a.png" },
    ]);
  const params = { projectId };
  const plan = await call("POST", "/projects/:projectId/imports", {
    params,
    ...form([{ name: "dryRun", value: "1" }]),
  });
  expect(plan.json()).toMatchObject({
    images: 1,
    withLabels: 0,
    samples: [{ axes: "yx", shape: [2, 2], dtype: "uint8" }],
  });
  const jobs: Job[] = [];
  jobs.push((await call("POST", "/projects/:projectId/imports", { params, ...form() })).json());
  jobs.push(
    (await call("POST", "/projects/:projectId/propose", { params, payload: { modelVersionId } })).json(),
  );
  jobs.push(
    (
      await call("POST", "/projects/:projectId/train", {
        params,
        payload: { datasetVersionId, modelName: "squares", steps: 1 },
      })
    ).json(),
  );
  jobs.push(
    (
      await call("POST", "/model-versions/:modelVersionId/evaluate", {
        params: { modelVersionId },
        payload: { datasetVersionId },
      })
    ).json(),
  );
  expect(jobs.map(({ kind, state, projectId: of }) => [kind, state, of])).toEqual(
    ["ingest", "propose", "train", "evaluate"].map((kind) => [kind, "waiting", projectId]),
  );
  const list = (await call("GET", "/jobs", { query: "?limit=10" })).json<{ jobs: Job[] }>();
  expect(list.jobs.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id).reverse());
  const jobId = jobs[2]?.id ?? "";
  await call("GET", "/jobs/:jobId", { params: { jobId } });

  const run = await store.createTrainingRun(server.store, store.agentOf(server.owner.member), {
    jobId,
    projectId,
    modelName: "squares",
    datasetVersionId,
    seed: 0,
    steps: 1,
    config: {},
    device: "cpu",
  });
  expect((await call("GET", "/projects/:projectId/training-runs", { params })).json()).toMatchObject({
    runs: [{ id: run.id, jobId }],
  });
  await call("GET", "/training-runs/:runId", { params: { runId: run.id } });

  expect((await call("POST", "/jobs/:jobId/cancel", { params: { jobId } })).json()).toMatchObject({
    state: "canceled",
  });
  // The stream of a job that has ended tells its state and ends.
  const events = await call("GET", "/jobs/:jobId/events", { params: { jobId } });
  expect(events.headers["content-type"]).toContain("text/event-stream");
  expect(events.body).toMatch(/event: job\ndata: \{.*"state":"canceled".*\}\n\n$/s);
});

test("every route was called", () => {
  // These have tests of their own.
  const elsewhere = [
    augmentRoutes,
    catalogueRoutes,
    cellTypeRoutes,
    coverageRoutes,
    evaluationRoutes,
    exportRoutes,
    findingRoutes,
    learningRoutes,
    liveRoutes,
    metadataRoutes,
    modelFileRoutes,
    paletteRoutes,
    pastRoutes,
    pinnedRoutes,
    predictionRoutes,
    trackRoutes,
    uploadRoutes,
    versionRoutes,
  ].flat();
  for (const { method, url } of elsewhere) called.add(`${method} /api${url}`);
  // Streams of all jobs end only with the server; `events.integration.test.ts` listens.
  expect([...registered].filter((name) => !called.has(name))).toEqual(["GET /api/events"]);
});
