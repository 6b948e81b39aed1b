/** What labels speak for, over HTTP: said with a region, read back, refused when it does not fit, not for those who only look. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type LayerRevision, shapeToWire } from "#api/index.ts";
import { box } from "#store/testing/sample-labels.ts";
import { createRouteCalls } from "./call-routes.ts";
import { coverageRoutes } from "./routes/coverage.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let layerId = "";

beforeAll(async () => {
  server = await startServerUnderTest();
  ({ layerId } = await insertTwoSquares(server, "coverage"));
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);
const pattern = "/layers/:layerId/coverage";

const patch = (payload: object, caller = server.owner) =>
  server.ask(caller, { method: "PATCH", url: `/api/layers/${layerId}/coverage`, payload });

test("a layer says that everything is labelled, until somebody says where", async () => {
  const params = { layerId };
  expect((await call("GET", pattern, { params })).json()).toEqual({ coverage: "exhaustive", region: null });
  const region = shapeToWire(box(0, 0, 40, 30));
  const said = await call("PATCH", pattern, { params, payload: { coverage: "region", region } });
  expect(said.json()).toEqual({ coverage: "region", region });
  expect((await call("GET", pattern, { params })).json()).toEqual({ coverage: "region", region });
  const { revisions } = (await call("GET", "/layers/:layerId/revisions", { params })).json<{
    revisions: LayerRevision[];
  }>();
  expect(revisions.map(({ number, accepted }) => [number, accepted])).toEqual([
    [2, true],
    [1, true],
  ]);
});

test("what does not fit is refused with its code", async () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ coverage: "region" }, "request.invalid"],
    [{ coverage: "sparse", region: shapeToWire(box(0, 0, 4, 4)) }, "request.invalid"],
    [{ coverage: "region", region: shapeToWire(box(0, 0, 41, 30)) }, "label.invalid"],
    [{ coverage: "region", region: { ...shapeToWire(box(0, 0, 4, 4)), bits: "AAAA" } }, "label.invalid"],
    [{ coverage: "everywhere" }, "request.invalid"],
  ];
  for (const [payload, code] of cases)
    expect((await patch(payload)).json()).toMatchObject({ error: { code } });
  expect((await call("GET", pattern, { params: { layerId } })).json()).toMatchObject({ coverage: "region" });
});

test("who may only look may not say it", async () => {
  const guest = await server.join("viewer", "Guest");
  expect((await patch({ coverage: "sparse" }, guest)).json()).toMatchObject({
    error: { code: "policy.denied" },
  });
  expect((await call("GET", pattern, { params: { layerId }, caller: guest })).json()).toMatchObject({
    coverage: "region",
  });
});

test("every route of this file was called", () => expect(uncalled(coverageRoutes)).toEqual([]));
