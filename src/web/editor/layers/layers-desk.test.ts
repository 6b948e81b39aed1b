import { describe, expect, test } from "vitest";
import type { LayerObjects, LayerSummary, WireObject } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { openPlainSession, PlainServer, paint } from "../session/session-under-test.ts";
import { LayersDesk } from "./layers-desk.ts";

function box(y0: number, x0: number, y1: number, x1: number, t = 0): ObjectShape {
  const count = (y1 - y0) * (x1 - x0);
  const bits = new Uint8Array(Math.ceil(count / 8)).fill(255);
  bits[bits.length - 1] = (255 << (bits.length * 8 - count)) & 255;
  return { t, z: 0, bbox: [y0, x0, y1, x1], bits };
}

const summary = (id: string, compartment: LayerSummary["compartment"], more: Partial<LayerSummary> = {}) =>
  ({
    ...{ id, imageId: "I", compartment, name: "", branchOf: null, kind: "instances", truth: "gold" },
    ...{ coverage: "exhaustive", objectCount: 2, seq: 1, headRevisionId: null, dirty: false },
    ...more,
  }) as LayerSummary;

const objectsOf = (layerId: string, shapes: Readonly<Record<string, ObjectShape>>): LayerObjects => ({
  ...{ layerId, seq: 1, height: 64, width: 64 },
  objects: Object.entries(shapes).map(
    ([uid, shape], k): WireObject => ({
      ...{ uid, label: k + 1, digest: "0".repeat(64), shape: shapeToWire(shape), kind: "draw" },
      agent: { id: "OTHER", name: "Grace", kind: "person" },
      confidence: null,
    }),
  ),
});

/** An edited layer of nuclei with two, and beside it a layer of whole cells and a branch. */
async function open(planes = { t: 2, z: 1 }) {
  const server = new PlainServer();
  const nuclei = { NA: box(10, 10, 20, 20), NB: box(40, 40, 50, 50) };
  for (const [uid, shape] of Object.entries(nuclei)) server.state.objects.set(uid, shape);
  const { session } = await openPlainSession(server, planes);
  const stored: Record<string, Readonly<Record<string, ObjectShape>>> = {
    cells: { C1: box(5, 5, 25, 25), C2: box(5, 40, 25, 60), T1: box(5, 5, 25, 25, 1) },
    branch: { NA: box(10, 10, 20, 20), NB: box(40, 40, 50, 45), NC: box(40, 46, 50, 50) },
  };
  const read: string[] = [];
  let timers: (() => void)[] = [];
  const flown: (readonly number[])[] = [];
  const desk = new LayersDesk({
    session,
    view: { flyToBox: (at) => flown.push(at) },
    edited: summary("L", "nuclear"),
    readObjects: async (layerId) => {
      read.push(layerId);
      const shapes = stored[layerId];
      if (shapes === undefined)
        throw new FoundryError("layer.notFound", { message: "There is no such layer." });
      return objectsOf(layerId, shapes);
    },
    schedule: (work) => {
      timers.push(work);
      return () => {
        timers = timers.filter((one) => one !== work);
      };
    },
  });
  const stop = desk.start();
  desk.setLayers([
    summary("L", "nuclear"),
    summary("cells", "wholeCell"),
    summary("branch", "nuclear", { name: "Grace", branchOf: "L" }),
    summary("gone", "cytoplasm"),
  ]);
  const rest = (): void => {
    for (const work of timers.splice(0)) work();
  };
  const calm = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) await Promise.resolve();
  };
  const entry = (id: string) => desk.shelf.store.get().entries.find(({ layer }) => layer.id === id);
  return { session, desk, stop, rest, calm, read, flown, stored, entry };
}

describe("layers beside the edited one", () => {
  test("all but the edited layer are on the shelf, and none is read before it is shown", async () => {
    const { desk, read, calm } = await open();
    await calm();
    expect(desk.shelf.store.get().entries.map(({ layer }) => layer.id)).toEqual(["cells", "branch", "gone"]);
    expect(read).toEqual([]);
    expect(desk.extras.get().sources).toEqual([]);
  });

  test("a layer that is shown lies below, with its look; hidden again it is kept for the next time", async () => {
    const { desk, read, calm } = await open();
    desk.shelf.setLook("cells", { shown: true, fillOpacity: 0.3 });
    await calm();
    const [source] = desk.extras.get().sources;
    expect(source).toMatchObject({ id: "cells", isAbove: false, look: { fillOpacity: 0.3 } });
    expect([...(source?.canvas.shapes.keys() ?? [])]).toEqual(["C1", "C2"]);
    desk.shelf.setLook("cells", { shown: false });
    expect(desk.extras.get().sources).toEqual([]);
    desk.shelf.setLook("cells", { shown: true });
    await calm();
    expect(read).toEqual(["cells"]);
    expect(desk.extras.get().sources).toHaveLength(1);
  });

  test("it follows the frame, and is read again when the server has newer cells", async () => {
    const { desk, session, read, calm, stored } = await open();
    desk.shelf.setLook("cells", { shown: true });
    await calm();
    session.planes.goTo({ t: 1, z: 0 });
    const shapesNow = () => [...(desk.extras.get().sources[0]?.canvas.shapes.keys() ?? [])];
    expect(shapesNow()).toEqual(["T1"]);
    stored["cells"] = { C9: box(0, 0, 4, 4, 1) };
    desk.setLayers([summary("L", "nuclear"), summary("cells", "wholeCell", { seq: 7 })]);
    await calm();
    expect(read).toEqual(["cells", "cells"]);
    expect(shapesNow()).toEqual(["C9"]);
  });

  test("a layer that cannot be read says why, and the others stay", async () => {
    const { desk, entry, calm } = await open();
    desk.shelf.setLook("gone", { shown: true });
    await calm();
    expect(entry("gone")).toMatchObject({ phase: "failed", problem: { code: "layer.notFound" } });
    desk.compareWith("gone");
    await calm();
    expect(desk.compare.store.get()).toMatchObject({ phase: "failed", problem: { code: "layer.notFound" } });
  });
});

