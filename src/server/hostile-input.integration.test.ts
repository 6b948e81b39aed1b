/**
 * No input makes the server fail: every route, with real objects, gets thousands of seeded bodies and queries that
 * are nearly right. Each answer must be a success or a known refusal, never `server.internal`.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defaultTallySettings, makeEvaluationReport } from "#core/metrics/index.ts";
import { type Rng, rng } from "#core/rng.ts";
import * as store from "#store/index.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes/index.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

const triesPerRoute = 25;

let server: ServerUnderTest;
const ids = new Map<string, string>();

beforeAll(async () => {
  server = await startServerUnderTest({
    limits: { requestsPerMinute: 1_000_000, signInFailures: 1_000_000 },
  });
  const { imageId, layerId } = await insertTwoSquares(server);
  const agent = store.agentOf(server.owner.member);
  const projectId = server.project.id;
  const revision = await store.commitRevision(server.store, agent, layerId, { accepted: true });
  const dataset = await store.freezeDataset(server.store, agent, { projectId, name: "squares", query: "" });
  const model = await store.importModelVersion(server.store, agent, {
    name: "squares",
    version: "1.0.0",
    weights: Uint8Array.of(1),
    onnx: Uint8Array.of(2),
    architecture: "none",
    contract: {},
    card: {},
    licence: "CC0-1.0",
  });
  const evaluation = await store.addEvaluation(
    server.store,
    agent,
    { modelVersionId: model.id, datasetVersionId: dataset.id, split: "test", compartment: "nuclear" },
    {
      metricVersion: "1",
      imageCount: 0,
      scores: [],
      errors: { correct: 0, missed: 0, gained: 0, split: 0, merge: 0, catastrophe: 0 },
      groups: [],
      report: makeEvaluationReport([], defaultTallySettings),
      images: [],
    },
  );
  ids.set("evaluationId", evaluation.id);
  const job = await store.insertJob(server.store, agent, {
    kind: "train",
    projectId,
    title: "T",
    params: {},
  });
  ids
    .set("projectId", projectId)
    .set("imageId", imageId)
    .set("layerId", layerId)
    .set("revisionId", revision.id);
  ids.set("datasetVersionId", dataset.id).set("modelVersionId", model.id).set("jobId", job.id);
  ids.set("memberId", server.viewer.member.id);
  const branch = await store.createBranch(server.store, agent, layerId, "second look");
  ids.set("branchId", branch.id);
  await store.addLocalTerm(server.store, agent, {
    curie: "local:mine",
    label: "mine",
    parents: [{ curie: "UBERON:0002048", relation: "partOf" }],
    synonyms: [],
  });
});
afterAll(() => server?.close());

const nasty: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  "",
  " ",
  "a\0b",
  "\ud800",
  "'; drop table member; --",
  "%s%n{{7*7}}<script>",
  "../../etc/passwd",
  "é".repeat(300),
  "x".repeat(5000),
  "kind=(((",
  'cells>1e999 and not name~"',
  "name in (a, b) or group='x'",
  [],
  [null],
  {},
  { a: { b: [1] } },
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "squares",
];

/** Fields of the schema, each left out, sensible or nasty. */
function nearlyRight(
  schema: z.ZodType | undefined,
  random: Rng,
  own: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];
  const body: Record<string, unknown> = {};
  // With many fields each is wrong less often, so that some requests are right as a whole.
  const [absent, wrong] = [Math.min(0.15, 0.8 / fields.length), Math.min(0.25, 1.2 / fields.length)];
  for (const field of fields) {
    const dice = random.next();
    if (dice < absent) continue;
    const right = own[field] ?? sensible(field, fieldSchema(schema, field), random);
    const value = dice < 1 - wrong ? right : pickNasty(random);
    if (value !== undefined) body[field] = value;
  }
  if (random.next() < 0.1) body["unexpected"] = pickNasty(random);
  return body;
}

const pickNasty = (random: Rng): unknown => nasty[random.int(nasty.length)];

/** What JSON Schema says of a field of an object schema, as far as this test reads it. */
interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

function fieldSchema(schema: z.ZodType | undefined, field: string): FieldSchema {
  if (schema === undefined) return {};
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as FieldSchema;
  return json.properties?.[field] ?? {};
}

