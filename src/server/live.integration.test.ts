/** Several people in one layer over real HTTP: who hears what, what is stored of it, and regions that are held. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PresentPerson, RegionHold } from "#api/index.ts";
import type { EditOperation } from "#core/edits/index.ts";
import { objectShapeFromMask } from "#core/labels/index.ts";
import * as store from "#store/index.ts";
import {
  type Caller,
  insertTwoSquares,
  type ServerUnderTest,
  startServerUnderTest,
} from "./server-under-test.ts";
import { type RunningServer, startServer } from "./start-server.ts";

let server: ServerUnderTest;
let [first, second]: (RunningServer | undefined)[] = [];
let layerId: string;
/** What the clock of the store says beyond the real one. */
let aheadMs = 0;

beforeAll(async () => {
  server = await startServerUnderTest();
  const shared = {
    store: { ...server.store, clock: { now: () => Date.now() + aheadMs } },
    queue: server.queue,
  };
  [first, second] = [await startServer(shared), await startServer(shared)];
  ({ layerId } = await insertTwoSquares(server, "empty.png", { labelled: false }));
});
afterAll(async () => {
  await Promise.all([first?.close(), second?.close()]);
  await server?.close();
});

/** An open stream whose newest events are kept by kind. */
async function listen(at: RunningServer | undefined, caller: Caller) {
  const leave = new AbortController();
  const answer = await fetch(`${at?.url}/api/layers/${layerId}/live`, {
    headers: caller.headers,
    signal: leave.signal,
  });
  const newest: Record<string, unknown> = {};
  const read = async (): Promise<void> => {
    let text = "";
    for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (text + part).split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
        if (event !== undefined) newest[event] = JSON.parse(data ?? "null");
      }
    }
  };
  read().catch(() => undefined);
  return {
    leave: () => leave.abort(),
    people: () => (newest["people"] as { people: PresentPerson[] } | undefined)?.people ?? [],
    holds: () => (newest["holds"] as { holds: RegionHold[] } | undefined)?.holds ?? [],
    seq: () => (newest["edits"] as { seq: number } | undefined)?.seq,
  };
}

const post = (at: RunningServer | undefined, caller: Caller, path: string, body: unknown, method = "POST") =>
  fetch(`${at?.url}/api${path}`, {
    method,
    headers: { ...caller.headers, "content-type": "application/json" },
    ...(method === "DELETE" ? {} : { body: JSON.stringify(body) }),
  });

const say = (at: RunningServer | undefined, caller: Caller, page: string, more: object = {}) =>
  post(at, caller, `/layers/${layerId}/presence`, {
    page,
    at: { y: 3.5, x: 4 },
    plane: { t: 0, z: 0 },
    selection: [],
    tool: "brush",
    ...more,
  });

const pageOf = (): string => server.store.ids.next();

function square(y: number, x: number, side: number): EditOperation {
  const data = new Uint8Array(side * side).fill(1);
  const after = objectShapeFromMask(
    { dtype: "uint8", height: side, width: side, data },
    { t: 0, z: 0, y, x },
  );
  const [operationId, uid] = [server.store.ids.next(), server.store.ids.next()];
  return { operationId, kind: "draw", tool: "brush", changes: [{ uid, before: null, after }], msSpent: 1 };
}

describe("who is there", () => {
  test("people behind two servers see each other move and leave; nobody is stored", async () => {
    const stream = await listen(second, server.viewer);
    const page = pageOf();
    expect((await say(first, server.annotator, page)).status).toBe(204);
    await expect
      .poll(() => stream.people().map(({ name, at }) => [name, at]))
      .toEqual([["Ada", { y: 3.5, x: 4 }]]);
    await say(first, server.annotator, page, { at: null, selection: [page], tool: "eraser" });
    await expect
      .poll(() => stream.people()[0])
      .toMatchObject({ at: null, selection: [page], tool: "eraser", memberId: server.annotator.member.id });
    const own = pageOf();
    await say(second, server.viewer, own);
    await expect.poll(() => stream.people().map(({ name }) => name)).toEqual(["Ada", "Vera"]);
    await say(first, server.annotator, page, { leaving: true });
    await expect.poll(() => stream.people().map(({ name }) => name)).toEqual(["Vera"]);
    // Another member who names the page speaks only for a page of their own.
    await say(first, server.annotator, own, { leaving: true });
    await say(first, server.annotator, page);
    await expect.poll(() => stream.people().map(({ name }) => name)).toEqual(["Ada", "Vera"]);
    // A page that dies says no goodbye: it is gone when it was not heard of for half a minute.
    aheadMs += 31_000;
    await say(second, server.viewer, own);
    await expect.poll(() => stream.people().map(({ name }) => name)).toEqual(["Vera"]);
    stream.leave();
  });

  test("a page that says too much is refused", async () => {
    const page = pageOf();
    const many = Array.from({ length: 21 }, pageOf);
    expect((await say(first, server.annotator, page, { selection: many })).status).toBe(400);
    expect((await say(first, server.annotator, page, { tool: "x".repeat(10_000) })).status).toBe(413);
  });
});

