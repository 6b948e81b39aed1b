/**
 * Random edits by all tools, replayed: the raster the page keeps must equal the rendering of the server's objects, taking all
 * back must give the first digest, bringing all back the last.
 *
 *   node test/bench/editor-replay.ts [--edits 10000] [--seed 1]
 *
 * 1,024² with some 1,000 cells at the start. Page and server are the two forms the core has of a layer: the canvas, changed in
 * place with a raster, and the state, changed by checked operations. Digests are SHA-256 over uids and encoded shapes.
 */

import { createHash } from "node:crypto";
import { labelImage, plane } from "#core/array/index.ts";
import * as edits from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { encodeObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { say } from "./label-edits.ts";

const option = (name: string, other: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? other : Number(process.argv[at + 1]);
};
const count = option("edits", 10_000);
const random = rng(option("seed", 1), "replay");
const side = 1024;

function firstState(): edits.MutableLayerState {
  const labels = labelImage(side, side);
  for (let k = 0; k < 1_000; k++) {
    const [cy, cx, r] = [random.int(side), random.int(side), 5 + random.int(8)];
    for (let y = Math.max(0, cy - r); y < Math.min(side, cy + r); y++) {
      for (let x = Math.max(0, cx - r); x < Math.min(side, cx + r); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 < r * r) labels.data[y * side + x] = k + 1;
      }
    }
  }
  const objects = new Map([...objectShapesFromLabels(labels)].map(([label, shape]) => [`c${label}`, shape]));
  return { height: side, width: side, objects };
}

function digest(objects: edits.LayerState["objects"]): string {
  const hash = createHash("sha256");
  for (const [uid, shape] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(uid).update(encodeObjectShape(shape));
  }
  return hash.digest("hex");
}

const server = firstState();
const canvas = edits.createCanvas(server);
const raw = { y0: 0, x0: 0, plane: plane("uint16", side, side) };
const firstNumbers = edits.renderCanvas(canvas).data;
for (let i = 0; i < raw.plane.data.length; i++) {
  raw.plane.data[i] = (firstNumbers[i] === 0 ? 500 : 4_000) + random.int(1_500);
}
let uids = 0;
const newUid = (): string => `n${++uids}`;
const point = () => ({ y: random.next() * side, x: random.next() * side });
const near = (at: { y: number; x: number }, reach: number) => ({
  y: at.y + (random.next() - 0.5) * reach,
  x: at.x + (random.next() - 0.5) * reach,
});

/** A cell near a random place; most cells are found in a few trials. */
function someCell(): { uid: string; at: { y: number; x: number } } {
  for (;;) {
    const at = point();
    const uid = canvas.uidAt(at.y, at.x);
    if (uid !== undefined) return { uid, at };
  }
}

