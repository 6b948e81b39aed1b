/** A layer whose cells may overlap, as the page holds it: strokes, clicks, undo, reload, what waits, two people at once. */

import { expect, test } from "vitest";
import { shapeArea, sharedPixels } from "#core/labels/index.ts";
import { memoryJournal } from "../sync/journal.ts";
import type { EditorSession } from "./editor-session.ts";
import { me, openPlainSession, PlainServer, paint } from "./session-under-test.ts";
import { inStack } from "./stack.ts";

const planes = { t: 1, z: 1 };
const eve = { id: "EVE", name: "Eve" };

/** A horizontal and a vertical bar of 5 pixels' width across each other at (20, 20). */
function cross(session: EditorSession): [string, string] {
  session.setRadius(2);
  while (session.state.writeMode !== "overlap") session.stepWriteMode();
  session.armNewCell();
  paint(session, [20, 10], [20, 30]);
  const [low = ""] = session.state.selection;
  session.armNewCell();
  paint(session, [10, 20], [30, 20]);
  const [high = ""] = session.state.selection;
  return [low, high];
}

const shapesOf = (session: EditorSession) => new Map([...session.model.canvas.shapes].sort());

test("W goes through three modes where cells may overlap, through two where they may not", async () => {
  const modes = async (overlapAllowed: boolean) => {
    const { session } = await openPlainSession(new PlainServer(overlapAllowed), planes);
    return [1, 2, 3].map(() => {
      session.stepWriteMode();
      return `${session.state.writeMode}: ${session.state.note}`;
    });
  };
  expect(await modes(false)).toEqual([
    "overwrite: Strokes go over other cells.",
    "exclude: Strokes leave other cells alone.",
    "overwrite: Strokes go over other cells.",
  ]);
  expect(await modes(true)).toEqual([
    "overwrite: Strokes go over other cells.",
    "overlap: Strokes overlap other cells: both keep their pixels.",
    "exclude: Strokes leave other cells alone.",
  ]);
});

test("both cells have the shared square, here, on the server and after a reload; undo and redo are exact", async () => {
  const server = new PlainServer(true);
  const { session } = await openPlainSession(server, planes);
  const [low, high] = cross(session);
  const both = shapesOf(session);
  expect(shapeArea(both.get(low)!)).toBe(shapeArea(both.get(high)!));
  expect(sharedPixels(both.get(low)!, both.get(high)!)).toBe(25);
  expect(await session.settled()).toBe(true);
  expect(new Map([...server.state.objects].sort())).toEqual(both);
  session.undo();
  expect(session.model.cells.has(high)).toBe(false);
  expect(session.model.canvas.uidAt(20, 20)).toBe(low);
  session.redo();
  expect(shapesOf(session)).toEqual(both);
  expect(await session.settled()).toBe(true);
  await session.reload();
  expect(shapesOf(session)).toEqual(both);
  expect(session.model.canvas.uidsAt(20, 20)).toEqual([high, low]);
});

test("clicks go from the topmost cell to the next below; brush, eraser and delete mean the selected one", async () => {
  const { session } = await openPlainSession(new PlainServer(true), planes);
  const [low, high] = cross(session);
  const areaOf = (uid: string): number => shapeArea(session.model.canvas.shapes.get(uid)!);
  session.setTool("select");
  session.select([]);
  const at = { y: 20, x: 20 };
  const seen = [1, 2, 3].map(() => {
    session.click(at, false);
    return session.state.selection;
  });
  expect(seen).toEqual([[high], [low], [high]]);
  session.select([low]);
  session.setTool("eraser");
  const before = [areaOf(low), areaOf(high)];
  session.begin("eraser", at);
  session.finish();
  expect(areaOf(low)).toBeLessThan(before[0]!);
  expect(areaOf(high)).toBe(before[1]);
  session.setTool("delete");
  session.select([high]);
  session.click(at, false);
  expect([...session.model.cells.keys()]).toEqual([low]);
});

test("edits that wait in the journal are put on top of what the server has, overlap and all", async () => {
  const server = new PlainServer(true);
  const journal = memoryJournal();
  server.faults.push("before", "before", "before", "before");
  const first = await openPlainSession(server, planes, me, { journal });
  cross(first.session);
  const both = shapesOf(first.session);
  // The journal is written and the server does not answer.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(server.log).toEqual([]);
  first.session.close();
  server.faults.length = 0;
  const second = await openPlainSession(server, planes, me, { journal });
  expect(await second.session.settled()).toBe(true);
  expect(shapesOf(second.session)).toEqual(both);
  expect(new Map([...server.state.objects].sort())).toEqual(both);
});

test("where two draw at once, both pages show the order of the server's labels in the end", async () => {
  const server = new PlainServer(true);
  const ada = (await openPlainSession(server, planes)).session;
  const other = (await openPlainSession(server, planes, eve)).session;
  for (const session of [ada, other]) {
    session.setRadius(3);
    session.stepWriteMode();
    session.stepWriteMode();
    session.armNewCell();
    paint(session, [30, 30]);
  }
  // Eve's stroke reaches the server last, and Ada's is known to Eve after her own.
  expect(await ada.settled()).toBe(true);
  expect(await other.settled()).toBe(true);
  await other.saving.catchUp();
  await ada.saving.catchUp();
  const byLabel = [...server.labels].sort(([, a], [, b]) => b - a).map(([uid]) => uid);
  expect(byLabel).toHaveLength(2);
  expect(ada.model.canvas.uidsAt(30, 30)).toEqual(byLabel);
  expect(other.model.canvas.uidsAt(30, 30)).toEqual(byLabel);
  expect(other.model.canvas.uidAt(30, 30)).toBe(byLabel[0]);
});

test("cells are stacked by label, those without one on top; layers of cells that lie apart stay as they are", () => {
  const shapes = new Map(["A", "B", "C"].map((uid) => [uid, {} as never]));
  const labels = new Map([
    ["A", 5],
    ["C", 2],
  ]);
  expect([...inStack(shapes, labels, true).keys()]).toEqual(["C", "A", "B"]);
  expect(inStack(shapes, labels, false)).toBe(shapes);
});
