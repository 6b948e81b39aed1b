/** Versions of labels over HTTP: branch, compare, merge with a conflict, blame, restore; and who may not. */

import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  BranchWire,
  ComparisonWire,
  LayerBlameWire,
  LayerObjects,
  LayerRevision,
  MergeOutcomeWire,
} from "#api/index.ts";
import { shapeToWire } from "#api/index.ts";
import { box } from "#store/testing/sample-labels.ts";
import { createRouteCalls } from "./call-routes.ts";
import { versionRoutes } from "./routes/versions.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let layerId = "";
let branchId = "";
let uids: string[] = [];
let firstRevision = "";

beforeAll(async () => {
  server = await startServerUnderTest();
  ({ layerId } = await insertTwoSquares(server, "versions"));
  const { objects } = (
    await call("GET", "/layers/:layerId/objects", { params: { layerId } })
  ).json<LayerObjects>();
  uids = objects.map(({ uid }) => uid);
  const { revisions } = (await call("GET", "/layers/:layerId/revisions", { params: { layerId } })).json<{
    revisions: LayerRevision[];
  }>();
  firstRevision = revisions[0]?.id ?? "";
});
afterAll(() => server?.close());

const { call, uncalled } = createRouteCalls(() => server);

/** The squares are [5, 10, 15, 20] and [20, 30, 35, 50]. */
async function reshape(
  layer: string,
  uid: string,
  before: ReturnType<typeof box>,
  after: ReturnType<typeof box> | null,
) {
  const changes = [{ uid, before: shapeToWire(before), after: after === null ? null : shapeToWire(after) }];
  const edit = { operationId: server.store.ids.next(), kind: "draw", tool: "brush", msSpent: 10, changes };
  const answer = await call("POST", "/layers/:layerId/edits", {
    params: { layerId: layer },
    payload: { edits: [edit] },
  });
  expect(answer.json()).toMatchObject({ results: [{ state: "saved" }] });
}

test("a branch begins, is listed and renamed", async () => {
  const params = { layerId };
  const made = await call("POST", "/layers/:layerId/branches", { params, payload: { name: "mine" } });
  branchId = made.json<BranchWire>().id;
  expect(made.json()).toMatchObject({ branchOf: layerId, objectCount: 2, closedAt: null });
  const of = { layerId: branchId };
  expect(
    (await call("PATCH", "/layers/:layerId/branch", { params: of, payload: { name: "second look" } })).json(),
  ).toMatchObject({
    name: "second look",
  });
  expect((await call("GET", "/layers/:layerId/branch", { params: of })).json()).toMatchObject({
    name: "second look",
  });
  expect(
    (await call("GET", "/layers/:layerId/branches", { params })).json<{ branches: BranchWire[] }>().branches,
  ).toHaveLength(1);
});

test("a comparison names verbs, and gives the unchanged when asked", async () => {
  const [a = "", b = ""] = uids;
  await reshape(branchId, a, box(5, 10, 15, 20), box(5, 10, 15, 22));
  await reshape(branchId, b, box(20, 30, 35, 50), null);
  const query = `?from=${firstRevision}&unchanged=1`;
  const answer = await call("GET", "/layers/:layerId/compare", { params: { layerId: branchId }, query });
  const comparison = answer.json<ComparisonWire>();
  expect(comparison).toMatchObject({
    identity: "id",
    identical: 0,
    unchanged: [],
    after: { layerName: "second look" },
  });
  expect(comparison.counts).toMatchObject({ reshaped: 1, removed: 1, added: 0 });
  expect(comparison.changes[0]).toMatchObject({ verb: "reshaped", addedPixels: 20, removedPixels: 0 });
  const missing = await server.ask(server.owner, { url: `/api/layers/${branchId}/compare` });
  expect(missing.json()).toMatchObject({ error: { code: "request.invalid" } });
});

test("a merge is tried, resolved and done; a late edit is not overwritten", async () => {
  const [a = ""] = uids;
  await reshape(layerId, a, box(5, 10, 15, 20), box(5, 10, 17, 20));
  const merge = (payload: object) =>
    call("POST", "/layers/:layerId/merge", { params: { layerId: branchId }, payload });
  const open = (await merge({})).json<MergeOutcomeWire>();
  expect(open).toMatchObject({ state: "conflict", conflicts: [{ kind: "changed", needsPixelRule: true }] });
  const resolutions = { [open.conflicts[0]?.id ?? ""]: "theirs" };
  const stale = { ours: open.expected.ours - 1, theirs: open.expected.theirs };
  const late = { method: "POST" as const, url: `/api/layers/${branchId}/merge` };
  const refused = await server.ask(server.owner, {
    ...late,
    payload: { commit: true, resolutions, expected: stale },
  });
  expect(refused.json()).toMatchObject({ error: { code: "revision.conflict" } });
  expect(
    (await server.ask(server.owner, { ...late, payload: { resolutions: { x: "mine" } } })).statusCode,
  ).toBe(400);
  const done = (await merge({ commit: true, resolutions, expected: open.expected })).json<MergeOutcomeWire>();
  expect(done).toMatchObject({ state: "merged", revision: { objectCount: 1 } });
  expect(done.revision?.secondParentId).not.toBeNull();
});

test("blame says who, and counts what a person has seen", async () => {
  const blame = (await call("GET", "/layers/:layerId/blame", { params: { layerId } })).json<LayerBlameWire>();
  expect(blame.cells).toMatchObject([
    { uid: uids[0], tool: "brush", branch: "second look", attention: "corrected" },
  ]);
  expect(blame.summary).toMatchObject({ cells: 1, seen: 1 });
});

test("going back is a new revision; a viewer may look but not do it", async () => {
  const restore = {
    method: "POST" as const,
    url: `/api/layer-revisions/${firstRevision}/restore`,
    payload: {},
  };
  expect((await server.ask(server.viewer, restore)).statusCode).toBe(403);
  const made = await call("POST", "/layer-revisions/:revisionId/restore", {
    params: { revisionId: firstRevision },
    payload: {},
  });
  expect(made.json()).toMatchObject({ objectCount: 2, message: "Restored revision 1" });
});

test("every route of versions was called", () => expect(uncalled(versionRoutes)).toEqual([]));
