import { describe, expect, test } from "vitest";
import { shapeToWire } from "#api/shapes.ts";
import { type BoundingBox, plane } from "#core/array/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import { type Journal, memoryJournal } from "../sync/journal.ts";
import { runCellCommand } from "./cell-commands.ts";
import { EditorSession } from "./editor-session.ts";
import { noHover } from "./hover.ts";
import { me, PlainServer, paint } from "./session-under-test.ts";

let counter = 0;

async function openSession(
  server: PlainServer,
  journal: Journal = memoryJournal(),
  readOnly: string | null = null,
) {
  const timers: (() => void)[] = [];
  const session = new EditorSession({
    layerId: "L",
    height: 64,
    width: 64,
    author: me,
    journal,
    post: server.post,
    readObjects: server.objects,
    readLog: server.readLog,
    schedule: (work) => {
      timers.push(work);
      return () => timers.splice(timers.indexOf(work) >>> 0, 1);
    },
    now: () => 1_000_000,
    random: () => 0.5,
    newId: () => `ID${String(++counter).padStart(6, "0")}`,
  });
  await session.open(async () => [...server.log], new Set(), readOnly);
  return { session, journal };
}

/** What the screen shows equals what the server has. */
async function expectInStep(session: EditorSession, server: PlainServer): Promise<void> {
  expect(await session.settled()).toBe(true);
  const ours = [...session.model.canvas.shapes].sort();
  const theirs = [...server.state.objects].sort();
  expect(ours).toEqual(theirs);
}

