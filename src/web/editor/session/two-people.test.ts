/**
 * Two people in one layer: their edits meet at the server in any order, refusals are decided in any way, and in the end both
 * screens and the server show the same cells. The server here is the rules of core/edits and nothing else.
 */

import { describe, expect, test } from "vitest";
import { shapeToWire } from "#api/shapes.ts";
import { type Rng, rng } from "#core/rng.ts";
import { conflictChoices } from "../model/conflict.ts";
import type { EditorSession } from "./editor-session.ts";
import { me, openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const eve = { id: "EVE", name: "Eve" };

async function openBoth(server = new PlainServer()) {
  const first = await openPlainSession(server, { t: 1, z: 1 });
  const second = await openPlainSession(server, { t: 1, z: 1 }, eve);
  for (const { session } of [first, second]) session.setRadius(2);
  return { server, ada: first.session, eve: second.session };
}

const cellsOf = (session: EditorSession) => [...session.model.canvas.shapes].sort();

function expectInStep(server: PlainServer, ...sessions: EditorSession[]): void {
  const stored = [...server.state.objects].sort();
  for (const session of sessions) {
    expect(cellsOf(session)).toEqual(stored);
    expect(session.model.cells.size).toBe(stored.length);
  }
}

describe("edits of others", () => {
  test("appear without the cells being read again, by their author's name, with their label", async () => {
    const { server, ada, eve: other } = await openBoth();
    let reads = 0;
    const { objects } = server;
    server.objects = async () => {
      reads++;
      return objects();
    };
    paint(other, [10, 10], [10, 20]);
    await other.settled();
    await ada.saving.catchUp();
    expectInStep(server, ada, other);
    expect([...ada.model.cells.values()]).toMatchObject([{ label: 1, agent: { name: "Eve" } }]);
    expect(ada.state).toMatchObject({ seq: 1, canUndo: false });
    expect(ada.state.history[0]).toMatchObject({ who: "Eve", state: "saved" });
    expect(reads).toBe(0);
  });

  test("wait for the stroke under way, which is drawn as it was meant", async () => {
    const { server, ada, eve: other } = await openBoth();
    paint(other, [10, 10]);
    await other.settled();
    ada.begin("brush", { y: 40, x: 40 });
    const joined = ada.saving.catchUp();
    ada.extend([{ y: 40, x: 50 }]);
    await Promise.resolve();
    expect(ada.gestureActive).toBe(true);
    expect(ada.state.cellCount).toBe(0);
    ada.finish();
    await joined;
    expect(await ada.settled()).toBe(true);
    await other.saving.catchUp();
    expectInStep(server, ada, other);
    expect(ada.state.cellCount).toBe(2);
  });

  test("go beneath ours where both changed one cell: ours waits for its refusal, and the rest of ours stays", async () => {
    const { server, ada, eve: other } = await openBoth();
    paint(ada, [20, 20]);
    await ada.settled();
    await other.saving.catchUp();
    const uid = ada.state.selection[0] as string;
    // Both grow the cell; Eve's comes first, Ada's does not get through before she hears of it.
    paint(other, [20, 20], [20, 30]);
    await other.settled();
    server.faults.push("before");
    paint(ada, [20, 20], [30, 20]);
    paint(ada, [50, 50]);
    await ada.saving.catchUp();
    expect(ada.model.shapeOf(uid)).toEqual(server.state.objects.get(uid));
    expect(ada.state.cellCount).toBe(2);
    expect(await ada.settled()).toBe(true);
    expect(ada.state.sync.refused).toHaveLength(1);
    await other.saving.catchUp();
    expectInStep(server, ada, other);
  });

  test("of one's own other page are taken back by undo here", async () => {
    const server = new PlainServer();
    const here = await openPlainSession(server, { t: 1, z: 1 });
    const there = await openPlainSession(server, { t: 1, z: 1 });
    paint(there.session, [10, 10]);
    await there.session.settled();
    await here.session.saving.catchUp();
    here.session.undo();
    await here.session.settled();
    expect(server.state.objects.size).toBe(0);
  });
});

describe("a conflict on one cell", () => {
  /** Ada and Eve reshape one cell; Eve was first. */
  async function inConflict() {
    const { server, ada, eve: other } = await openBoth();
    paint(ada, [20, 20]);
    await ada.settled();
    await other.saving.catchUp();
    const uid = ada.state.selection[0] as string;
    const before = ada.model.shapeOf(uid);
    paint(other, [20, 20], [20, 30]);
    await other.settled();
    paint(ada, [20, 20], [30, 20]);
    const mine = ada.model.shapeOf(uid);
    await ada.settled();
    const theirs = server.state.objects.get(uid);
    const entry = ada.state.sync.refused[0];
    if (entry === undefined) throw new Error("the second edit is refused");
    return { server, ada, other, uid, before, mine, theirs, entry };
  }

  test("is shown with all three sides", async () => {
    const { ada, before, mine, theirs, entry } = await inConflict();
    expect(ada.saving.setAside.conflictsOf(entry)).toMatchObject([
      { kind: "changed", before: [before], mine: [mine], theirs: [theirs] },
    ]);
  });

  test.each(conflictChoices)("%s: neither side is lost", async (choice) => {
    const { server, ada, other, uid, mine, theirs, entry } = await inConflict();
    const { setAside } = ada.saving;
    const [conflict] = setAside.conflictsOf(entry);
    await setAside.settle(entry, new Map([[conflict?.id ?? "", choice]]));
    expect(await ada.settled()).toBe(true);
    await other.saving.catchUp();
    expectInStep(server, ada, other);
    expect(ada.state.sync.refused).toEqual([]);
    expect(server.state.objects.get(uid)).toEqual(choice === "mine" ? mine : theirs);
    expect(server.state.objects.size).toBe(choice === "both" ? 2 : 1);
    if (choice === "theirs") {
      // What was given up can be brought back and decided otherwise.
      await setAside.bringBack(setAside.store.get().thrown[0] as typeof entry);
      await setAside.again(ada.state.sync.refused[0] as typeof entry);
      await ada.settled();
      expect(server.state.objects.get(uid)).toEqual(mine);
    } else {
      ada.undo();
      await ada.settled();
      expect([...server.state.objects]).toEqual([[uid, theirs]]);
    }
  });
});

/** A random edit by hand; often on cells that the other touches too. */
function scribble(session: EditorSession, random: Rng): void {
  const cells = [...session.model.cells.keys()];
  const point = (): [number, number] => [random.int(64), random.int(64)];
  const what = random.int(10);
  if (what < 5 || cells.length === 0) paint(session, point(), point());
  else if (what < 7) {
    session.select([random.pick(cells)]);
    session.deleteSelected(undefined);
  } else if (what === 7) {
    const [y, x] = point();
    session.begin("eraser", { y, x });
    session.extend([{ y: random.int(64), x: random.int(64) }]);
    session.finish();
  } else if (what === 8) session.undo();
  else session.redo();
}

let decided = 0;

describe.each([1, 2, 12, 34])("random walk %i", (seed) => {
  test("both screens and the server end with the same cells; every refusal was shown and decided", async () => {
    const random = rng(seed, "two people");
    const { server, ada, eve: other } = await openBoth();
    const people = [ada, other];
    for (let step = 0; step < 150; step++) {
      scribble(random.pick(people), random);
      const fault = random.int(12);
      if (fault === 0) server.faults.push("after");
      if (fault === 1) server.faults.push("before");
      // Replies, news and further strokes meet in any order.
      for (let turns = random.int(12); turns > 0; turns--) await Promise.resolve();
      if (random.int(3) === 0) void random.pick(people).saving.catchUp();
      if (random.int(40) === 0) void random.pick(people).reload();
      if (random.int(9) === 0) await random.pick(people).settled();
      for (const person of people) {
        for (const entry of person.state.sync.refused) {
          if (random.int(3) !== 0) continue;
          const { setAside } = person.saving;
          const choices = setAside
            .conflictsOf(entry)
            .map(({ id }) => [id, random.pick(conflictChoices)] as const);
          await setAside.settle(entry, new Map(choices));
          decided++;
        }
      }
    }
    server.faults.length = 0;
    for (let rounds = 0; rounds < 5; rounds++) {
      for (const person of people) {
        await person.settled();
        await person.saving.catchUp();
      }
    }
    expectInStep(server, ada, other);
    const ids = server.log.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    // What was refused and not decided is still there to be decided.
    for (const person of people) {
      for (const { operationId } of person.state.sync.refused) expect(ids).not.toContain(operationId);
    }
  });
});

test("the walks have met conflicts and decided them", () => expect(decided).toBeGreaterThan(5));

test("a model's proposal, which is more than shapes, is read whole", async () => {
  const { server, ada } = await openBoth();
  const stranger = new PlainServer();
  const { session } = await openPlainSession(stranger, { t: 1, z: 1 });
  paint(session, [30, 30]);
  await session.settled();
  const shape = [...stranger.state.objects.values()][0];
  if (shape === undefined) throw new Error("the cell is there");
  const changes = [{ uid: "PROPOSED", before: null, after: shapeToWire(shape) }];
  server.take({ operationId: "PROPOSAL", kind: "propose", tool: "model", msSpent: 0, changes });
  Object.assign(server.log[0] ?? {}, { agent: { ...me, kind: "model" } });
  paint(ada, [5, 5]);
  await ada.saving.catchUp();
  expect(await ada.settled()).toBe(true);
  expectInStep(server, ada);
});
