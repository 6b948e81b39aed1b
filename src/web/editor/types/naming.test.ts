/** Naming through a session and a server made of the rules of core: keys, undo, split, merge, a refused edit, a new page. */

import { expect, test } from "vitest";
import { type CellTypes, unknownType } from "#core/cell-types/index.ts";
import { openPlainSession, PlainServer, paint } from "../session/session-under-test.ts";
import { namingOf } from "./naming.ts";

const T = "CL:0000084";
const B = "CL:0000236";
const one = { t: 1, z: 1 };
const is = (...terms: string[]): CellTypes => terms.map((term) => ({ term, by: "person" as const }));

async function withTwoCells() {
  const server = new PlainServer();
  const { session, tick } = await openPlainSession(server, one);
  session.setRadius(3);
  for (const y of [12, 40]) {
    session.armNewCell();
    paint(session, [y, 12], [y, 30]);
  }
  const [first, second] = [...session.model.cells.keys()] as [string, string];
  const naming = namingOf(session);
  naming.setKeys([T, B], []);
  return { server, session, tick, first, second, naming };
}

test("a key names what is selected, again takes it off; undo and redo; the server has the same", async () => {
  const { server, session, first, second, naming } = await withTwoCells();
  session.select([first, second]);
  naming.press(1);
  expect(session.model.typesOf(first)).toEqual(is(T));
  naming.press(2);
  expect(session.model.typesOf(second)).toEqual(is(T, B));
  session.undo();
  expect(session.model.typesOf(second)).toEqual(is(T));
  naming.press(1);
  expect(session.model.typesOf(first)).toBeNull();
  session.undo();
  session.undo();
  expect(session.model.typesOf(first)).toBeNull();
  session.redo();
  await session.settled();
  expect(Object.fromEntries(server.beside.types)).toEqual({ [first]: is(T), [second]: is(T) });
  expect(session.state.history[0]).toMatchObject({ kind: "redo", cellCount: 2 });
  const again = (await openPlainSession(server, one)).session;
  expect(again.model.typesOf(first)).toEqual(is(T));
  again.undo();
  expect(again.model.typesOf(first)).toBeNull();
});

test("unknown is kept apart from not looked at; a key without a type says so", async () => {
  const { session, first, naming } = await withTwoCells();
  session.select([first]);
  naming.unknown();
  expect(session.model.typesOf(first)).toEqual([{ term: unknownType, by: "person" }]);
  naming.clear();
  expect(session.model.typesOf(first)).toBeNull();
  naming.press(7);
  expect(session.state.note).toMatch(/No type is on key 7/);
  session.select([]);
  naming.press(1);
  expect(session.state.note).toMatch(/Select cells first/);
});

test("a merge unites types and shows it, one undo parts both cells and types; confirming makes them a person's", async () => {
  const { server, session, first, second, naming } = await withTwoCells();
  session.select([first]);
  naming.add(T);
  session.select([second]);
  naming.add(B);
  session.select([first, second]);
  session.merge();
  const [kept] = [...session.model.cells.keys()] as [string];
  expect(session.model.typesOf(kept)).toEqual([
    { term: T, by: "merge" },
    { term: B, by: "merge" },
  ]);
  session.undo();
  expect([session.model.typesOf(first), session.model.typesOf(second)]).toEqual([is(T), is(B)]);
  session.redo();
  session.select([kept]);
  naming.keepOnly(B);
  expect(session.model.typesOf(kept)).toEqual(is(B));
  await session.settled();
  expect(server.beside.types.get(kept)).toEqual(is(B));
});

test("both parts of a split keep the type, marked, and a person confirms", async () => {
  const { session, first, naming } = await withTwoCells();
  session.select([first]);
  naming.add(T);
  session.begin("split", { y: 4, x: 21 });
  session.extend([{ y: 20, x: 21 }]);
  session.finish();
  const marked = [{ term: T, by: "split" }];
  expect(session.state.selection.length).toBe(2);
  expect(session.state.selection.map((uid) => session.model.typesOf(uid))).toEqual([marked, marked]);
  naming.confirm();
  expect(session.state.selection.map((uid) => session.model.typesOf(uid))).toEqual([is(T), is(T)]);
});

test("a name that someone else changed first is refused, kept aside, and can be wanted nevertheless", async () => {
  const { server, session, first, naming, tick } = await withTwoCells();
  await session.settled();
  const theirs = {
    ...{ operationId: "THEIRS", kind: "assignType" as const, tool: "type", changes: [], msSpent: 0 },
    types: [{ uid: first, before: null, after: [{ term: B, by: "person" as const }] }],
  };
  server.take(theirs, { id: "OTHER", name: "Bo" });
  session.select([first]);
  naming.add(T);
  tick();
  await session.settled();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(session.model.typesOf(first)).toEqual(is(B));
  const [refused] = session.state.sync.refused;
  expect(refused?.refusal?.code).toBe("revision.conflict");
  await session.saving.setAside.again(refused as NonNullable<typeof refused>);
  await session.settled();
  expect(server.beside.types.get(first)).toEqual(is(T));
});
