/**
 * Flood, threshold, seeds, growing by a length and bulk delete, by the real keys and commands on a drawn picture: what is
 * shown is what is taken, looking changes nothing, and taking back gives every cell again.
 */

import { beforeEach, describe, expect, test } from "vitest";
import { editFromWire } from "#api/edits.ts";
import type { EditResult, LayerObjects, WireEdit } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { labelImage, plane } from "#core/array/index.ts";
import {
  applyOperationInPlace,
  type MutableLayerState,
  type ObjectChange,
  renderCanvas,
} from "#core/edits/index.ts";
import { objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { commandOf } from "../input/key-map.ts";
import { type CommandParts, runCommand } from "../input/run-command.ts";
import { memoryJournal } from "../sync/journal.ts";
import { ViewController } from "../view/view-controller.ts";
import { EditorSession } from "./editor-session.ts";
import { noHover } from "./hover.ts";

const [height, width] = [40, 60];

/** Fills rows and columns from the first to before the second. */
type Block = readonly [y0: number, x0: number, y1: number, x1: number];
const paint = (data: Int32Array | Uint16Array, [y0, x0, y1, x1]: Block, value: number): void => {
  for (let y = y0; y < y1; y++) data.fill(value, y * width + x0, y * width + x1);
};

/** Two squares joined by a neck of 2 pixels: one cell drawn where two are. */
const dumbbell: readonly Block[] = [
  [4, 4, 12, 12],
  [7, 12, 9, 16],
  [4, 16, 12, 24],
];
const speck: Block = [20, 5, 22, 7];
const atEdge: Block = [30, 0, 38, 6];
/** In the picture, 100 pixels of 3,000 and 64 of 2,000, drawn by nobody. */
const bright: Block = [20, 30, 30, 40];
const dim: Block = [20, 44, 28, 52];

async function open(mpp: { y: number; x: number } | null = { y: 0.5, x: 0.5 }) {
  const labels = labelImage(height, width);
  for (const block of dumbbell) paint(labels.data, block, 1);
  paint(labels.data, speck, 2);
  paint(labels.data, atEdge, 3);
  const picture = plane("uint16", height, width);
  picture.data.fill(500);
  paint(picture.data, bright, 3_000);
  paint(picture.data, dim, 2_000);
  const second = plane("uint16", height, width);
  paint(second.data, [34, 50, 36, 56], 900);

  const state: MutableLayerState = {
    ...{ height, width },
    objects: new Map([...objectShapesFromLabels(labels)].map(([label, shape]) => [`c${label}`, shape])),
  };
  const sent: WireEdit[] = [];
  const post = async (edits: WireEdit[]) => ({
    results: edits.map((edit): EditResult => {
      applyOperationInPlace(state, editFromWire(edit));
      sent.push(edit);
      return { state: "saved", operationId: edit.operationId, seq: sent.length, labels: {} };
    }),
  });
  const readObjects = async (): Promise<LayerObjects> => ({
    ...{ layerId: "L", seq: 0, height, width },
    objects: [...state.objects].map(([uid, shape], k) => ({
      ...{ uid, label: k + 1, digest: "0".repeat(64), shape: shapeToWire(shape), kind: "draw" },
      agent: { id: "ME", name: "Ada", kind: "person" as const },
      confidence: null,
    })),
  });
  let ids = 0;
  const session = new EditorSession({
    ...{ layerId: "L", height, width, mpp, author: { id: "ME", name: "Ada" }, journal: memoryJournal() },
    ...{
      post,
      readObjects,
      readLog: async () => ({ edits: [], nextAfter: null }),
      schedule: () => () => undefined,
      now: () => 0,
      random: () => 0.5,
    },
    newId: () => `ID${String(++ids).padStart(6, "0")}`,
  });
  await session.open(async () => [], new Set(), null);
  const shown: { changes: readonly ObjectChange[] | null } = { changes: null };
  const silent = () => undefined;
  session.attachView({
    ...{ canvasReplaced: silent, canvasChanged: silent, cellsChanged: silent, previewStroke: silent },
    ...{ previewLine: silent, flyTo: silent },
    previewDraft: (changes) => {
      shown.changes = changes;
    },
    previewEnded: () => {
      shown.changes = null;
    },
  });
  const read: (number | null | undefined)[] = [];
  session.drafts.attachPixels(async (_, channel) => {
    read.push(channel);
    return { y0: 0, x0: 0, plane: channel === 1 ? second : picture };
  });
  const view = new ViewController({ height, width }, null);
  view.resize({ height: 800, width: 1_200 });
  let accepted = 0;
  const parts = {
    ...{ session, view, hover: () => noHover, readRaw: () => null, toggleHelp: silent },
    primary: () => accepted++,
  } as unknown as CommandParts;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      const held = { ctrlKey: key === "^z", metaKey: false, shiftKey: false, altKey: false };
      const command = key === " " ? "next-doubt" : commandOf({ key: key.replace("^", ""), ...held });
      expect(command, key).not.toBeNull();
      runCommand(command!, parts);
      for (let i = 0; i < 4; i++) await Promise.resolve();
    }
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await Promise.resolve();
  };
  return {
    ...{ session, shown, press, settle, read, sent, state },
    accepted: () => accepted,
    shapes: () => [...session.model.canvas.shapes].sort(),
    pixels: () => renderCanvas(session.model.canvas).data,
  };
}

