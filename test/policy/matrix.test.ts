/**
 * Every route against every kind of caller, compared with the table below.
 *
 * The table is written by hand and on purpose does not use `src/server/policy.ts`: it says what must be, and a route
 * that is not in it fails. Objects in the addresses do not exist, so a caller who passes the rule gets "not found" or
 * "invalid" and nothing changes.
 */

import type { RouteOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildServer } from "#server/index.ts";
import { type Caller, type ServerUnderTest, startServerUnderTest } from "#server/server-under-test.ts";

/** One letter per caller, in this order: s = must sign in (401), d = denied (403), + = let through. */
const callers = [
  "nobody",
  "a cookie that is no session",
  "a revoked token",
  "a suspended owner",
  "a viewer",
  "an annotator",
  "an owner",
  "a viewer's write token",
  "an owner's read token",
  "an owner's write token",
  "an owner's cookie sent from another site",
] as const;

const open = "+++++++++++";
// Suspension ends sessions, so a suspended member is asked to sign in, and cannot.
/** Reading: every member, every token; a foreign site can make the browser ask but not read. */
const look = "ssss+++++++";
/** Reading by POST: the same, but not for a foreign site. */
const lookByPost = "ssss++++++d";
/** Asking a model: every member; a token needs the right to write. */
const predict = "ssss++++d+d";
const edit = "ssssd++dd+d";
const release = "ssssdd+dd+d";
const lookMembers = "ssss+++ddd+";
const lookInvites = "ssssdd+ddd+";
const manageMembers = "ssssdd+dddd";
const ownAccessRead = "ssss+++ddd+";
const ownAccess = "ssss+++dddd";

