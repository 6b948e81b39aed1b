/** Back along the log over HTTP: every state equals a replay of the log to there, packed or not; a cell tells its edits. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type CellEditWire, type PastLayerWire, shapeFromWire } from "#api/index.ts";
import {
  applyOperationInPlace,
  type EditOperation,
  emptyLayerState,
  invertOperation,
} from "#core/edits/index.ts";
import { type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";
import * as store from "#store/index.ts";
import { insertTwoSquares, type ServerUnderTest, startServerUnderTest } from "./server-under-test.ts";

let server: ServerUnderTest;
let layerId: string;
const log: EditOperation[] = [];

beforeAll(async () => {
  server = await startServerUnderTest();
  ({ layerId } = await insertTwoSquares(server, "past.png", { labelled: false }));
});
afterAll(() => server?.close());

const box = (y: number, x: number, side: number): ObjectShape => {
  const data = new Uint8Array(side * side).fill(1);
  return objectShapeFromMask(
    { dtype: "uint8", height: side, width: side, data },
    { t: 0, z: 0, y, x },
  ) as ObjectShape;
};

async function draw(...changes: EditOperation["changes"]): Promise<EditOperation> {
  const operationId = server.store.ids.next();
  return send({ operationId, kind: "reshape", tool: "brush", changes, msSpent: 1 });
}

async function send(operation: EditOperation): Promise<EditOperation> {
  const actor = store.agentOf(server.annotator.member);
  const [result] = await store.appendEdits(server.store, actor, layerId, [operation]);
  expect(result?.state).toBe("saved");
  log.push(operation);
  return operation;
}

async function past(seq: number): Promise<PastLayerWire> {
  const answer = await server.ask(server.viewer, { url: `/api/layers/${layerId}/past?seq=${seq}` });
  expect(answer.statusCode).toBe(200);
  return answer.json<PastLayerWire>();
}

async function expectReplayed(): Promise<void> {
  const state = emptyLayerState(40, 60);
  for (let seq = 0; seq <= log.length; seq++) {
    if (seq > 0) applyOperationInPlace(state, log[seq - 1] as EditOperation);
    const { objects } = await past(seq);
    const shapes = objects.map(({ uid, shape }) => [uid, shapeFromWire(shape)] as const);
    expect([...shapes].sort()).toEqual([...state.objects].sort());
  }
}

test("each state is what a replay gives, before and after the log is packed into a revision", async () => {
  const [a, b] = [server.store.ids.next(), server.store.ids.next()];
  await draw({ uid: a, before: null, after: box(0, 0, 4) });
  await draw({ uid: b, before: null, after: box(10, 10, 5) });
  await draw({ uid: a, before: box(0, 0, 4), after: box(0, 0, 7) });
  const removal = await draw({ uid: b, before: box(10, 10, 5), after: null });
  await expectReplayed();
  await store.commitRevision(server.store, store.agentOf(server.owner.member), layerId, { message: "" });
  await send(invertOperation(removal, server.store.ids.next(), "undo"));
  await draw({ uid: a, before: box(0, 0, 7), after: null });
  await expectReplayed();

  const answer = await server.ask(server.viewer, { url: `/api/layers/${layerId}/cell-edits?uid=${b}` });
  const { edits } = answer.json<{ edits: CellEditWire[] }>();
  expect(edits.map(({ seq, kind, born, agent }) => [seq, kind, born, agent.name])).toEqual([
    [5, "undo", true, "Ada"],
    [4, "reshape", false, "Ada"],
    [2, "reshape", true, "Ada"],
  ]);
});

test("what is not in the log is not found", async () => {
  const beyond = await server.ask(server.viewer, { url: `/api/layers/${layerId}/past?seq=999` });
  expect(beyond.statusCode).toBe(404);
  const uid = server.store.ids.next();
  const nobody = await server.ask(server.viewer, { url: `/api/layers/${layerId}/cell-edits?uid=${uid}` });
  expect(nobody.statusCode).toBe(404);
});
