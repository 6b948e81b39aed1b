/** Cells carried to other frames and slices by the real keys' commands: drafts that are looked at, taken as one edit, taken back. */

import { describe, expect, test } from "vitest";
import type { ObjectChange } from "#core/edits/index.ts";
import { type ObjectShape, shapeArea } from "#core/labels/index.ts";
import type { EditorSession } from "./editor-session.ts";
import type { SessionView } from "./session-parts.ts";
import { openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const at = (t: number, z = 0) => ({ t, z });
const movie = { t: 8, z: 1 };

/** What is laid over the labels. */
function watch(session: EditorSession): { drafted: readonly ObjectChange[] } {
  const seen: { drafted: readonly ObjectChange[] } = { drafted: [] };
  session.attachView({
    canvasReplaced: () => undefined,
    canvasChanged: () => undefined,
    cellsChanged: () => undefined,
    previewStroke: () => undefined,
    previewDraft: (changes) => {
      seen.drafted = changes;
    },
    previewLine: () => undefined,
    previewEnded: () => {
      seen.drafted = [];
    },
    flyTo: () => undefined,
  } satisfies SessionView);
  return seen;
}

const uidsAt = (session: EditorSession, t: number, z = 0): string[] => [
  ...session.model.shapesAt(at(t, z)).keys(),
];
const only = (session: EditorSession, t: number, z = 0): string => {
  const uids = uidsAt(session, t, z);
  expect(uids).toHaveLength(1);
  return uids[0] as string;
};
const links = (server: PlainServer): string[] =>
  [...server.state.objects.keys()].flatMap((uid) => {
    const origin = server.origins.originOf(uid);
    return origin === null ? [] : [`${origin.uid} ${origin.kind} ${uid}`];
  });
const box = ({ bbox }: ObjectShape): readonly number[] => bbox;

describe("copies over time", () => {
  test("a cell is shown in the next frame, taken there as the same cell, and taken back", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    const view = watch(session);
    session.planes.goTo(at(2));
    paint(session, [20, 20], [20, 26]);
    const cell = only(session, 2);
    session.setTool("carry");
    expect(session.state.plane).toEqual(at(3));
    expect(view.drafted).toHaveLength(1);
    expect(view.drafted[0]?.after).toMatchObject({
      t: 3,
      bbox: box(server.state.objects.get(cell) ?? (session.model.shapeOf(cell) as ObjectShape)),
    });
    expect(uidsAt(session, 3)).toEqual([]);
    const shown = view.drafted[0]?.uid;
    session.drafts.apply();
    await session.settled();
    const copy = only(session, 3);
    expect(copy).toBe(shown);
    expect(links(server)).toEqual([`${cell} link ${copy}`]);
    expect(server.log.at(-1)).toMatchObject({ kind: "draw", tool: "copy" });
    expect(session.state).toMatchObject({ tool: "select", selection: [copy], plane: at(3) });
    expect(session.model.colourOf(copy)).toEqual(session.model.colourOf(cell));
    // One name over time: that of the first.
    const number = session.model.cells.get(copy)?.number;
    session.planes.goTo(at(2));
    expect(session.model.cells.get(cell)?.number).toBe(number);
    expect(session.state.selection).toEqual([cell]);

    session.undo();
    await session.settled();
    expect(session.state.plane).toEqual(at(3));
    expect([...server.state.objects.keys()]).toEqual([cell]);
    expect(links(server)).toEqual([]);
    session.redo();
    await session.settled();
    expect(links(server)).toEqual([`${cell} link ${copy}`]);
    expect(session.state.sync.refused).toEqual([]);
  });

  test("Escape leaves nothing and goes back; the key once more takes the other way", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    const view = watch(session);
    session.planes.goTo(at(4));
    paint(session, [20, 20]);
    session.setTool("carry");
    session.drafts.other([0, 0, 64, 64]);
    expect(session.drafts.state.settings.carryWay).toBe("previous-frame");
    expect(session.state.plane).toEqual(at(3));
    expect(view.drafted[0]?.after?.t).toBe(3);
    session.drafts.escape();
    expect(view.drafted).toEqual([]);
    expect(session.state).toMatchObject({ plane: at(4), tool: "select" });
    await session.settled();
    expect(server.log).toHaveLength(1);
  });

  test("to the frame before, the copy comes first in the track", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    session.planes.goTo(at(1));
    paint(session, [20, 20]);
    const cell = only(session, 1);
    session.setTool("carry");
    session.drafts.change({ carryWay: "previous-frame" });
    session.drafts.apply();
    await session.settled();
    expect(links(server)).toEqual([`${only(session, 0)} link ${cell}`]);
  });

  test("several cells to several frames are one edit and one chain each; neighbours keep their pixels", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    session.planes.goTo(at(2));
    paint(session, [20, 24]);
    const neighbour = only(session, 2);
    session.planes.goTo(at(0));
    paint(session, [20, 20]);
    session.select([]);
    paint(session, [50, 50]);
    const cells = uidsAt(session, 0);
    session.select(cells);
    session.setTool("carry");
    session.drafts.change({ carryCount: 3 });
    expect(session.drafts.state.cells).toBe(6);
    await session.settled();
    const before = server.log.length;
    session.drafts.apply();
    await session.settled();
    expect(server.log.length).toBe(before + 1);
    expect(uidsAt(session, 1)).toHaveLength(2);
    expect(uidsAt(session, 2)).toHaveLength(3);
    expect(uidsAt(session, 3)).toHaveLength(2);
    for (const cell of cells) {
      const track = [1, 2, 3].map((t) => session.model.mateOf(cell, at(t)));
      expect(track.every((uid, k) => uid !== undefined && uidsAt(session, k + 1).includes(uid))).toBe(true);
      expect(session.model.mateOf(track[2] as string, at(0))).toBe(cell);
    }
    const kept = server.state.objects.get(neighbour) as ObjectShape;
    expect(shapeArea(kept)).toBe(shapeArea(server.state.objects.get(cells[1] as string) as ObjectShape));
    session.undo();
    await session.settled();
    expect(server.state.objects.size).toBe(3);
    expect(links(server)).toEqual([]);
  });

  test("where the cell is in the frame already, that object takes the shape and its link stays", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    paint(session, [20, 20]);
    const cell = only(session, 0);
    session.setTool("carry");
    session.drafts.apply();
    const next = only(session, 1);
    paint(session, [20, 20], [20, 34]);
    session.planes.goTo(at(0));
    session.select([cell]);
    session.setTool("carry");
    session.drafts.apply();
    await session.settled();
    expect(only(session, 1)).toBe(next);
    expect(box(server.state.objects.get(next) as ObjectShape)).toEqual(
      box(server.state.objects.get(cell) as ObjectShape),
    );
    expect(links(server)).toEqual([`${cell} link ${next}`]);
  });

  test("a copy after a cell that divided in that frame is a cell of its own", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    paint(session, [20, 20]);
    const mother = only(session, 0);
    session.planes.goTo(at(1));
    paint(session, [50, 20]);
    session.select([]);
    paint(session, [50, 50]);
    await session.settled();
    const daughters = uidsAt(session, 1);
    for (const uid of daughters) server.origins.set(uid, { uid: mother, kind: "division" });
    await session.reload();
    session.planes.goTo(at(0));
    session.select([mother]);
    session.setTool("carry");
    session.drafts.apply();
    expect(await session.settled()).toBe(true);
    expect(session.state.sync.refused).toEqual([]);
    expect(uidsAt(session, 1)).toHaveLength(3);
    expect(links(server).sort()).toEqual(daughters.map((uid) => `${mother} division ${uid}`).sort());
  });
});