/** Fields that exclude others or name things that are not there. */
const leftOut = new Set([
  "minutes",
  "architecture",
  "baseModelVersionId",
  "findingIds",
  "view",
  "preset",
  "cursor",
  "roleChanges",
  "expected",
]);

/** Fields that mean something else in one route than in others. */
const ofRoute: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "/projects/:projectId/words": { curie: "UBERON:0002048" },
  "/terms/rename": { curie: "local:mine" },
  "/terms/merge": { from: "local:mine", into: "UBERON:0002048" },
  "/projects/:projectId/mends": { rule: "objectHole" },
  "/projects/:projectId/mends/preview": { rule: "objectHole" },
  "/projects/:projectId/findings/reopen": { findingIds: [] },
};

/** What a field of that name could hold, so that some requests get past the schema. */
function sensible(field: string, schema: FieldSchema, random: Rng): unknown {
  const words: Readonly<Record<string, unknown>> = {
    name: `name-${random.int(1000)}`,
    modelName: "squares",
    query: "kind=fluorescence",
    q: "cells>0 and name~two",
    limit: 1 + random.int(50),
    size: 32,
    labels: 1,
    after: random.int(5),
    channels: [{ name: "DAPI", role: "nuclear" }],
    steps: 1,
    seed: random.int(100),
    role: "viewer",
    scope: "read",
    token: "x".repeat(43),
    compartment: "wholeCell",
    metadata: { kind: "a\u2028b" },
    mpp: { y: 0.5, x: 0.5 },
    imageIds: [ids.get("imageId")],
    edits: [hostileEdit(random)],
    message: "a message",
    changes: { metadata: { organ: "lung" } },
    record: { organ: "lung", cellLine: "H9" },
    field: "organ",
    word: "lung thing",
    curie: `local:term-${random.int(1000)}`,
    label: `term ${random.int(1000)}`,
    parents: [{ curie: "UBERON:0000955", relation: "partOf" }],
    fromLayer: ids.get("layerId"),
    from: ids.get("revisionId"),
    to: ids.get("revisionId"),
    format: "coco",
    why: "looked at",
    box: [0, 0, 8, 8],
    fit: { touching: 1 },
    // A branch that is closed refuses all that comes after.
    closed: false,
  };
  if (leftOut.has(field)) return undefined;
  return words[field] ?? ids.get(field) ?? bySchema(schema, random) ?? pickNasty(random);
}

/** A value the schema lets through, where its kind alone tells one. */
function bySchema({ type, enum: choices, minimum = 0 }: FieldSchema, random: Rng): unknown {
  if (choices !== undefined) return choices[random.int(choices.length)];
  if (type === "boolean") return random.chance(0.5);
  if (type === "integer" || type === "number") return Math.max(minimum, 0);
  if (type === "array") return [];
  return type === "object" ? {} : undefined;
}

function hostileEdit(random: Rng): unknown {
  const box = [0, 0, 1, 8].map((value) => value + (random.next() < 0.3 ? random.int(2000) : 0));
  const shape = {
    t: random.int(2),
    z: 0,
    bbox: box,
    bits: ["/w==", "AA==", "////", "", "!!"][random.int(5)],
  };
  const change = {
    uid: server.store.ids.next(),
    before: random.next() < 0.5 ? null : shape,
    after: random.next() < 0.2 ? null : shape,
  };
  return {
    operationId: server.store.ids.next(),
    kind: ["draw", "undo", "import", "propose"][random.int(4)],
    tool: "t",
    msSpent: 0,
    changes: random.next() < 0.2 ? [change, change] : [change],
    ...(random.next() < 0.3 ? { undoes: server.store.ids.next() } : {}),
  };
}

/** Streams do not end, forms have tests of their own, and what is deleted could not be asked again. */
const tried = routes.filter(
  ({ method, answer, form }) => answer.kind !== "events" && form === undefined && method !== "DELETE",
);

/** Routes that let at least one of their requests through. */
const accepted = new Set<Route>();