const table: Readonly<Record<string, string>> = {
  "GET /api/health": open,
  "GET /api/openapi.json": open,
  "GET /api/session": open,
  "POST /api/session": "++++++++++d",
  "DELETE /api/session": ownAccess,
  "GET /api/members": lookMembers,
  "PATCH /api/members/:memberId": manageMembers,
  "GET /api/invites": lookInvites,
  "POST /api/invites": manageMembers,
  "DELETE /api/invites/:inviteId": manageMembers,
  "GET /api/tokens": ownAccessRead,
  "POST /api/tokens": ownAccess,
  "DELETE /api/tokens/:tokenId": ownAccess,
  "GET /api/projects": look,
  "POST /api/projects": edit,
  "GET /api/projects/:projectId": look,
  "GET /api/projects/:projectId/images": look,
  "GET /api/projects/:projectId/facets": look,
  "GET /api/projects/:projectId/other-facets": look,
  "GET /api/projects/:projectId/statistics": look,
  "POST /api/projects/:projectId/bulk-edits/preview": edit,
  "POST /api/projects/:projectId/bulk-edits": edit,
  "GET /api/projects/:projectId/bulk-edits": look,
  "POST /api/bulk-edits/:bulkEditId/undo": edit,
  "GET /api/projects/:projectId/trash": look,
  "POST /api/projects/:projectId/trash": edit,
  "POST /api/projects/:projectId/trash/restore": edit,
  "GET /api/projects/:projectId/queries": look,
  "POST /api/projects/:projectId/queries": edit,
  "DELETE /api/queries/:queryId": edit,
  "GET /api/projects/:projectId/palettes": look,
  "POST /api/projects/:projectId/palettes": edit,
  "DELETE /api/palettes/:paletteId": edit,
  "GET /api/projects/:projectId/finding-summary": look,
  "GET /api/projects/:projectId/findings": look,
  "POST /api/projects/:projectId/findings/waive": edit,
  "POST /api/projects/:projectId/findings/reopen": edit,
  "GET /api/findings/:findingId/picture.png": look,
  "POST /api/projects/:projectId/check": edit,
  "GET /api/projects/:projectId/mends": look,
  "POST /api/projects/:projectId/mends": edit,
  "POST /api/projects/:projectId/mends/preview": edit,
  "POST /api/mends/:mendId/undo": edit,
  "GET /api/terms": look,
  "POST /api/terms": edit,
  "GET /api/terms/places": look,
  "GET /api/projects/:projectId/marker-panel": look,
  "PATCH /api/projects/:projectId/marker-panel": edit,
  "POST /api/metadata/check": lookByPost,
  "GET /api/vocabulary": look,
  "POST /api/vocabulary": release,
  "POST /api/terms/rename": edit,
  "POST /api/terms/merge": edit,
  "GET /api/projects/:projectId/words": look,
  "POST /api/projects/:projectId/words": edit,
  "POST /api/projects/:projectId/imports": edit,
  "GET /api/projects/:projectId/imports": look,
  "POST /api/projects/:projectId/uploads": edit,
  "POST /api/projects/:projectId/uploads/:uploadId/plan": edit,
  "POST /api/projects/:projectId/uploads/:uploadId/sheet": edit,
  "POST /api/projects/:projectId/uploads/:uploadId/import": edit,
  "DELETE /api/projects/:projectId/uploads/:uploadId": edit,
  "GET /api/images/:imageId": look,
  "PATCH /api/images/:imageId": edit,
  "DELETE /api/images/:imageId": edit,
  "POST /api/images/:imageId/restore": edit,
  "GET /api/images/:imageId/thumbnail.png": look,
  "GET /api/images/:imageId/zarr/*": look,
  "POST /api/images/:imageId/layers": edit,
  "GET /api/layers/:layerId": look,
  "GET /api/layers/:layerId/objects": look,
  "GET /api/layers/:layerId/coverage": look,
  "PATCH /api/layers/:layerId/coverage": edit,
  "GET /api/layers/:layerId/edits": look,
  "POST /api/layers/:layerId/edits": edit,
  "GET /api/layers/:layerId/live": look,
  "GET /api/layers/:layerId/past": look,
  "GET /api/layers/:layerId/cell-edits": look,
  "POST /api/layers/:layerId/presence": lookByPost,
  "GET /api/layers/:layerId/holds": look,
  "POST /api/layers/:layerId/holds": edit,
  "POST /api/holds/:holdId/renew": edit,
  "DELETE /api/holds/:holdId": edit,
  "POST /api/layers/:layerId/track": edit,
  "GET /api/layers/:layerId/tracks.gif": look,
  "POST /api/projects/:projectId/track": edit,
  "GET /api/layers/:layerId/compare": look,
  "GET /api/layers/:layerId/branches": look,
  "POST /api/layers/:layerId/branches": edit,
  "GET /api/layers/:layerId/branch": look,
  "PATCH /api/layers/:layerId/branch": edit,
  "POST /api/layers/:layerId/merge": edit,
  "GET /api/layers/:layerId/blame": look,
  "POST /api/layer-revisions/:revisionId/restore": edit,
  "GET /api/layers/:layerId/revisions": look,
  "POST /api/layers/:layerId/revisions": edit,
  "POST /api/layers/:layerId/accept": edit,
  "GET /api/layer-revisions/:revisionId": look,
  "GET /api/layer-revisions/:revisionId/objects": look,
  "GET /api/layer-revisions/:revisionId/zarr/*": look,
  "GET /api/layer-revisions/:revisionId/labels.tif": look,
  "POST /api/projects/:projectId/propose": edit,
  "POST /api/projects/:projectId/propose/take-back": edit,
  "POST /api/projects/:projectId/improvements": edit,
  "GET /api/projects/:projectId/improvements": look,
  "GET /api/projects/:projectId/effort": look,
  "GET /api/improvements/:improvementId": look,
  "POST /api/improvements/:improvementId/use": edit,
  "POST /api/improvements/:improvementId/take-back": edit,
  "POST /api/layers/:layerId/predict-part": edit,
  "GET /api/jobs/:jobId/part": look,
  "GET /api/projects/:projectId/datasets": look,
  "POST /api/projects/:projectId/datasets/preview": lookByPost,
  "POST /api/projects/:projectId/datasets/freeze": edit,
  "GET /api/dataset-versions/:datasetVersionId": look,
  "GET /api/dataset-versions/:datasetVersionId/items": look,
  "GET /api/dataset-versions/:datasetVersionId/changes": look,
  "GET /api/dataset-versions/:datasetVersionId/card": look,
  "POST /api/dataset-versions/:datasetVersionId/audit": lookByPost,
  "GET /api/dataset-versions/:datasetVersionId/augmentation": look,
  "GET /api/dataset-versions/:datasetVersionId/augmentation.png": look,
  "GET /api/export-formats": look,
  "POST /api/dataset-versions/:datasetVersionId/exports": edit,
  "POST /api/projects/:projectId/exports": edit,
  "GET /api/projects/:projectId/exports": look,
  "GET /api/exports/:exportId/file": look,
  "DELETE /api/exports/:exportId": edit,
  "GET /api/projects/:projectId/models": look,
  "POST /api/projects/:projectId/train": edit,
  "GET /api/projects/:projectId/training-runs": look,
  "GET /api/training-runs/:runId": look,
  "GET /api/models": look,
  "GET /api/model-versions/:modelVersionId": look,
  "GET /api/model-versions/:modelVersionId/model.onnx": look,
  "GET /api/model-versions/:modelVersionId/package.zip": look,
  "POST /api/projects/:projectId/models/import": edit,
  "POST /api/model-versions/:modelVersionId/evaluate": edit,
  "GET /api/model-versions/:modelVersionId/gate": look,
  "POST /api/model-versions/:modelVersionId/release": release,
  "GET /api/evaluations/:evaluationId": look,
  "GET /api/evaluations/:evaluationId/images": look,
  "GET /api/evaluations/:evaluationId/cells": look,
  "GET /api/evaluations/:evaluationId/judged-image": look,
  "GET /api/evaluations/:evaluationId/picture.png": look,
  "GET /api/evaluations/:evaluationId/comparison": look,
  "GET /api/evaluations/:evaluationId/compared-cells": look,
  "GET /api/projects/:projectId/pinned-images": look,
  "POST /api/projects/:projectId/pinned-images": edit,
  "POST /api/projects/:projectId/pinned-images/remove": edit,
  "POST /api/model-versions/:modelVersionId/pinned": edit,
  "GET /api/model-versions/:modelVersionId/pinned": look,
  "GET /api/model-versions/:modelVersionId/pinned/image": look,
  "POST /api/predictions": predict,
  "GET /api/predictions/:jobId": look,
  "GET /api/predictions/:jobId/labels.tif": look,
  "GET /api/predictions/:jobId/image.png": look,
  "GET /api/predictions/:jobId/overlay.png": look,
  "GET /api/predictions/:jobId/maps.npy": look,
  "GET /api/jobs": look,
  "GET /api/jobs/:jobId": look,
  "POST /api/jobs/:jobId/cancel": predict,
  "GET /api/jobs/:jobId/events": look,
  "GET /api/events": look,
};