let page: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  page = await open();
});

/** Looking changed nothing; what was shown is taken as one edit; taken back, all is as before. */
async function expectTakenAsShown(cells: number): Promise<void> {
  const { session, shown, press, shapes, sent, state } = page;
  const before = shapes();
  const looked = shown.changes;
  expect(looked).toHaveLength(cells);
  expect(session.drafts.state.cells).toBe(cells);
  expect(await session.settled()).toBe(true);
  const sentBefore = sent.length;
  await press("Enter");
  expect(shown.changes).toBeNull();
  expect(await session.settled()).toBe(true);
  expect(sent).toHaveLength(sentBefore + 1);
  expect(editFromWire(sent.at(-1)!).changes).toEqual(looked);
  const after = shapes();
  expect(after).not.toEqual(before);
  await press("^z");
  expect(shapes()).toEqual(before);
  expect(await session.settled()).toBe(true);
  expect([...state.objects].sort()).toEqual(before);
}

describe("flood", () => {
  test("a click shows all that looks alike; a wider tolerance takes more; no cell is saved before Enter", async () => {
    const { session, press, settle, shown, pixels } = page;
    const before = pixels();
    await press("a");
    session.click({ y: 25, x: 35 }, false);
    await settle();
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([100]);
    // A tenth of 500 to 3,000.
    expect(session.drafts.state).toMatchObject({ value: 250, range: [500, 3_000] });
    session.drafts.change({ tolerance: 2_600 });
    // Everything but the cells that are drawn: 64 + 8 + 64, 4 and 48 pixels.
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([2_400 - 136 - 4 - 48]);
    session.drafts.change({ tolerance: 250 });
    expect(pixels()).toEqual(before);
    await expectTakenAsShown(1);
  });

  test("by keys: arrows point, Space clicks, ] widens, Escape drops", async () => {
    const { session, press, shown, pixels } = page;
    const before = pixels();
    // At first in the middle of what is seen, (19, 29); then one press down and right is one pixel at this zoom.
    await press("a", "ArrowDown", "ArrowDown", "ArrowRight", " ");
    expect(session.state.pointer).toEqual({ y: 20, x: 30 });
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([100]);
    const narrow = session.drafts.state.value!;
    await press("]");
    expect(session.drafts.state.value).toBe(narrow + 50);
    await press("[", "[", "Escape");
    expect(session.drafts.state).toMatchObject({ target: null, cells: 0 });
    expect(shown.changes).toBeNull();
    expect(pixels()).toEqual(before);
    expect(session.state.tool).toBe("flood");
  });

  test("pixels read for one draft serve the next, sliders and all", async () => {
    const { session, press, settle, read } = page;
    await press("a");
    session.click({ y: 25, x: 35 }, false);
    await settle();
    await press("Escape");
    expect(session.drafts.state.range).toBeNull();
    session.click({ y: 24, x: 46 }, false);
    expect(session.drafts.state).toMatchObject({ reading: false, value: 250, range: [500, 3_000] });
    await press("i", "i");
    expect(session.drafts.state.range).toEqual([500, 3_000]);
    expect(read).toHaveLength(1);
  });

  test("Enter before any click accepts nothing, and says what to do", async () => {
    await page.press("a", "Enter");
    expect(page.accepted()).toBe(0);
    expect(page.session.state.note).toMatch(/Click where/);
    await page.press("v", "Enter");
    expect(page.accepted()).toBe(1);
  });

  test("Enter while the picture is on its way takes the draft when it is there", async () => {
    const { session, press, settle, sent } = page;
    await press("a");
    session.click({ y: 25, x: 35 }, false);
    const entered = press("Enter");
    await entered;
    await settle();
    expect(await session.settled()).toBe(true);
    expect(sent.map(({ tool }) => tool)).toEqual(["flood"]);
  });

  test("over the background: what a ring encloses; the write mode decides at other cells", async () => {
    const { session, press, settle, shown } = page;
    await press("a");
    session.click({ y: 25, x: 35 }, false);
    await settle();
    await press("a");
    expect(session.drafts.state.settings.over).toBe("background");
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([2_400 - 188]);
    await press("a");
    session.click({ y: 8, x: 5 }, false);
    await settle();
    // The cell itself is of the same intensity as all around: around others, and over them.
    expect(shown.changes).toHaveLength(1);
    await press("w");
    expect(shown.changes?.map(({ uid }) => uid).sort()).toEqual(["c1", "c2", "c3"]);
    expect(shown.changes?.filter(({ after }) => after === null)).toHaveLength(2);
    await expectTakenAsShown(3);
  });
});

