/**
 * Random edits by all tools against the real server over HTTP: the page's buffer must equal the server's rendering, taking all
 * back must give the first digest, bringing all back the last. And how long an edit waits for its acknowledgement.
 *
 *   node test/bench/editor-server.ts [--edits 10000] [--seed 1] [--paced 2000] [--gap-ms 40]
 *
 * The page is its own parts without a screen: the cells (`LayerModel`), the journal and the queue. The first `--paced` edits
 * come one by one with a gap, as from a quick hand, and their waiting is measured from the moment they are made; the rest
 * come as fast as they can. The server's rendering is read from its database by `renderHead`.
 */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { editToWire, type PostEditsResult, type WireEdit } from "#api/index.ts";
import { imageArray } from "#core/array/index.ts";
import { type EditOperation, invertOperation, renderCanvas } from "#core/edits/index.ts";
import { encodeObjectShape } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { createIds } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { LayerModel } from "../../src/web/editor/session/layer-model.ts";
import { memoryJournal } from "../../src/web/editor/sync/journal.ts";
import { SyncQueue } from "../../src/web/editor/sync/queue.ts";
import { startServe } from "../serve-command.ts";
import { say } from "./label-edits.ts";
import { fieldOfCells, randomTools, side } from "./random-tools.ts";

const option = (name: string, other: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? other : Number(process.argv[at + 1]);
};
const count = option("edits", 10_000);
const paced = option("paced", 2_000);
const gapMs = option("gap-ms", 40);
const random = rng(option("seed", 1), "server");
const ids = createIds();
const home = mkdtempSync(join(tmpdir(), "cf-replay-"));

const opened = await store.openStore({ home });
await store.ensureLab(opened);
const owner = await store.ensureOwner(opened);
const agent = store.agentOf(owner);
const project = await store.createProject(opened, agent, "Replay");
const inserted = await store.insertImage(opened, agent, {
  projectId: project.id,
  name: "field.png",
  image: imageArray("uint8", "yx", [side, side]),
  source: { title: "made for a bench", licence: "CC0-1.0" },
});
if (inserted.state !== "inserted") throw new Error("the image was there already");
const layerId = (await store.ensureLayer(opened, agent, inserted.imageId, "nuclear")).id;
const { token } = await store.createApiToken(opened, agent, {
  memberId: owner.id,
  name: "bench",
  scope: "write",
});
const server = await startServe(home, ["--no-sample", "--port", "0"]);

/** Milliseconds from making an edit to its acknowledgement. */
const waited: number[] = [];
const madeAt = new Map<string, number>();
let refused = 0;
const model = new LayerModel(side, side);
const author = { kind: "person", name: owner.name } as const;

const queue = new SyncQueue({
  layerId,
  journal: memoryJournal(),
  post: async (edits: WireEdit[]): Promise<PostEditsResult> => {
    const answer = await fetch(`${server.url}/api/layers/${layerId}/edits`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ edits }),
    });
    if (!answer.ok) throw new Error(`answer ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as PostEditsResult;
  },
  now: () => Date.now(),
  random: () => 0.5,
  schedule: (work, ms) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  onStatus: () => undefined,
  onSaved: (results) => {
    for (const { operationId, labels } of results) {
      model.setLabels(labels);
      const at = madeAt.get(operationId);
      if (at !== undefined) waited.push(performance.now() - at);
      madeAt.delete(operationId);
    }
  },
  onRefused: async (entries) => {
    refused += entries.length;
    say("refused", entries[0]?.refusal?.message ?? "");
  },
});

function make(operation: EditOperation): void {
  model.apply(operation, author);
  queue.add(editToWire(operation));
}

/** At most this many edits wait, so that memory and requests stay small. */
const waitingMax = 200;

async function flood(operations: Iterable<EditOperation>): Promise<void> {
  let made = 0;
  for (const operation of operations) {
    make(operation);
    if (++made % waitingMax === 0) await queue.settled();
  }
  if (!(await queue.settled())) throw new Error("the server does not take the edits");
}

function verdict(what: string, holds: boolean): void {
  say(what, holds ? "yes" : "NO");
  if (!holds) process.exitCode = 1;
}

const lines = (objects: readonly (readonly [uid: string, digest: string])[]): string =>
  createHash("sha256")
    .update(
      objects
        .map(([uid, digest]) => `${uid} ${digest}\n`)
        .sort()
        .join(""),
    )
    .digest("hex");
const pageDigest = (): string =>
  lines(
    model
      .everyShape()
      .map(([uid, shape]) => [uid, createHash("sha256").update(encodeObjectShape(shape)).digest("hex")]),
  );

/** Digest of the server's objects, after comparing its rendering with the page's buffer pixel by pixel. */
async function compare(when: string): Promise<string> {
  const rendered = await store.renderHead(opened, layerId);
  const { objects } = await store.layerObjects(opened, layerId);
  const labelOf = new Map(objects.map(({ uid, label }) => [uid, label]));
  const { canvas } = model;
  const same = renderCanvas(canvas).data.every((number, i) => {
    const uid = canvas.uidOf(number);
    return (uid === undefined ? 0 : labelOf.get(uid)) === rendered.data[i];
  });
  verdict(`${when}: buffer equals the server's rendering`, same);
  const digest = lines(objects.map(({ uid, digest: one }) => [uid, one]));
  verdict(`${when}: digest equals the server's`, digest === pageDigest());
  return digest;
}

const field = fieldOfCells(random, () => ids.next());
const births: EditOperation[] = [...field.objects].map(([uid, after]) => ({
  ...{ operationId: ids.next(), kind: "draw", tool: "field", msSpent: 0 },
  changes: [{ uid, before: null, after }],
}));
await flood(births);
const first = await compare("at the start");

const next = randomTools(
  random,
  () => model.canvas,
  () => ids.next(),
);
const log: EditOperation[] = [];
function newEdit(): EditOperation {
  const { tool, changes } = next();
  const operation: EditOperation = {
    ...{ operationId: ids.next(), kind: "reshape", tool, changes, msSpent: 1 },
  };
  log.push(operation);
  return operation;
}
function* rest(): Iterable<EditOperation> {
  while (log.length < count) yield newEdit();
}

const began = performance.now();
while (log.length < Math.min(paced, count)) {
  const operation = newEdit();
  madeAt.set(operation.operationId, performance.now());
  make(operation);
  await sleep(gapMs);
}
await queue.settled();
waited.sort((a, b) => a - b);
const quantile = (share: number): string =>
  `${(waited[Math.min(waited.length - 1, Math.floor(share * waited.length))] ?? Number.NaN).toFixed(1)} ms`;
say(
  "from edit to acknowledgement",
  `median ${quantile(0.5)}, p95 ${quantile(0.95)}, p99 ${quantile(0.99)}, ${waited.length} edits`,
);
await flood(rest());
const last = await compare(`after ${log.length} edits`);
await flood(log.toReversed().map((operation) => invertOperation(operation, ids.next(), "undo")));
verdict("all taken back: first digest", (await compare("all taken back")) === first);
await flood(
  log.map((operation) => ({
    ...operation,
    operationId: ids.next(),
    kind: "redo",
    undoes: operation.operationId,
  })),
);
verdict("all brought back: last digest", (await compare("all brought back")) === last);
verdict("no edit was refused", refused === 0);
say("cells at the end", String(model.size));
say("time for all of it", `${((performance.now() - began) / 1_000).toFixed(1)} s`);

queue.close();
await opened.close();
const ended = new Promise((resolve) => server.child.once("exit", resolve));
server.child.kill("SIGTERM");
await ended;
rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