describe("nuclei and cells", () => {
  test("linked as soon as both are on the screen; the mate of what is looked at is marked", async () => {
    const { desk, session, calm } = await open();
    expect(desk.nesting.store.get().homes).toBeNull();
    desk.shelf.setLook("cells", { shown: true });
    await calm();
    const { homes } = desk.nesting.store.get();
    expect(homes).toMatchObject({ outside: ["NB"], empty: ["C2"], crowded: [] });
    desk.hover("NA");
    expect([...(desk.extras.get().sources[0]?.marked ?? [])]).toEqual(["C1"]);
    desk.hover(undefined);
    expect(desk.extras.get().sources[0]?.marked.size).toBe(0);
    session.select(["NA"]);
    expect([...(desk.extras.get().sources[0]?.marked ?? [])]).toEqual(["C1"]);
  });

  test("what does not fit is a list to go through, in whichever layer it lies", async () => {
    const { desk, session, flown, calm } = await open();
    desk.shelf.setLook("cells", { shown: true });
    await calm();
    desk.nesting.next("outside");
    expect(session.state.selection).toEqual(["NB"]);
    desk.nesting.next("empty");
    expect(flown).toEqual([[5, 40, 25, 60]]);
    desk.nesting.next("crowded");
    expect(session.state.note).toMatch(/none/);
  });

  test("an edit changes the links when the hand rests", async () => {
    const { desk, session, rest, calm } = await open();
    desk.shelf.setLook("cells", { shown: true });
    await calm();
    session.select(["NB"]);
    session.deleteSelected(undefined);
    expect(desk.nesting.store.get().homes?.outside).toEqual(["NB"]);
    rest();
    expect(desk.nesting.store.get().homes?.outside).toEqual([]);
  });
});

describe("comparing", () => {
  test("with a branch: one nucleus alike, one split in two, drawn over the picture", async () => {
    const { desk, calm } = await open();
    desk.compareWith("branch");
    await calm();
    const { comparison, phase } = desk.compare.store.get();
    expect(phase).toBe("ready");
    expect(comparison).toMatchObject({ agreeing: 1, counts: { split: 1, onlyFirst: 0, moved: 0 } });
    const sources = desk.extras.get();
    expect(sources.isEditedQuiet).toBe(true);
    expect(sources.sources.map(({ id, isAbove }) => [id, isAbove])).toEqual([["differences", true]]);
    expect(sources.sources[0]?.canvas.shapes.size).toBe(2);
    expect(desk.compare.otherSources().map(({ id }) => id)).toEqual(["other", "differences"]);
  });

  test("a kind that is not wanted is not drawn and not gone to", async () => {
    const { desk, session, flown, calm } = await open();
    desk.compareWith("branch");
    await calm();
    desk.compare.next();
    expect(flown).toEqual([[40, 40, 50, 50]]);
    expect(session.state.selection).toEqual(["NB"]);
    desk.compare.toggleKind("split");
    expect(desk.extras.get().sources[0]?.canvas.shapes.size).toBe(0);
    desk.compare.next();
    expect(flown).toHaveLength(1);
    expect(session.state.note).toMatch(/no difference/i);
  });

  test("edits that are not saved yet count, when the hand rests", async () => {
    const { desk, session, rest, calm } = await open();
    desk.compareWith("branch");
    await calm();
    session.setTool("brush");
    session.armNewCell();
    paint(session, [30, 10], [30, 12]);
    rest();
    expect(desk.compare.store.get().comparison?.counts).toMatchObject({ onlyFirst: 1, split: 1 });
  });

  test("another frame is compared with its own cells; the end leaves nothing on the screen", async () => {
    const { desk, session, calm } = await open();
    desk.compareWith("cells");
    await calm();
    session.planes.goTo({ t: 1, z: 0 });
    expect(desk.compare.store.get().comparison?.counts).toMatchObject({ onlySecond: 1, onlyFirst: 0 });
    desk.compare.end();
    expect(desk.extras.get()).toEqual({ sources: [], isEditedQuiet: false });
    expect(desk.compare.otherSources()).toEqual([]);
  });

  test("a choice made while another is read wins", async () => {
    const { desk, calm } = await open();
    desk.compareWith("cells");
    desk.compareWith("branch");
    await calm();
    expect(desk.compare.store.get().with?.id).toBe("branch");
    expect(desk.compare.store.get().comparison?.counts.split).toBe(1);
  });
});