describe("threshold in a box", () => {
  test("a dragged box at Otsu's level, and at one chosen", async () => {
    const { session, press, settle, shown } = page;
    await press("i");
    session.drafts.beginBox({ y: 18, x: 28 });
    session.drafts.moveBox({ y: 25, x: 35 });
    expect(shown.changes).toBeNull();
    session.drafts.endBox({ y: 32, x: 55 });
    await settle();
    expect(session.drafts.state.target).toEqual({ tool: "threshold", box: [18, 28, 33, 56] });
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([100, 64]);
    session.drafts.change({ level: 2_500 });
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([100]);
    session.drafts.change({ level: null });
    await expectTakenAsShown(2);
  });

  test("all in view by keys, the level by ] and [, on another channel", async () => {
    const { session, press, settle, shown, read } = page;
    await press("i", "i");
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([100, 64]);
    session.drafts.setChannel(1);
    await settle();
    expect(read).toEqual([null, 1]);
    expect(shown.changes?.map(({ after }) => after?.bbox)).toEqual([[34, 50, 36, 56]]);
    session.drafts.change({ areaPxMin: 13 });
    expect(shown.changes).toBeNull();
    expect(session.drafts.state.cells).toBe(0);
  });
});

describe("split by seeds", () => {
  test("a click per part; one on a seed takes it away; one beside the cell says so", async () => {
    const { session, press, shown } = page;
    await press("d");
    session.click({ y: 8, x: 7 }, false);
    session.click({ y: 8, x: 8 }, false);
    expect(session.drafts.state.target).toMatchObject({ seeds: [] });
    session.click({ y: 8, x: 7 }, false);
    session.click({ y: 8, x: 20 }, false);
    session.click({ y: 18, x: 20 }, false);
    expect(session.state.note).toMatch(/Seeds lie on the cell/);
    const areas = shown.changes?.map(({ after }) => shapeArea(after!)) ?? [];
    expect(areas[0]! + areas[1]!).toBe(136);
    // The neck of 8 pixels is all that could go either way.
    for (const area of areas) expect(Math.abs(area - 68)).toBeLessThanOrEqual(4);
    await expectTakenAsShown(2);
  });

  test("by keys: ] sets as many seeds as parts are wanted, [ takes one away", async () => {
    const { session, press, shown } = page;
    session.select(["c1"]);
    await press("d", "]", "]");
    expect(shown.changes).toHaveLength(3);
    await press("[");
    await expectTakenAsShown(2);
  });

  test("a cell that goes meanwhile takes the draft with it", async () => {
    const { session, press, shown } = page;
    session.select(["c1"]);
    await press("d", "]", "x");
    expect(session.model.canvas.shapes.has("c1")).toBe(false);
    expect(session.drafts.state.target).toBeNull();
    expect(shown.changes).toBeNull();
  });
});

