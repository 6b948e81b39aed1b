/**
 * An image of 60 cells made right with the keyboard alone: a person who knows what is right looks at the cell that the doubt
 * queue shows and presses keys; every key goes through the same table and commands as on the page.
 */

import { expect, test } from "vitest";
import { editFromWire } from "#api/edits.ts";
import type { EditResult, LayerObjects, WireEdit } from "#api/index.ts";
import { shapeToWire } from "#api/shapes.ts";
import { labelImage, plane } from "#core/array/index.ts";
import { applyOperationInPlace, type MutableLayerState } from "#core/edits/index.ts";
import { drawObjectShapeInPlace, objectShapesFromLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { commandOf } from "../input/key-map.ts";
import { type CommandParts, runCommand } from "../input/run-command.ts";
import { memoryJournal } from "../sync/journal.ts";
import { ViewController } from "../view/view-controller.ts";
import { EditorSession } from "./editor-session.ts";
import { noHover } from "./hover.ts";

const [height, width, radius, step] = [170, 260, 8, 25];
const columns = 10;
const middle = (k: number) => ({ y: 18 + Math.floor(k / columns) * step, x: 18 + (k % columns) * step });

const isIn = (k: number, y: number, x: number, r = radius): boolean =>
  Math.hypot(y - middle(k).y, x - middle(k).x) <= r;

/** What is right: disc k + 1 at place k. */
const truth = labelImage(height, width);
/** What a model proposed. */
const proposal = labelImage(height, width);

function forPixels(visit: (i: number, y: number, x: number) => void): void {
  for (let i = 0; i < height * width; i++) visit(i, Math.floor(i / width), i % width);
}

/** By place: two in one, in halves, with a hole, with specks, missed, too small; the rest is right. */
const faultOf = (k: number): string =>
  ["merged", "mergedInto", "halves", "hole", "specks", "missed", "small", "good", "good", "good"][
    k % 10
  ] as string;

forPixels((i, y, x) => {
  for (let k = 0; k < 60; k++) {
    if (isIn(k, y, x)) truth.data[i] = k + 1;
    const fault = faultOf(k);
    const { y: cy, x: cx } = middle(k);
    const inside = isIn(k, y, x, fault === "small" ? radius - 3 : radius);
    const bridge = fault === "merged" && Math.abs(y - cy) <= 1 && x > cx && x < cx + step;
    const speck = fault === "specks" && Math.abs(y - cy - 11) <= 0 && Math.abs(x - cx) <= 1;
    const hole = fault === "hole" && Math.hypot(y - cy, x - cx) <= 2;
    if (!(inside || bridge || speck) || hole || fault === "missed") continue;
    if (fault === "mergedInto") proposal.data[i] = k;
    else if (fault === "halves" && x === cx) continue;
    else proposal.data[i] = fault === "halves" && x > cx ? 100 + k : k + 1;
  }
  // Specks that are no cells at all, between the rows.
  for (let k = 0; k < 6; k++) {
    const at = middle(k * 10 + 8);
    if (Math.hypot(y - at.y - 12, x - at.x - 12) <= 3) proposal.data[i] = 200 + k;
  }
});

function openServer() {
  const random = rng(3, "keyboard");
  const state: MutableLayerState = {
    height,
    width,
    objects: new Map([...objectShapesFromLabels(proposal)].map(([label, shape]) => [`p${label}`, shape])),
  };
  const confidence = new Map([...state.objects.keys()].map((uid) => [uid, 0.3 + 0.6 * random.next()]));
  let seq = 0;
  const post = async (edits: WireEdit[]) => ({
    results: edits.map((edit): EditResult => {
      applyOperationInPlace(state, editFromWire(edit));
      return { state: "saved", operationId: edit.operationId, seq: ++seq, labels: {} };
    }),
  });
  const readObjects = async (): Promise<LayerObjects> => ({
    ...{ layerId: "L", seq, height, width },
    objects: [...state.objects].map(([uid, shape], k) => ({
      ...{ uid, label: k + 1, digest: "0".repeat(64), shape: shapeToWire(shape), kind: "propose" },
      agent: { id: "M", name: "nuclei 1.0.0", kind: "model" as const },
      confidence: confidence.get(uid) ?? null,
    })),
  });
  return { state, post, readObjects };
}

/** Best cell of the truth for an object, and how well it fits. */
function compare(session: EditorSession, uid: string) {
  const drawn = labelImage(height, width);
  drawObjectShapeInPlace(session.model.canvas.shapes.get(uid)!, drawn, 1);
  const shared = new Map<number, number>();
  let area = 0;
  forPixels((i) => {
    if (drawn.data[i] === 0) return;
    area++;
    const label = truth.data[i] as number;
    if (label > 0) shared.set(label, (shared.get(label) ?? 0) + 1);
  });
  const full = truth.data.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  const most = [...shared.values()].sort((a, b) => b - a)[0] ?? 0;
  return {
    cells: [...shared.values()].filter((n) => n > full / 3).length,
    area,
    full,
    iou: most / (area + full - most),
  };
}

test("60 cells, six of each fault, by keys alone", async () => {
  const server = openServer();
  let [ids, ms] = [0, 0];
  const session = new EditorSession({
    ...{ layerId: "L", height, width, author: { id: "ME", name: "Ada" }, journal: memoryJournal() },
    ...{ post: server.post, readObjects: server.readObjects },
    readLog: async () => ({ edits: [], nextAfter: null }),
    schedule: () => () => undefined,
    now: () => ms,
    random: () => 0.5,
    newId: () => `ID${String(++ids).padStart(6, "0")}`,
  });
  await session.open(async () => [], new Set(), null);
  const noise = rng(4, "noise");
  const picture = plane("uint16", height, width);
  picture.data.forEach((_, i) => {
    picture.data[i] = 400 + noise.int(200) + (truth.data[i] === 0 ? 0 : 3_000);
  });
  const view = new ViewController({ height, width }, null);
  view.resize({ height: 600, width: 900 });
  const parts = {
    ...{ session, view, hover: () => noHover, primary: () => undefined, toggleHelp: () => undefined },
    readRaw: () => async () => ({ y0: 0, x0: 0, plane: picture }),
  } as unknown as CommandParts;
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    keys++;
    ms += 700;
    const command =
      key === " "
        ? "next-doubt"
        : commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false });
    expect(command).not.toBeNull();
    runCommand(command!, parts);
    await Promise.resolve();
    await Promise.resolve();
  };

  await press("q");
  session.select([]);
  await press(" ");
  for (let turn = 0; turn < 400 && session.state.note !== "All cells are reviewed."; turn++) {
    const [uid] = session.state.selection;
    if (uid === undefined) {
      await press(" ");
      continue;
    }
    const { cells, area, full, iou } = compare(session, uid);
    const pieces = session.state.selection.length;
    if (cells >= 2) await press("k");
    else if (cells === 0) await press("x");
    else if (iou >= 0.8 || pieces > 1) await press(" ");
    else {
      const before = session.state.version;
      await press("h");
      if (session.state.version === before) await press(area < 0.65 * full && area > 0.35 * full ? "y" : ".");
      if (session.state.version === before) await press("c");
    }
  }

  expect(await session.settled()).toBe(true);
  const uids = [...session.model.canvas.shapes.keys()];
  expect(uids).toHaveLength(60);
  for (const uid of uids) expect(compare(session, uid).iou, uid).toBeGreaterThanOrEqual(0.8);
  expect([...server.state.objects].sort()).toEqual([...session.model.canvas.shapes].sort());
  const { progress } = session.state;
  expect(progress).toMatchObject({ left: 0, skipped: 0 });
  // About one key per right cell and two or three per faulty one.
  expect(keys).toBeLessThan(180);
  expect(progress!.msPerCell!).toBeLessThan(1_500);
});
