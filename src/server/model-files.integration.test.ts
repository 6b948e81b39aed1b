/** Models as files over HTTP: a version leaves as a package and comes back as the same model; each route is called. */

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerShippedModels } from "#jobs/index.ts";
import { silentLog } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { multipartForm } from "./multipart-form.ts";
import { modelFileRoutes } from "./routes/model-files.ts";
import { type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let shipped: store.ModelVersion;

beforeAll(async () => {
  server = await startServerUnderTest();
  const models = join(import.meta.dirname, "../../models");
  const agent = store.agentOf(server.owner.member);
  const known = await registerShippedModels(server.store, agent, models, silentLog);
  const newest = known.findLast(({ folder }) => folder.startsWith("nuclei-fluorescence/"));
  if (newest === undefined) throw new Error("no model ships with the program");
  shipped = newest.version;
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);

test("a package comes back as the same network; a dry run keeps nothing; a cut one is refused", async () => {
  const params = { modelVersionId: shipped.id, projectId: server.project.id };
  const answer = await call("GET", "/model-versions/:modelVersionId/package.zip", { params });
  expect(answer.headers["content-disposition"]).toContain(".bioimageio.zip");
  const value = new Uint8Array(answer.rawPayload);
  const form = (more: readonly { readonly name: string; readonly value: string }[], bytes = value) =>
    multipartForm([...more, { name: "file", value: bytes, fileName: "model.zip" }]);
  const route = "/projects/:projectId/models/import";

  const before = await store.listModels(server.store, server.project.id);
  const dry = await call("POST", route, { params, ...form([{ name: "dryRun", value: "1" }]) });
  expect(dry.statusCode).toBe(200);
  expect(await store.listModels(server.store, server.project.id)).toEqual(before);

  const named = { name: "name", value: "back-again" };
  const { modelVersion } = (await call("POST", route, { params, ...form([named]) })).json<{
    modelVersion: store.ModelVersion;
  }>();
  expect(modelVersion).toMatchObject({
    name: "back-again",
    stage: "candidate",
    onnxDigest: shipped.onnxDigest,
  });

  const cut = await server.ask(server.owner, {
    method: "POST",
    url: `/api/projects/${server.project.id}/models/import`,
    ...form([], value.subarray(0, value.length >> 1)),
  });
  expect(cut.statusCode).toBeGreaterThanOrEqual(400);
  expect(cut.statusCode).toBeLessThan(500);
});

test("every route of model files was called", () => {
  expect(uncalled(modelFileRoutes)).toEqual([]);
});
