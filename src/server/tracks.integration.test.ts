/** Asking for tracks over HTTP: a job is entered for a movie; what cannot be tracked is refused before there is a job. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { imageArray } from "#core/array/index.ts";
import * as store from "#store/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { trackRoutes } from "./routes/tracks.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let actor: store.Agent;

beforeAll(async () => {
  server = await startServerUnderTest();
  actor = store.agentOf(server.owner.member);
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);
const pattern = "/layers/:layerId/track";

async function layerOf(name: string, axes: "tyx" | "yx" | "tzyx", shape: readonly number[]): Promise<string> {
  const { imageId } = await store.insertImage(server.store, actor, {
    ...{ projectId: server.project.id, name, image: imageArray("uint8", axes, shape) },
    source: { title: "test", licence: "CC0-1.0" },
  });
  return (await store.ensureLayer(server.store, actor, imageId, "nuclear")).id;
}

const ask = async (layerId: string, payload: object) =>
  (await server.ask(server.owner, { method: "POST", url: `/api/layers/${layerId}/track`, payload })).json();

test("a job is entered with its settings; defaults are filled in", async () => {
  const layerId = await layerOf("movie", "tyx", [4, 20, 30]);
  const payload = { linker: "plain", solver: "greedy", gapFrames: 1 };
  const job = (await call("POST", pattern, { params: { layerId }, payload })).json<Job>();
  expect(job).toMatchObject({
    ...{ kind: "track", state: "waiting", title: "Track movie", projectId: server.project.id },
  });
  const params = async (id: string) =>
    (await server.store.sql.query<{ params: object }>("SELECT params FROM job WHERE id = $1", [id]))[0]
      ?.params;
  expect(await params(job.id)).toEqual({ layerId, ...payload });
  const plain = await ask(layerId, {});
  expect(await params(plain.id)).toEqual({ layerId, solver: "exact", gapFrames: 2 });
});

test("what cannot be tracked is refused with its code, and no job is entered", async () => {
  const movie = await layerOf("second", "tyx", [4, 20, 30]);
  const agent = await store.ensureAgent(server.store, "service", "test");
  const cells = await store.importModelVersion(server.store, agent, {
    ...{ name: "cells", version: "1.0.0", architecture: "unet", contract: { head: "flows" } },
    ...{ card: {}, licence: "CC0-1.0", weights: new Uint8Array([1]), onnx: new Uint8Array([2]) },
  });
  const before = (await store.listJobs(server.store, { limit: 100 })).length;
  const cases: readonly (readonly [string, object, string])[] = [
    [await layerOf("still", "yx", [20, 30]), {}, "array.axes"],
    [await layerOf("stack", "tzyx", [4, 2, 20, 30]), {}, "array.axes"],
    [movie, { linker: "nobody@1.0.0" }, "model.notFound"],
    [movie, { linker: `${cells.name}@${cells.version}` }, "model.invalid"],
    [movie, { gapFrames: 11 }, "request.invalid"],
    [movie, { solver: "luck" }, "request.invalid"],
    ["0".repeat(26), {}, "layer.notFound"],
  ];
  for (const [layerId, payload, code] of cases)
    expect((await ask(layerId, payload)).error?.code, code).toBe(code);
  expect((await store.listJobs(server.store, { limit: 100 })).length).toBe(before);
});

test("a job of several movies names them; a movie of another project, a linker that finds no cells are refused", async () => {
  const { store: own, project } = server;
  // Images of equal pixels would be one image.
  const layers = [await layerOf("first", "tyx", [5, 20, 30]), await layerOf("other", "tyx", [6, 20, 30])];
  const imageIds: string[] = [];
  for (const id of layers) imageIds.push((await store.getLayer(own, id)).imageId);
  const params = { projectId: project.id };
  const payload = { imageIds, linker: "plain" };
  const job = (await call("POST", "/projects/:projectId/track", { params, payload })).json<Job>();
  expect(job).toMatchObject({
    kind: "track",
    state: "waiting",
    title: "Track 2 movies",
    projectId: project.id,
  });
  const elsewhere = await store.createProject(own, actor, "elsewhere");
  const refused = async (id: string, more: object) =>
    (
      await server.ask(server.owner, {
        ...{ method: "POST", url: `/api/projects/${id}/track`, payload: { ...payload, ...more } },
      })
    ).json().error?.code;
  expect(await refused(elsewhere.id, {})).toBe("image.notFound");
  expect(await refused(project.id, { imageIds: [] })).toBe("request.invalid");
  const agent = await store.ensureAgent(own, "service", "test");
  const linker = await store.importModelVersion(own, agent, {
    ...{ name: "links", version: "1.0.0", architecture: "linker", contract: { kind: "linking" } },
    ...{ card: {}, licence: "CC0-1.0", weights: new Uint8Array([3]), onnx: new Uint8Array([4]) },
  });
  expect(await refused(project.id, { modelVersionId: linker.id })).toBe("model.invalid");
});

test("the film of a layer is a GIF with a frame per frame; a still image has none", async () => {
  const layerId = await layerOf("filmed", "tyx", [7, 20, 30]);
  const answer = await call("GET", "/layers/:layerId/tracks.gif", { params: { layerId } });
  expect(answer.headers["content-type"]).toBe("image/gif");
  const bytes = answer.rawPayload;
  expect(bytes.subarray(0, 6).toString("latin1")).toBe("GIF89a");
  // Each frame begins with how long it stands.
  const delays = bytes.toString("latin1").split("\x21\xf9\x04").length - 1;
  expect(delays).toBe(7);
  const still = await layerOf("photo", "yx", [21, 30]);
  const url = `/api/layers/${still}/tracks.gif`;
  expect((await server.ask(server.owner, { method: "GET", url })).json().error?.code).toBe("array.axes");
});

test("every route of tracks was called", () => {
  expect(uncalled(trackRoutes)).toEqual([]);
});
