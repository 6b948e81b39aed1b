import { describe, expect, test } from "vitest";
import { FoundryError } from "#core/errors.ts";
import { shapeArea } from "#core/labels/index.ts";
import type { EditorSession } from "./editor-session.ts";
import type { PlanePixels } from "./plane-control.ts";
import { openPlainSession, PlainServer, paint } from "./session-under-test.ts";

const movie = { t: 60, z: 1 };
const at = (t: number, z = 0) => ({ t, z });

/** Everything the server has, without the plane that is edited. */
const elsewhere = (server: PlainServer, t: number, z = 0) =>
  [...server.state.objects].filter(([, shape]) => shape.t !== t || shape.z !== z).sort();

/** Pixels that come when the test says so. */
function slowPixels() {
  const waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  const ready = new Set<number>();
  const pixels: PlanePixels = {
    isReady: ({ t }) => ready.has(t),
    load: ({ t }) => new Promise((resolve, reject) => waiting.set(t, { resolve, reject })),
    prefetch: () => undefined,
  };
  const settle = async (t: number, error?: unknown): Promise<void> => {
    if (error === undefined) waiting.get(t)?.resolve();
    else waiting.get(t)?.reject(error);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { pixels, ready, settle };
}

const cellOf = (session: EditorSession): string => [...session.model.cells.keys()][0] as string;

describe("a movie of 60 frames", () => {
  test("what is drawn in a frame is in that frame, and in no other", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    for (const t of [0, 7, 59]) {
      session.planes.goTo(at(t));
      paint(session, [20, 20], [20, 20 + t / 3]);
    }
    await session.settled();
    expect([...server.state.objects.values()].map(({ t, z }) => [t, z])).toEqual([
      [0, 0],
      [7, 0],
      [59, 0],
    ]);
    expect(session.state).toMatchObject({ cellCount: 1, layerCellCount: 3, plane: at(59) });
    session.planes.goTo(at(3));
    expect(session.state).toMatchObject({ cellCount: 0, layerCellCount: 3 });
    expect(session.model.canvas.uidAt(20, 20)).toBeUndefined();
  });

  test("brush, eraser, split, merge, delete and fill leave every other plane as it was", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, { t: 4, z: 3 });
    for (const [t, z] of [
      [0, 0],
      [1, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      session.planes.goTo(at(t, z));
      paint(session, [20, 20], [20, 40]);
    }
    await session.settled();
    session.planes.goTo(at(1, 1));
    const others = elsewhere(server, 1, 1);
    expect(others).toHaveLength(3);
    const steps: (() => void)[] = [
      () => paint(session, [20, 25], [30, 25]),
      () => {
        session.begin("eraser", { y: 20, x: 20 });
        session.finish();
      },
      () => {
        session.begin("split", { y: 5, x: 33 });
        session.extend([{ y: 45, x: 33 }]);
        session.finish();
      },
      () => {
        session.select([...session.model.cells.keys()]);
        session.merge();
      },
      () => session.undo(),
      () => session.redo(),
      () => session.deleteSelected(undefined),
      () => session.undo(),
    ];
    for (const step of steps) {
      const before = server.log.length;
      step();
      await session.settled();
      expect(server.log.length).toBe(before + 1);
      expect(elsewhere(server, 1, 1)).toEqual(others);
    }
    expect(session.state.sync.refused).toEqual([]);
  });

  test("undo goes to the frame of what it takes back, redo to that of what it brings back", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    session.planes.goTo(at(2));
    paint(session, [10, 10]);
    session.planes.goTo(at(40));
    paint(session, [30, 30]);
    session.planes.goTo(at(5));
    session.undo();
    expect(session.state.plane).toEqual(at(40));
    expect(session.state.cellCount).toBe(0);
    session.undo();
    expect(session.state.plane).toEqual(at(2));
    session.redo();
    session.redo();
    expect(session.state.plane).toEqual(at(40));
    expect(session.state.cellCount).toBe(1);
    await session.settled();
    expect(server.state.objects.size).toBe(2);
  });

  test("everything is there after a reload, and the colours are the same", async () => {
    const server = new PlainServer();
    const first = await openPlainSession(server, movie);
    for (let t = 0; t < 60; t += 6) {
      first.session.planes.goTo(at(t));
      paint(first.session, [20, 20]);
      paint(first.session, [40, 40]);
    }
    await first.session.settled();
    const colours = (session: EditorSession) =>
      [...server.state.objects.keys()].map((uid) => session.model.colourOf(uid));
    const second = await openPlainSession(server, movie);
    expect(second.session.state).toMatchObject({ cellCount: 2, layerCellCount: 20 });
    const third = await openPlainSession(server, movie);
    expect(colours(third.session)).toEqual(colours(second.session));
    second.session.planes.goTo(at(54));
    const areas = [...second.session.model.cells.values()].map(({ area }) => area);
    const shapes = [...server.state.objects.values()].filter(({ t }) => t === 54);
    expect(areas).toEqual(shapes.map(shapeArea));
  });

  test("a selected cell is selected again when one comes back to its frame", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    paint(session, [10, 10]);
    const uid = cellOf(session);
    expect(session.state.selection).toEqual([uid]);
    session.planes.step("t", 1);
    expect(session.state.selection).toEqual([]);
    session.planes.step("t", -1);
    expect(session.state.selection).toEqual([uid]);
    session.select([]);
    session.planes.step("t", 1);
    session.planes.step("t", -1);
    expect(session.state.selection).toEqual([]);
  });

  test("a cell of another frame is shown by going there", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    session.planes.goTo(at(12));
    paint(session, [10, 10]);
    const uid = cellOf(session);
    session.planes.goTo(at(0));
    session.showCell(uid);
    expect(session.state).toMatchObject({ plane: at(12), selection: [uid] });
  });

  test("each frame has a queue of doubt of its own", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    const drawn: string[] = [];
    for (const t of [0, 1]) {
      session.planes.goTo(at(t));
      paint(session, [20, 20]);
      drawn.push(cellOf(session));
    }
    session.nextDoubtful();
    expect(session.state.selection).toEqual([drawn[1]]);
    session.nextDoubtful();
    expect(session.state.note).toBe("All cells are reviewed.");
    session.planes.goTo(at(0));
    session.nextDoubtful();
    expect(session.state.selection).toEqual([drawn[0]]);
    expect(session.state.plane).toEqual(at(0));
  });
});