describe("between key frames", () => {
  test("frames between are filled along the way, shown while one scrubs, and become one track", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    const view = watch(session);
    paint(session, [20, 10]);
    const first = only(session, 0);
    session.planes.goTo(at(4));
    paint(session, [20, 50]);
    const last = only(session, 4);
    session.planes.goTo(at(0));
    session.select([first]);
    session.setTool("carry");
    session.drafts.change({ carryWay: "between" });
    expect(session.state.plane).toEqual(at(0));
    session.planes.goTo(at(4));
    session.click({ y: 20, x: 50 }, false);
    expect(session.drafts.state).toMatchObject({ cells: 3, problem: null });
    // Half of the way at half of the time: the middle of the shape lies at x = 30.
    session.planes.goTo(at(2));
    const [, x0, , x1] = view.drafted[0]?.after?.bbox ?? [0, 0, 0, 0];
    expect((x0 + x1 - 1) / 2).toBe(30);
    session.drafts.apply();
    await session.settled();
    expect([1, 2, 3].map((t) => uidsAt(session, t).length)).toEqual([1, 1, 1]);
    expect([1, 2, 3, 4].map((t) => session.model.mateOf(first, at(t))).at(-1)).toBe(last);
    expect(links(server)).toHaveLength(4);
    expect(server.log.at(-1)).toMatchObject({ tool: "interpolate" });
    session.undo();
    await session.settled();
    expect(server.state.objects.size).toBe(2);
    expect(links(server)).toEqual([]);
  });

  test("a link over a gap goes through the filled frames, and comes back with undo after a reload", async () => {
    const server = new PlainServer();
    const first = await openPlainSession(server, movie);
    paint(first.session, [20, 10]);
    first.session.planes.goTo(at(3));
    paint(first.session, [20, 40]);
    await first.session.settled();
    const [a, d] = [only(first.session, 0), only(first.session, 3)];
    server.origins.set(d, { uid: a, kind: "link" });
    const { session } = await openPlainSession(server, movie);
    session.select([a]);
    session.setTool("carry");
    session.drafts.change({ carryWay: "between" });
    session.planes.goTo(at(3));
    session.click({ y: 20, x: 40 }, false);
    session.drafts.apply();
    expect(await session.settled()).toBe(true);
    const [b, c] = [only(session, 1), only(session, 2)];
    expect(links(server).sort()).toEqual([`${a} link ${b}`, `${b} link ${c}`, `${c} link ${d}`].sort());
    const again = await openPlainSession(server, movie);
    again.session.undo();
    expect(await again.session.settled()).toBe(true);
    expect(again.session.state.sync.refused).toEqual([]);
    expect(links(server)).toEqual([`${a} link ${d}`]);
  });
});

