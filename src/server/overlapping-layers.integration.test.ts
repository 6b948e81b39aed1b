/** Layers whose cells may overlap, over HTTP: made so, told so, edited so. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesToBase64, type ImageDetail, type LayerSummary, type WireShape } from "#api/index.ts";
import { createRouteCalls } from "./call-routes.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let imageId = "";

beforeAll(async () => {
  server = await startServerUnderTest();
  ({ imageId } = await insertTwoSquares(server, "overlap"));
});
afterAll(() => server?.close());

const { call } = createRouteCalls(() => server);

test("a layer is made with cells that may overlap, takes edits of such, and another answer is refused", async () => {
  const url = "/images/:imageId/layers";
  const wanted = { compartment: "cytoplasm", name: " spread ", overlapAllowed: true };
  const made = (await call("POST", url, { params: { imageId }, payload: wanted })).json<LayerSummary>();
  expect(made).toMatchObject({ name: "spread", compartment: "cytoplasm", overlapAllowed: true });
  const again = await call("POST", url, { params: { imageId }, payload: wanted });
  expect(again.json()).toMatchObject({ id: made.id });
  const other = await server.ask(server.owner, {
    method: "POST",
    url: `/api/images/${imageId}/layers`,
    payload: { ...wanted, overlapAllowed: false },
  });
  expect([other.statusCode, other.json().error.code]).toEqual([400, "request.invalid"]);
  const shape: WireShape = { t: 0, z: 0, bbox: [0, 0, 2, 3], bits: bytesToBase64(Uint8Array.of(0b11111100)) };
  const edits = [1, 2].map(() => ({
    operationId: server.store.ids.next(),
    kind: "draw",
    tool: "brush",
    msSpent: 0,
    changes: [{ uid: server.store.ids.next(), before: null, after: shape }],
  }));
  const params = { layerId: made.id };
  const results = (await call("POST", "/layers/:layerId/edits", { params, payload: { edits } })).json();
  expect(results.results.map(({ state }: { state: string }) => state)).toEqual(["saved", "saved"]);
  const image = (await call("GET", "/images/:imageId", { params: { imageId } })).json<ImageDetail>();
  expect(image.layers.find(({ id }) => id === made.id)).toMatchObject({
    overlapAllowed: true,
    objectCount: 2,
  });
});

test("who only looks makes no layer, and what is no choice is refused", async () => {
  const post = (caller: typeof server.owner, payload: object) =>
    server.ask(caller, { method: "POST", url: `/api/images/${imageId}/layers`, payload });
  const viewer = await server.join("viewer", "Guest");
  expect((await post(viewer, { compartment: "wholeCell", overlapAllowed: true })).statusCode).toBe(403);
  for (const payload of [
    { compartment: "wholeCell", overlapAllowed: "yes" },
    { compartment: "wholeCell", name: "x".repeat(61) },
    { compartment: "wholeCell", name: 7 },
  ]) {
    const answer = await post(server.owner, payload);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, "request.invalid"]);
  }
});