/** A well-formed id that nothing has. */
const noId = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

let server: ServerUnderTest;
const registered: string[] = [];

beforeAll(async () => {
  server = await startServerUnderTest();
  const seen = await buildServer({
    store: server.store,
    queue: server.queue,
    watchRoutes: (route: RouteOptions) => {
      for (const method of [route.method].flat())
        if (method !== "HEAD") registered.push(`${method} ${route.url}`);
    },
  });
  await seen.close();
});
afterAll(() => server?.close());

test("every registered route has a row, and every row a route", () => {
  expect([...registered].sort()).toEqual(Object.keys(table).sort());
  for (const row of Object.values(table)) expect(row).toMatch(/^[sd+]{11}$/);
});

/** A new caller of each kind, so that signing one out does not touch the others. */
async function makeCaller(kind: (typeof callers)[number]): Promise<Caller | null> {
  switch (kind) {
    case "nobody":
      return null;
    case "a cookie that is no session":
      return {
        ...server.owner,
        headers: { cookie: `cellfoundry_session=${"x".repeat(43)}`, "x-cellfoundry": "1" },
      };
    case "a revoked token": {
      const token = await server.token(server.owner, "write");
      const list = await server.ask(server.owner, { url: "/api/tokens" });
      const id = list
        .json<{ tokens: { id: string }[] }>()
        .tokens.map((entry) => entry.id)
        .sort()
        .at(-1);
      await server.ask(server.owner, { method: "DELETE", url: `/api/tokens/${id}` });
      return token;
    }
    case "a suspended owner": {
      const member = await server.join("owner", "Sue");
      const payload = { suspended: true };
      await server.ask(server.owner, { method: "PATCH", url: `/api/members/${member.member.id}`, payload });
      return member;
    }
    case "a viewer":
      return server.join("viewer", "Vic");
    case "an annotator":
      return server.join("annotator", "Ann");
    case "an owner":
      return server.join("owner", "Olga");
    case "a viewer's write token":
      return server.token(server.viewer, "write");
    case "an owner's read token":
      return server.token(server.owner, "read");
    case "an owner's write token":
      return server.token(server.owner, "write");
    case "an owner's cookie sent from another site": {
      const { member, headers } = await server.join("owner", "Oscar");
      return { member, headers: { cookie: headers["cookie"] ?? "" } };
    }
  }
}

describe.each(callers.map((kind, index) => ({ kind, index })))("$kind", ({ kind, index }) => {
  test("gets at each route what the table says", async () => {
    const caller = await makeCaller(kind);
    const got: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    // Signing out comes last: it ends the caller's session.
    const rows = Object.entries(table).sort(
      ([a], [b]) => Number(a === "DELETE /api/session") - Number(b === "DELETE /api/session"),
    );
    for (const [name, row] of rows) {
      wanted[name] = row.charAt(index);
      got[name] = await verdict(caller, name);
    }
    expect(got).toEqual(wanted);
  });
});

async function verdict(caller: Caller | null, name: string): Promise<string> {
  const [method = "GET", pattern = ""] = name.split(" ");
  const url = pattern.replaceAll(/:[A-Za-z]+/g, noId).replace("*", "zarr.json");
  const answer = await server.app.inject({
    method: method as "GET",
    url,
    headers: { ...caller?.headers },
    // Event streams do not end by themselves; the head of the answer is enough.
    payloadAsStream: true,
  });
  const status = answer.statusCode;
  answer.stream().destroy();
  if (status === 401) return "s";
  if (status === 403) return "d";
  return status >= 500 ? `${status}` : "+";
}
