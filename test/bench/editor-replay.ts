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
import * as edits from "#core/edits/index.ts";
import { encodeObjectShape } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { say } from "./label-edits.ts";
import { fieldOfCells, randomTools } from "./random-tools.ts";

const option = (name: string, other: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? other : Number(process.argv[at + 1]);
};
const count = option("edits", 10_000);
const random = rng(option("seed", 1), "replay");

function digest(objects: edits.LayerState["objects"]): string {
  const hash = createHash("sha256");
  for (const [uid, shape] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(uid).update(encodeObjectShape(shape));
  }
  return hash.digest("hex");
}

const server = fieldOfCells(random, (k) => `c${k}`);
const canvas = edits.createCanvas(server);
let uids = 0;
const next = randomTools(
  random,
  () => canvas,
  () => `n${++uids}`,
);

const first = digest(server.objects);
const log: edits.EditOperation[] = [];
const used = new Map<string, number>();
let refused = 0;
const started = performance.now();
while (log.length < count) {
  const { tool: name, changes, refused: times } = next();
  refused += times;
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