type Tool = () => edits.ObjectChange[];
const mode = () => random.pick(["exclude", "exclude", "exclude", "overwrite"] as const);
const tools: Readonly<Record<string, Tool>> = {
  brush: () => {
    const { uid, at } = someCell();
    const points = [at, near(at, 30), near(at, 30)];
    return edits.paintStroke(canvas, { uid, points, radius: points.map(() => random.int(7)), mode: mode() });
  },
  newCell: () => {
    const at = point();
    return edits.paintStroke(canvas, {
      uid: newUid(),
      points: [at, near(at, 12)],
      radius: 5,
      mode: "exclude",
    });
  },
  eraser: () => {
    const at = point();
    return edits.eraseStroke(canvas, { points: [at, near(at, 30)], radius: random.int(5) });
  },
  lasso: () => {
    const { uid, at } = someCell();
    const corners = Array.from({ length: 7 }, () => near(at, 30));
    return edits.drawPolygon(canvas, { uid, corners, mode: mode(), snapPx: random.int(4) });
  },
  lassoCut: () => {
    const at = point();
    return edits.cutPolygon(
      canvas,
      Array.from({ length: 5 }, () => near(at, 25)),
    );
  },
  flood: () =>
    edits.floodIntensity(canvas, {
      uid: newUid(),
      at: point(),
      raw,
      tolerance: 900,
      mode: "exclude",
      reachPx: 40,
    }),
  threshold: () => {
    const { y, x } = point();
    const box = [y, x, y + 60, x + 60].map(Math.floor) as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    return edits.thresholdBox(canvas, { box, raw, areaPxMin: 12 }, newUid).changes;
  },
  splitLine: () => {
    const { uid, at } = someCell();
    return edits.splitByLine(canvas, uid, near(at, 40), near(at, 40), [newUid(), newUid()]);
  },
  splitSeeds: () => {
    const { uid } = someCell();
    const seeds = edits.suggestSeeds(canvas, uid);
    return seeds.length < 2 ? [] : edits.splitBySeeds(canvas, uid, seeds, [newUid()]);
  },
  merge: () => {
    const { uid } = someCell();
    const [next] = edits.neighboursOfObject(canvas, uid);
    return next === undefined ? [] : edits.mergeObjects(canvas, [uid, next.uid]);
  },
  trim: () => {
    const { uid, at } = someCell();
    return edits.trimToPart(canvas, uid, at);
  },
  fill: () => edits.fillObject(canvas, someCell().uid),
  smooth: () => edits.smoothObject(canvas, someCell().uid, 0.5 + random.next() * 2),
  grow: () => edits.growObjects(canvas, [someCell().uid], 0.65, { y: 0.325, x: 0.4 }),
  shrink: () => edits.growObjects(canvas, [someCell().uid], -0.33, { y: 0.325, x: 0.4 }),
  fit: () => edits.fitObject(canvas, { uid: someCell().uid, raw, marginPx: 8, rounds: 20 }),
  delete: () => edits.deleteObject(canvas, someCell().uid),
};

const first = digest(server.objects);
const log: edits.EditOperation[] = [];
const used = new Map<string, number>();
let refused = 0;
const started = performance.now();
while (log.length < count) {
  const name = random.pick(Object.keys(tools));
  let changes: edits.ObjectChange[];
  try {
    changes = (tools[name] as Tool)();
  } catch (error) {
    // A tool may refuse a random gesture, with a word; anything else ends the run.
    if (!isFoundryError(error)) throw error;
    refused++;
    continue;
  }
  if (changes.length === 0) continue;
  const operation: edits.EditOperation = {
    ...{ operationId: `op${log.length}`, kind: "reshape", tool: name, changes, msSpent: 1 },
  };
  edits.validateOperation(operation, server);
  edits.applyOperationInPlace(server, operation);
  edits.applyChangesInPlace(canvas, changes);
  log.push(operation);
  used.set(name, (used.get(name) ?? 0) + 1);
}
const last = digest(server.objects);
say("edits by tool", [...used].map(([name, times]) => `${name} ${times}`).join(", "));
say("gestures refused with a word", String(refused));
say("cells at the end", String(server.objects.size));

/** The page's raster says at every pixel what the server's objects say. */
function same(): boolean {
  const fresh = edits.createCanvas(server);
  const drawn = edits.renderCanvas(fresh).data;
  return edits
    .renderCanvas(canvas)
    .data.every((number, i) => canvas.uidOf(number) === fresh.uidOf(drawn[i] as number));
}

function verdict(what: string, holds: boolean): void {
  say(what, holds ? "yes" : "NO");
  if (!holds) process.exitCode = 1;
}

verdict("raster equals the rendering of the server's objects", same());
for (const operation of log.toReversed()) {
  const undo = edits.invertOperation(operation, `u${operation.operationId}`, "undo");
  edits.applyOperationInPlace(server, undo);
  edits.applyChangesInPlace(canvas, undo.changes);
}
verdict("all taken back: first digest", digest(server.objects) === first);
verdict("raster equals the rendering again", same());
for (const operation of log) {
  edits.applyOperationInPlace(server, operation);
  edits.applyChangesInPlace(canvas, operation.changes);
}
verdict("all brought back: last digest", digest(server.objects) === last);
verdict("raster equals the rendering again", same());
say("time for all of it", `${((performance.now() - started) / 1_000).toFixed(1)} s`);