test("an edit is told to everyone in the layer by its number", async () => {
  const streams = [await listen(first, server.viewer), await listen(second, server.owner)];
  await expect.poll(() => streams.map((one) => one.seq())).toEqual([0, 0]);
  await store.appendEdits(server.store, store.agentOf(server.annotator.member), layerId, [square(0, 0, 4)]);
  await expect.poll(() => streams.map((one) => one.seq())).toEqual([1, 1]);
  for (const one of streams) one.leave();
});

describe("a region that someone holds", () => {
  const hold = async (caller: Caller, box: readonly number[], plane: object | null = null) =>
    post(first, caller, `/layers/${layerId}/holds`, { box, plane });
  const draw = async (caller: Caller, edit: EditOperation) =>
    (
      await store.appendEdits(
        { ...server.store, clock: { now: () => Date.now() + aheadMs } },
        store.agentOf(caller.member),
        layerId,
        [edit],
      )
    )[0];

  test("refuses others kindly, frees itself when its lease ends, and can be given back", async () => {
    const stream = await listen(second, server.owner);
    const answer = await hold(server.annotator, [20, 20, 35, 40]);
    expect(answer.status).toBe(200);
    const held = (await answer.json()) as RegionHold;
    await expect
      .poll(() => stream.holds().map(({ id, agent }) => [id, agent.name]))
      .toEqual([[held.id, "Ada"]]);

    // Half open: row 35 is free; rows and columns 18 to 20 touch it.
    expect(await draw(server.owner, square(18, 18, 3))).toMatchObject({
      state: "refused",
      error: { code: "layer.held", message: expect.stringContaining("Ada is working in this part") },
    });
    expect((await draw(server.owner, square(35, 20, 3)))?.state).toBe("saved");
    expect((await draw(server.annotator, square(25, 25, 3)))?.state).toBe("saved");
    expect((await hold(server.owner, [34, 39, 38, 50])).status).toBe(409);
    expect((await hold(server.annotator, [0, 0, 0, 10])).status).toBe(400);
    expect((await hold(server.annotator, [0, 0, 41, 10])).status).toBe(400);
    expect((await hold(server.viewer, [0, 0, 5, 5])).status).toBe(403);

    // Only who holds it renews it; it ends when nobody does.
    expect((await post(first, server.owner, `/holds/${held.id}/renew`, {})).status).toBe(403);
    aheadMs += 4 * 60_000;
    expect((await post(first, server.annotator, `/holds/${held.id}/renew`, {})).status).toBe(200);
    aheadMs += 4 * 60_000;
    expect((await draw(server.owner, square(30, 30, 2)))?.state).toBe("refused");
    aheadMs += 2 * 60_000;
    expect((await draw(server.owner, square(30, 30, 2)))?.state).toBe("saved");
    expect((await post(first, server.annotator, `/holds/${held.id}/renew`, {})).status).toBe(404);

    const other = (await (await hold(server.annotator, [30, 50, 38, 58])).json()) as RegionHold;
    expect((await post(first, server.owner, `/holds/${other.id}`, {}, "DELETE")).status).toBe(204);
    await expect.poll(() => stream.holds()).toEqual([]);
    stream.leave();
  });

  test("binds one plane when it names one, and a person holds at most four", async () => {
    expect((await hold(server.annotator, [0, 0, 10, 10], { t: 3, z: 0 })).status).toBe(200);
    expect((await draw(server.owner, square(5, 5, 2)))?.state).toBe("saved");
    for (let k = 0; k < 3; k++) await hold(server.annotator, [k, 0, k + 1, 10], { t: 3, z: 0 });
    expect((await hold(server.annotator, [9, 0, 10, 10])).status).toBe(413);
  });
});
