/**
 * kill -9 of the server while edits stream in, again and again.
 *
 * What the server acknowledged must be in the log afterwards, exactly once and as it was sent; what it did not
 * acknowledge is sent again, as a browser would. Each start must work without help, nothing may be left running, and
 * at the end `doctor` must find nothing.
 */

import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesToBase64, type EditLog, type PostEditsResult, type WireEdit } from "#api/index.ts";
import { imageArray } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { createIds } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { removeHome } from "#store/testing/temporary-store.ts";
import { processesOf, type RunningServe, runCommand, startServe } from "../serve-command.ts";

const kills = 20;

const side = 512;
const random = rng(6);
const ids = createIds();
const started: RunningServe[] = [];
let home: string;
let layerId: string;
let token: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cellfoundry-kill-"));
  const opened = await store.openStore({ home });
  const owner = await store.ensureOwner(opened);
  const agent = store.agentOf(owner);
  const project = await store.createProject(opened, agent, "Kill test");
  const inserted = await store.insertImage(opened, agent, {
    projectId: project.id,
    name: "empty.png",
    image: imageArray("uint8", "yx", [side, side]),
    source: { title: "made for a test", licence: "CC0-1.0" },
  });
  layerId = (await store.ensureLayer(opened, agent, inserted.imageId, "nuclear")).id;
  ({ token } = await store.createApiToken(opened, agent, {
    memberId: owner.id,
    name: "test",
    scope: "write",
  }));
  await opened.close();
});
afterAll(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  if (home === undefined) return;
  // The database of the last server ends by itself a moment later; its folder must not vanish under it.
  for (let left = 300; left > 0 && processesOf(home).length > 0; left--) await sleep(100);
  await removeHome(home);
});

async function start(): Promise<RunningServe> {
  const server = await startServe(home, ["--no-sample", "--port", "0"]);
  started.push(server);
  return server;
}

/** An object of one pixel at a place of its own: edit n never touches edit m. */
function edit(n: number): WireEdit {
  const [y, x] = [Math.floor(n / side), n % side];
  const after = {
    t: 0,
    z: 0,
    bbox: [y, x, y + 1, x + 1] as [number, number, number, number],
    bits: bytesToBase64(Uint8Array.of(0x80)),
  };
  return {
    operationId: ids.next(),
    kind: "draw",
    tool: "brush",
    msSpent: n,
    changes: [{ uid: ids.next(), before: null, after }],
  };
}

const request = (url: string, init: RequestInit = {}, query = ""): Promise<Response> =>
  fetch(`${url}/api/layers/${layerId}/edits${query}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });

/** Sends edits until the server dies. Unanswered ones come first the next time. */
async function stream(
  url: string,
  state: { pending: WireEdit[]; next: number },
  acknowledged: Map<string, number>,
) {
  for (;;) {
    while (state.pending.length < 3) state.pending.push(edit(state.next++));
    try {
      const answer = await request(url, { method: "POST", body: JSON.stringify({ edits: state.pending }) });
      if (!answer.ok) throw new Error(`answer ${answer.status}: ${await answer.text()}`);
      const { results } = (await answer.json()) as PostEditsResult;
      for (const result of results) {
        if (result.state !== "saved") throw new Error(`refused: ${JSON.stringify(result)}`);
        const before = acknowledged.get(result.operationId);
        if (before !== undefined && before !== result.seq) throw new Error("two answers for one edit");
        acknowledged.set(result.operationId, result.seq);
      }
      state.pending = [];
    } catch (error) {
      // "fetch failed" and a cut answer are the kill; everything else is a fault.
      if (error instanceof TypeError || (error as Error).name === "SyntaxError") return;
      throw error;
    }
  }
}

async function wholeLog(url: string): Promise<EditLog["edits"]> {
  const edits: EditLog["edits"] = [];
  for (let after: number | null = 0; after !== null; ) {
    const answer: Response = await request(url, {}, `?limit=1000&after=${after}`);
    const page = (await answer.json()) as EditLog;
    edits.push(...page.edits);
    after = page.nextAfter;
  }
  return edits;
}

test(`${kills} kills lose no acknowledged edit`, { timeout: 900_000 }, async () => {
  const acknowledged = new Map<string, number>();
  const sent = new Map<string, WireEdit>();
  const state = { pending: [] as WireEdit[], next: 0 };
  const startMs: number[] = [];
  for (let round = 0; round < kills; round++) {
    const server = await start();
    startMs.push(server.startMs);
    const dies = once(server.child, "exit");
    // Between the first request and a good second of streaming.
    setTimeout(() => server.child.kill("SIGKILL"), 20 + random.next() * 1_200);
    await stream(server.url, state, acknowledged);
    await dies;
    for (const one of state.pending) sent.set(one.operationId, one);
  }

  const server = await start();
  const log = await wholeLog(server.url);
  const bySeq = new Map(log.map((entry) => [entry.operationId, entry.seq]));
  const lost = [...acknowledged].filter(([operationId, seq]) => bySeq.get(operationId) !== seq);
  expect(lost).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(kills);
  expect(bySeq.size).toBe(log.length);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  // What is in the log without an acknowledgement is what was being sent at a kill, and nothing else.
  const silent = log.filter(({ operationId }) => !acknowledged.has(operationId));
  for (const { operationId } of silent) expect(sent.has(operationId)).toBe(true);
  console.log(
    `${kills} kills: ${acknowledged.size} edits acknowledged, ${lost.length} lost; ` +
      `start ${Math.min(...startMs)}-${Math.max(...startMs)} ms, median ${startMs.sort((a, b) => a - b)[kills / 2]} ms`,
  );

  // The orderly end leaves nothing running, and the folder is sound.
  const ended = once(server.child, "exit");
  server.child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  const doctor = runCommand(["doctor", "full", "--home", home, "--json"]);
  expect([doctor.status, doctor.stdout, doctor.stderr]).toEqual([
    0,
    expect.stringContaining('"clean": true'),
    expect.any(String),
  ]);
  await expect.poll(() => processesOf(home), { timeout: 30_000 }).toEqual([]);
});
