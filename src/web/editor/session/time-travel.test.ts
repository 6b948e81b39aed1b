import { expect, test } from "vitest";
import { editFromWire } from "#api/edits.ts";
import type { PastLayerWire } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { applyOperationInPlace, emptyLayerState } from "#core/edits/index.ts";
import type { EditorSession } from "./editor-session.ts";
import { openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const eve = { id: "EVE", name: "Eve" };

/** The log replayed, as the server would answer. */
async function pastOf(server: PlainServer, seq: number): Promise<PastLayerWire> {
  const state = emptyLayerState(64, 64);
  for (const edit of server.log.slice(0, seq)) applyOperationInPlace(state, editFromWire(edit));
  const objects = [...state.objects].map(([uid, shape]) => ({
    uid,
    label: server.labels.get(uid) ?? 1,
    shape: shapeToWire(shape),
  }));
  return { layerId: "L", seq, height: 64, width: 64, objects };
}

const cellsOf = (session: EditorSession) => [...session.model.canvas.shapes].sort();

async function openThree() {
  const server = new PlainServer();
  const { session } = await openPlainSession(server, { t: 1, z: 1 }, undefined, {
    readPast: (seq) => pastOf(server, seq),
  });
  paint(session, [10, 10]);
  paint(session, [30, 30]);
  await session.settled();
  const two = cellsOf(session);
  session.deleteSelected(undefined);
  await session.settled();
  return { server, session, two };
}

test("the past is shown and cannot be changed; now comes back with what others did meanwhile", async () => {
  const { server, session, two } = await openThree();
  await session.past.show(2);
  expect(cellsOf(session)).toEqual(two);
  expect(session.state.readOnly).not.toBeNull();
  paint(session, [50, 50]);
  session.undo();
  expect(server.log).toHaveLength(3);
  await session.past.show(0);
  expect(session.state.cellCount).toBe(0);

  const other = await openPlainSession(server, { t: 1, z: 1 }, eve);
  paint(other.session, [50, 10]);
  await other.session.settled();
  session.saving.heard(4);
  expect(session.state.cellCount).toBe(0);
  await session.past.leave();
  expect(cellsOf(session)).toEqual([...server.state.objects].sort());
  expect(session.state).toMatchObject({ readOnly: null, cellCount: 2 });
  paint(session, [50, 50]);
  expect(session.state.cellCount).toBe(3);
});

test("what is brought back is one edit, and can be taken back", async () => {
  const { server, session, two } = await openThree();
  const now = cellsOf(session);
  await session.past.show(2);
  await session.past.bringBack();
  await session.settled();
  expect(cellsOf(session)).toEqual(two);
  expect(server.log.at(-1)).toMatchObject({ kind: "restore", tool: "after edit 2" });
  session.undo();
  await session.settled();
  expect(cellsOf(session)).toEqual(now);
  expect([...server.state.objects].sort()).toEqual(now);
});

test("an answer that comes too late is dropped, and a past that cannot be read leaves now as it is", async () => {
  const { server, session, two } = await openThree();
  const slow = session.past.show(0);
  await session.past.show(2);
  await slow;
  expect(cellsOf(session)).toEqual(two);
  await session.past.leave();
  const { session: without } = await openPlainSession(server, { t: 1, z: 1 });
  await without.past.show(1);
  expect(without.state).toMatchObject({ readOnly: null, cellCount: 1 });
  expect(without.state.note).toContain("Cannot show the cells");
});