describe("bulk delete", () => {
  test("by size and at the edge, counted and highlighted, one spared by a click, in one step", async () => {
    const { session, press, shapes, pixels, sent } = page;
    const [before, raw] = [shapes(), pixels()];
    session.select(["c1"]);
    await press("z");
    expect(session.drafts.state.cells).toBe(0);
    session.drafts.change({ below: 48 });
    expect(session.state.selection).toEqual(["c2"]);
    session.drafts.change({ below: 49 });
    expect(session.state.selection).toEqual(["c2", "c3"]);
    session.drafts.change({ below: 5 });
    await press("z");
    expect(session.state.selection).toEqual(["c2", "c3"]);
    session.click({ y: 31, x: 1 }, false);
    expect(session.state.selection).toEqual(["c2"]);
    session.click({ y: 31, x: 1 }, false);
    expect(session.drafts.state.cells).toBe(2);
    expect(pixels()).toEqual(raw);
    await press("Enter");
    expect(session.state).toMatchObject({ tool: "select", cellCount: 1 });
    expect(await session.settled()).toBe(true);
    expect(sent).toHaveLength(1);
    await press("^z");
    expect(shapes()).toEqual(before);
  });

  test("Escape leaves the cells and the selection as they were", async () => {
    const { session, press, shapes } = page;
    const before = shapes();
    session.select(["c1"]);
    // A quarter of the usual cell, 48 pixels.
    await press("z", "]");
    expect(session.drafts.state.settings.below).toBe(12);
    expect(session.state.selection).toEqual(["c2"]);
    await press("Escape");
    expect(session.state).toMatchObject({ tool: "select", selection: ["c1"] });
    expect(shapes()).toEqual(before);
  });

  test("in µm²: the speck of 4 pixels has 1 µm²", async () => {
    const { session, press } = page;
    await press("z");
    session.drafts.setUnit("um");
    session.drafts.change({ below: 1 });
    expect(session.drafts.state.cells).toBe(0);
    session.drafts.change({ below: 1.01 });
    expect(session.state.selection).toEqual(["c2"]);
  });
});

describe("grow and shrink by a length", () => {
  test("1 µm is two pixels: a square of 2 x 2 grows to what lies within two pixels of it", async () => {
    const { session, press, shown } = page;
    session.select(["c2"]);
    await press("g");
    // One pixel: 2 x 2 and two pixels at each side.
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([12]);
    session.drafts.setUnit("um");
    expect(session.drafts.state.settings.growBy).toBe(0.5);
    session.drafts.change({ growBy: 1 });
    // Two rows of two at each of four sides, and one pixel at each corner: the next is the square root of 5 away.
    expect(shown.changes?.map(({ after }) => shapeArea(after!))).toEqual([4 + 16 + 4]);
    await expectTakenAsShown(1);
  });

  test("the keys . and , go by the length chosen; by pixels where no size is known", async () => {
    const { session, press } = page;
    const area = () => shapeArea(session.model.canvas.shapes.get("c2")!);
    session.select(["c2"]);
    await press(".");
    expect(area()).toBe(12);
    await press("^z", "g", "g", "]", "]", "Escape");
    // Half a pixel is 0.25 µm, rounded up to a number one would write: steps of 0.5 µm.
    const { growBy, unit } = session.drafts.state.settings;
    expect([unit, growBy]).toEqual(["um", 1.5]);
    session.drafts.change({ growBy: -1 });
    await press(".");
    expect(area()).toBe(24);
    page = await open(null);
    page.session.select(["c2"]);
    await page.press("g", "g");
    expect(page.session.drafts.state.settings.unit).toBe("px");
  });
});

test("who may only look makes no draft", async () => {
  const { session, press } = page;
  session.store.set({ readOnly: "Only to look." });
  await press("a", "i", "d", "g", "z");
  expect(session.state.tool).toBe("select");
  expect(session.drafts.state.target).toBeNull();
});