test.each(tried.map((declared) => ({ name: `${declared.method} ${declared.url}`, declared })))(
  "$name",
  async ({ declared }) => {
    // By name, so that a new route changes nothing for the others.
    const random = rng(20, declared.method, declared.url);
    // More where none was right yet: what lies behind the checks is to be reached too.
    const enough = (attempt: number): boolean =>
      attempt >= (accepted.has(declared) ? triesPerRoute : 4 * triesPerRoute);
    for (let attempt = 0; !enough(attempt); attempt++) {
      const { url, payload } = hostileRequest(declared, random);
      const request = { method: declared.method, url, ...(payload === undefined ? {} : { payload }) };
      const answer = await server.ask(server.owner, request);
      const told = `${declared.method} ${url} ${JSON.stringify(payload)?.slice(0, 500)} -> ${answer.body.slice(0, 300)}`;
      expect(answer.statusCode, told).toBeLessThan(500);
      if (answer.statusCode < 300) accepted.add(declared);
      if (answer.statusCode >= 400)
        expect(answer.json(), told).toMatchObject({ error: { code: expect.any(String) } });
    }
  },
);

test("the requests were right often enough to reach what lies behind the checks", () => {
  const never = tried
    .filter((declared) => !accepted.has(declared))
    .map(({ method, url }) => `${method} ${url}`);
  // No token that signs in, no edit of many, no word that two terms could mean, no upload, no fault in a label, no
  // written export, no run, no prediction, no network that runs, no image in an evaluation, no second evaluation, no
  // pinned image, no movie, no page that is open, no held region, no improvement, no part that was asked for, no palette
  // with the image's channels and no version that beats another is there to be asked for.
  expect(never).toEqual([
    "POST /session",
    "POST /bulk-edits/:bulkEditId/undo",
    "POST /projects/:projectId/words",
    "POST /projects/:projectId/uploads/:uploadId/plan",
    "POST /projects/:projectId/uploads/:uploadId/sheet",
    "POST /projects/:projectId/uploads/:uploadId/import",
    "POST /layers/:layerId/presence",
    "POST /holds/:holdId/renew",
    "GET /layers/:layerId/cell-edits",
    "GET /findings/:findingId/picture.png",
    "POST /mends/:mendId/undo",
    "GET /exports/:exportId/file",
    "GET /training-runs/:runId",
    "POST /projects/:projectId/improvements",
    "POST /projects/:projectId/propose/take-back",
    "POST /improvements/:improvementId/use",
    "POST /improvements/:improvementId/take-back",
    "GET /improvements/:improvementId",
    "GET /jobs/:jobId/part",
    "GET /layers/:layerId/tracks.gif",
    "POST /layers/:layerId/track",
    "POST /model-versions/:modelVersionId/release",
    "GET /model-versions/:modelVersionId/package.zip",
    "GET /evaluations/:evaluationId/judged-image",
    "GET /evaluations/:evaluationId/picture.png",
    "GET /evaluations/:evaluationId/comparison",
    "GET /evaluations/:evaluationId/compared-cells",
    "POST /projects/:projectId/palettes",
    "GET /model-versions/:modelVersionId/pinned/image",
    "GET /predictions/:jobId",
    "GET /predictions/:jobId/labels.tif",
    "GET /predictions/:jobId/image.png",
    "GET /predictions/:jobId/overlay.png",
    "GET /predictions/:jobId/maps.npy",
  ]);
});

function hostileRequest(declared: Route, random: Rng): { url: string; payload: object | undefined } {
  const path = declared.url.replaceAll(/:([A-Za-z]+)|\*/g, (found, name: string | undefined) => {
    if (name === "layerId" && /\/(branch|merge)$/.test(declared.url)) return ids.get("branchId") ?? "";
    if (name !== undefined && random.next() < 0.8) return ids.get(name) ?? "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    if (found === "*" && random.next() < 0.5) return "zarr.json";
    return encodeURIComponent(String(nasty[random.int(nasty.length)]).toWellFormed().slice(0, 200)) || "x";
  });
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(nearlyRight(declared.query, random, ofRoute[declared.url]))) {
    query.set(field, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return {
    url: `/api${path}${query.size === 0 ? "" : `?${query}`}`,
    payload:
      declared.body === undefined ? undefined : nearlyRight(declared.body, random, ofRoute[declared.url]),
  };
}