describe("editor session", () => {
  test("a stroke is on the canvas at once and on the server soon, as one edit", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    paint(session, [10, 10], [10, 20]);
    expect(session.state).toMatchObject({ cellCount: 1, canUndo: true, dirty: true });
    expect(session.state.sync.state).toBe("saving");
    await expectInStep(session, server);
    expect(server.log.map((edit) => [edit.kind, edit.tool])).toEqual([["draw", "brush"]]);
    expect(session.state).toMatchObject({ seq: 1, sync: { state: "saved" } });
    expect([...session.model.cells.values()][0]).toMatchObject({ label: 1, agent: { name: "Ada" } });
    expect(session.state.history[0]).toMatchObject({ kind: "draw", state: "saved", who: "Ada" });
  });

  test("all cells together grow in one edit, which one undo takes back", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    paint(session, [10, 10], [10, 12]);
    session.select([]);
    session.armNewCell();
    paint(session, [40, 40], [40, 42]);
    const areas = () => [...session.model.canvas.shapes.values()].map(shapeArea);
    const drawn = areas();
    session.selectAll();
    expect(session.state.selection).toHaveLength(2);
    runCellCommand("grow", session, noHover, null);
    expect(session.state.history).toHaveLength(3);
    expect(areas().every((area, i) => area > (drawn[i] as number))).toBe(true);
    session.undo();
    expect(areas()).toEqual(drawn);
    await expectInStep(session, server);
  });

  test("an import is told in the history, and Ctrl+Z does not take it back", async () => {
    const server = new PlainServer();
    await server.post([]);
    const { session } = await openSession(server);
    session.takeLog([
      {
        ...{
          operationId: "IMPORT",
          kind: "import",
          tool: "import",
          changes: [],
          born: 20_000,
          msSpent: 0,
          seq: 1,
        },
        ...{ agent: { ...me, kind: "person" }, at: "2026-01-01T00:00:00.000Z" },
      },
    ]);
    expect(session.state).toMatchObject({ canUndo: false, history: [{ kind: "import", cellCount: 20_000 }] });
    paint(session, [10, 10]);
    expect(session.state.canUndo).toBe(true);
    session.undo();
    expect(session.state).toMatchObject({ canUndo: false, cellCount: 0 });
  });

  test("undo and redo are edits of their own, and go on after a reload", async () => {
    const server = new PlainServer();
    const first = await openSession(server);
    paint(first.session, [10, 10]);
    paint(first.session, [40, 40]);
    first.session.undo();
    await expectInStep(first.session, server);
    expect(server.state.objects.size).toBe(1);
    first.session.close();

    const second = await openSession(server);
    expect(second.session.state).toMatchObject({ cellCount: 1, canUndo: true, canRedo: true, seq: 3 });
    second.session.redo();
    await expectInStep(second.session, server);
    expect(server.state.objects.size).toBe(2);
    second.session.undo();
    second.session.undo();
    second.session.undo();
    await expectInStep(second.session, server);
    expect(server.state.objects.size).toBe(0);
    expect(server.log.map((edit) => edit.kind)).toEqual(["draw", "draw", "undo", "redo", "undo", "undo"]);
  });

  test("a refused edit leaves the screen, is kept with its reason, and spares the edits beside it", async () => {
    const server = new PlainServer();
    const { session, journal } = await openSession(server);
    paint(session, [30, 30]);
    await session.settled();
    const uid = session.state.selection[0] as string;
    // Someone else deletes the cell meanwhile.
    const shape = server.state.objects.get(uid);
    if (shape === undefined) throw new Error("the cell is there");
    const change = { uid, before: shapeToWire(shape), after: null };
    server.take(
      { operationId: "OTHER", kind: "delete", tool: "delete", msSpent: 0, changes: [change] },
      { id: "EVE", name: "Eve" },
    );
    paint(session, [30, 30], [30, 40]);
    paint(session, [8, 8]);
    await expectInStep(session, server);
    expect(session.model.canvas.shapes.has(uid)).toBe(false);
    expect(session.state.cellCount).toBe(1);
    expect(session.state.sync.refused.map((entry) => entry.refusal?.code)).toEqual(["revision.conflict"]);
    expect(await journal.read("L")).toHaveLength(1);
    expect(session.state.history.find((line) => line.state === "refused")).toBeDefined();

    // Tried again, it becomes an edit that fits the present state; the set-aside one is gone.
    await session.saving.setAside.again(session.state.sync.refused[0]!);
    await expectInStep(session, server);
    expect(session.state.sync.refused).toEqual([]);
    expect(session.state.cellCount).toBe(2);
    expect(await journal.read("L")).toEqual([]);
  });

  test("later edits of a refused cell are refused with it, and nothing is dropped in silence", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    // The other's cell lies where ours will, unseen by us.
    const other = new PlainServer();
    const theirs = await openSession(other);
    paint(theirs.session, [20, 20]);
    await theirs.session.settled();
    server.take(other.log[0]!, { id: "EVE", name: "Eve" });
    paint(session, [20, 22]);
    paint(session, [20, 22], [30, 22]);
    paint(session, [50, 50]);
    await expectInStep(session, server);
    expect(session.state.sync.refused).toHaveLength(2);
    expect(session.state.cellCount).toBe(2);
  });

  test("offline work survives the page: the next one sends it before it shows the cells", async () => {
    const server = new PlainServer();
    const journal = memoryJournal();
    const first = await openSession(server, journal);
    server.faults.push("before", "before", "before", "before");
    paint(first.session, [10, 10]);
    paint(first.session, [40, 40]);
    await first.session.settled();
    expect(first.session.state.sync).toMatchObject({ state: "offline", waiting: 2 });
    expect(first.session.state.cellCount).toBe(2);
    first.session.close();
    expect(server.state.objects.size).toBe(0);

    server.faults.length = 0;
    const second = await openSession(server, journal);
    expect(second.session.state).toMatchObject({ cellCount: 2, sync: { state: "saved" } });
    await expectInStep(second.session, server);
  });

  test("a page that opens offline shows the kept edits on top of what the server had", async () => {
    const server = new PlainServer();
    const journal = memoryJournal();
    const first = await openSession(server, journal);
    server.faults.push("after", "before", "before");
    paint(first.session, [10, 10]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    first.session.close();
    expect(server.state.objects.size).toBe(1);
    // The server has the edit, but its reply was lost; it stays silent for a while.
    server.faults.splice(0, 2, "before", "before");
    const second = await openSession(server, journal);
    expect(second.session.state).toMatchObject({ cellCount: 1, sync: { state: "offline", waiting: 1 } });
    server.faults.length = 0;
    await expectInStep(second.session, server);
    expect(server.log).toHaveLength(1);
  });

  test("split, merge, erase and delete round trip, and pixels are conserved by split and merge", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    session.setRadius(8);
    paint(session, [20, 20], [20, 40]);
    const uid = session.state.selection[0] as string;
    const area = shapeArea(session.model.canvas.shapes.get(uid)!);
    session.begin("split", { y: 5, x: 30 });
    session.extend([{ y: 40, x: 30 }]);
    session.finish();
    expect(session.state.cellCount).toBe(2);
    expect(session.state.selection).toHaveLength(2);
    session.merge();
    expect(session.state.cellCount).toBe(1);
    expect(shapeArea(session.model.canvas.shapes.get(uid)!)).toBe(area);
    session.begin("eraser", { y: 20, x: 20 });
    session.finish();
    session.deleteSelected(undefined);
    expect(session.state.cellCount).toBe(0);
    await expectInStep(session, server);
    expect(server.log.map((edit) => edit.kind)).toEqual(["draw", "split", "merge", "erase", "delete"]);
    for (let i = 0; i < 5; i++) session.undo();
    await expectInStep(session, server);
    expect(session.state.canUndo).toBe(false);
  });

  test("who may only look changes nothing and is told why", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server, memoryJournal(), "Only looking.");
    paint(session, [10, 10]);
    session.undo();
    session.deleteSelected("x");
    expect(session.state).toMatchObject({ cellCount: 0, note: "Only looking." });
    await session.settled();
    expect(server.log).toEqual([]);
  });

  test("another's edit, read anew, is shown; it is not ours to undo", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    const other = new PlainServer();
    const theirs = await openSession(other);
    paint(theirs.session, [20, 20]);
    await theirs.session.settled();
    server.take(other.log[0]!, { id: "EVE", name: "Eve" });
    await session.reload();
    session.takeLog(server.log);
    expect(session.state).toMatchObject({ cellCount: 1, seq: 1, canUndo: false });
    expect(session.state.history[0]).toMatchObject({ who: "Eve" });
  });

  test("Space goes through the cells and marks what was seen", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    paint(session, [10, 10]);
    session.armNewCell();
    session.setRadius(2);
    paint(session, [40, 40]);
    session.select([]);
    const seen: string[] = [];
    for (let i = 0; i < 2; i++) {
      session.nextDoubtful();
      seen.push(session.state.selection[0] as string);
    }
    expect(new Set(seen).size).toBe(2);
    session.nextDoubtful();
    expect(session.state.note).toBe("All cells are reviewed.");
    expect(session.state.reviewed.size).toBe(2);
  });

  test("keys alone: split, step back in the queue, over other cells, and all of it undone again", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    session.setRadius(4);
    paint(session, [20, 10], [20, 20]);
    await session.settled();
    const [uid] = session.state.selection as [string];
    const point = { ...noHover, uid: undefined };
    runCellCommand("split-in-two", session, point, null);
    expect(session.state.cellCount).toBe(2);
    runCellCommand("smooth", session, { ...noHover, uid }, null);
    runCellCommand("fit-cell", session, { ...noHover, uid }, null);
    expect(session.state.note).toBe("The picture is not loaded yet.");
    session.select([]);
    runCellCommand("grow", session, noHover, null);
    expect(session.state.note).toBe("Select a cell, or point at one.");
    session.review("accept");
    const first = session.state.selection;
    session.review("accept");
    expect(session.state.progress).toMatchObject({ done: 1, left: 1 });
    session.review("back");
    expect(session.state.selection).toEqual(first);
    expect(session.state.reviewed.has(first[0] as string)).toBe(false);
    session.stepWriteMode();
    session.armNewCell();
    paint(session, [20, 0], [20, 40]);
    expect(session.state.cellCount).toBeLessThanOrEqual(3);
    while (session.state.canUndo) session.undo();
    expect(session.state.cellCount).toBe(0);
    await expectInStep(session, server);
  });

  test("fitting reads the picture around the cell and changes it in one edit", async () => {
    const server = new PlainServer();
    const { session } = await openSession(server);
    session.setRadius(3);
    paint(session, [32, 32]);
    await session.settled();
    const picture = plane("uint16", 64, 64);
    picture.data.forEach((_, i) => {
      picture.data[i] = Math.hypot(Math.floor(i / 64) - 32, (i % 64) - 32) <= 8 ? 5_000 : 100;
    });
    const asked: unknown[] = [];
    const readRaw = (box: BoundingBox) => {
      asked.push(box);
      return Promise.resolve({ y0: 0, x0: 0, plane: picture });
    };
    runCellCommand("fit-cell", session, noHover, readRaw);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toEqual([[0, 0, 64, 64]]);
    const [cell] = [...session.model.cells.values()];
    // Half a pixel along the circle of radius 8.
    expect(Math.abs(cell!.area - Math.PI * 8 ** 2)).toBeLessThan(Math.PI * 8);
    await expectInStep(session, server);
    expect(server.log.map((edit) => edit.tool)).toEqual(["brush", "fit"]);
  });
});