describe("pixels and labels come together", () => {
  test("the frame on the screen stays until the pixels of the next are there; a later wish wins", async () => {
    const { session } = await openPlainSession(new PlainServer(), movie);
    const { pixels, settle } = slowPixels();
    session.planes.attachPixels(pixels);
    session.planes.goTo(at(1));
    session.planes.goTo(at(2));
    expect(session.state).toMatchObject({ plane: at(0), wanted: at(2) });
    await settle(1);
    expect(session.state.plane).toEqual(at(0));
    await settle(2);
    expect(session.state.plane).toEqual(at(2));
  });

  test("going back to what is shown forgets the wish", async () => {
    const { session } = await openPlainSession(new PlainServer(), movie);
    const { pixels, settle } = slowPixels();
    session.planes.attachPixels(pixels);
    session.planes.goTo(at(1));
    session.planes.goTo(at(0));
    await settle(1);
    expect(session.state).toMatchObject({ plane: at(0), wanted: at(0) });
  });

  test("when pixels cannot be read, the frame stays and it is said", async () => {
    const { session } = await openPlainSession(new PlainServer(), movie);
    const { pixels, settle } = slowPixels();
    session.planes.attachPixels(pixels);
    session.planes.goTo(at(1));
    await settle(1, new FoundryError("net.unreachable", { message: "The server does not answer." }));
    expect(session.state).toMatchObject({ plane: at(0), wanted: at(0) });
    expect(session.state.note).toBe("Cannot show frame 2: The server does not answer.");
  });

  test("a stroke under way ends in the frame it began in, then the other frame comes", async () => {
    const server = new PlainServer();
    const { session } = await openPlainSession(server, movie);
    session.begin("brush", { y: 10, x: 10 });
    session.planes.goTo(at(1));
    session.extend([{ y: 10, x: 30 }]);
    expect(session.state.plane).toEqual(at(0));
    session.finish();
    await session.settled();
    expect([...server.state.objects.values()].map(({ t }) => t)).toEqual([0]);
    expect(session.state.plane).toEqual(at(1));
  });
});

describe("playing", () => {
  test("goes on frame by frame, around the end, and never past a frame that has not come", async () => {
    const { session, tick } = await openPlainSession(new PlainServer(), { t: 3, z: 1 });
    session.planes.toggle();
    expect(session.state.playing).toBe("t");
    const seen: number[] = [];
    for (let k = 0; k < 4; k++) {
      tick();
      seen.push(session.state.plane.t);
    }
    expect(seen).toEqual([1, 2, 0, 1]);
    const { pixels, settle } = slowPixels();
    session.planes.attachPixels(pixels);
    tick();
    tick();
    expect(session.state).toMatchObject({ plane: at(1), wanted: at(2) });
    await settle(2);
    tick();
    expect(session.state.wanted).toEqual(at(0));
    session.planes.toggle();
    expect(session.state.playing).toBeNull();
  });

  test("an edit stops it; an image without time plays through its slices; one plane does not play", async () => {
    const { session, tick } = await openPlainSession(new PlainServer(), { t: 1, z: 4 });
    session.planes.toggle();
    tick();
    expect(session.state.plane).toEqual(at(0, 1));
    paint(session, [10, 10]);
    expect(session.state.playing).toBeNull();
    const flat = await openPlainSession(new PlainServer(), { t: 1, z: 1 });
    flat.session.planes.toggle();
    expect(flat.session.state.playing).toBeNull();
  });
});