describe("through the depth of a stack", () => {
  test("copies and fills between slices, without links", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, { t: 1, z: 9 });
    paint(session, [20, 20]);
    session.setTool("carry");
    expect(session.drafts.state.settings.carryWay).toBe("next-slice");
    session.drafts.apply();
    expect(uidsAt(session, 0, 1)).toHaveLength(1);
    session.planes.goTo(at(0, 5));
    paint(session, [20, 20], [20, 30]);
    const top = only(session, 0, 5);
    session.planes.goTo(at(0, 1));
    session.select(uidsAt(session, 0, 1));
    session.setTool("carry");
    session.drafts.change({ carryWay: "between" });
    session.planes.goTo(at(0, 5));
    session.click({ y: 20, x: 20 }, false);
    session.drafts.apply();
    await session.settled();
    expect([0, 1, 2, 3, 4, 5, 6].map((z) => uidsAt(session, 0, z).length)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(links(server)).toEqual([]);
    const areas = [1, 2, 3, 4, 5].map((z) =>
      shapeArea(session.model.shapeOf(only(session, 0, z)) as ObjectShape),
    );
    expect(areas).toEqual([...areas].sort((p, q) => p - q));
    expect(session.model.mateOf(top, at(0, 4))).toBeUndefined();
  });

  test("an image of one plane has nowhere to carry to", async () => {
    const { session } = await openPlainSession(new PlainServer(), { t: 1, z: 1 });
    expect(session.drafts.carryWays).toEqual([]);
  });
});
