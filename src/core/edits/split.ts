/**
 * Cutting one object in two by a line.
 *
 * The line's ends are led on to the object's rim, so a cut that begins or ends inside still parts it; it is not led
 * further, so cutting one arm of a bent cell leaves the other arm alone. Pixels on the cut go to the nearer part:
 * nothing is lost, the parts together are the object.
 */

import type { Point } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { connectedComponents } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { changesOfParts, newPartsMax } from "./parts.ts";
import { drawShapeInPlace, emptyPatch, type Patch } from "./patch.ts";

/**
 * @param uid  object on the canvas to cut.
 * @param from, to  ends of the line, in pixels; they must differ.
 * @param newUids  uids for the parts that break off, largest first; the largest part of all keeps `uid`. With fewer uids
 *        than parts, the smallest parts stay with the neighbour they touch along the cut.
 * @returns no changes when the line does not part the object.
 * @throws FoundryError `edit.invalid` when the object is not on the canvas, the ends coincide or no new uid is given.
 * Cost: O(area of the object's box).
 */
export function splitByLine(
  canvas: LabelCanvas,
  uid: string,
  from: Point,
  to: Point,
  newUids: readonly string[],
): ObjectChange[] {
  const before = canvas.shapes.get(uid);
  const ends = [from.y, from.x, to.y, to.x];
  const isLine = ends.every(Number.isFinite) && (from.y !== to.y || from.x !== to.x);
  if (before === undefined || !isLine || newUids.length === 0 || newUids.length > newPartsMax) {
    throw new FoundryError("edit.invalid", {
      message:
        "A split needs an object of this plane, a line with two different ends and ids for the new parts.",
      details: { uid, from, to, newUids: newUids.length },
    });
  }
  const object = emptyPatch(canvas, before.bbox);
  if (object === null) return [];
  drawShapeInPlace(object, before, 1);
  const parts = partsAfterCut(object, from, to, newUids.length + 1);
  if (parts === null) return [];
  return changesOfParts(canvas, uid, before, object, parts, newUids);
}

/** Over the patch: 0 outside, 1 for the part that keeps the uid, 2 … for the others; `null` when there is only one. */
function partsAfterCut(object: Patch, from: Point, to: Point, partsMax: number): Int32Array | null {
  const { height, width } = object;
  const cut = object.data.slice();
  drawCutInPlace({ ...object, data: cut }, object, from, to);
  const pieces = connectedComponents({ dtype: "uint8", height, width, data: cut }, 4);
  // Pieces that the cut does not touch are fragments the object already had; they stay with it.
  const touched = piecesAtCut(object, cut, pieces.data);
  const areas = new Map<number, number>();
  for (const piece of pieces.data) if (touched.has(piece)) areas.set(piece, (areas.get(piece) ?? 0) + 1);
  const bySize = [...areas].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([piece]) => piece);
  const kept = bySize.slice(0, partsMax);
  if (kept.length < 2) return null;
  const partOf = new Map(kept.map((piece, k) => [piece, k + 1]));
  const labels = pieces.data.map((piece) => partOf.get(piece) ?? 0);
  growInPlace(labels, object);
  for (let i = 0; i < labels.length; i++) if (object.data[i] === 1 && labels[i] === 0) labels[i] = 1;
  return labels;
}

/** Pieces with a pixel next to (8-connected) a pixel that the cut removed. */
function piecesAtCut(object: Patch, cut: Uint8Array, pieces: Int32Array): Set<number> {
  const { height, width } = object;
  const found = new Set<number>();
  for (let i = 0; i < cut.length; i++) {
    if (object.data[i] === 0 || cut[i] === 1) continue;
    const x = i % width;
    const y = (i - x) / width;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const piece = pieces[ny * width + nx] as number;
        if (piece !== 0) found.add(piece);
      }
    }
  }
  return found;
}

/** Removes the pixels of the line, and of its straight continuation from each end while that stays in the object. */
function drawCutInPlace(cut: Patch, object: Patch, from: Point, to: Point): void {
  const [dy, dx] = [to.y - from.y, to.x - from.x];
  const step = 1 / Math.max(Math.abs(dy), Math.abs(dx));
  const inside = (at: number): boolean => {
    const row = Math.round(from.y + at * dy) - object.y0;
    const column = Math.round(from.x + at * dx) - object.x0;
    if (row < 0 || column < 0 || row >= object.height || column >= object.width) return false;
    return object.data[row * object.width + column] === 1;
  };
  let start = 0;
  while (inside(start) && inside(start - step)) start -= step;
  let end = 1;
  while (inside(end) && inside(end + step)) end += step;
  // The cut is 8-connected at least; pieces are 4-connected, so none slips through it diagonally.
  for (let at = start; at <= end + step / 2; at += step / 2) {
    if (!inside(at)) continue;
    const row = Math.round(from.y + at * dy) - object.y0;
    const column = Math.round(from.x + at * dx) - object.x0;
    cut.data[row * cut.width + column] = 0;
  }
}

/** Gives unlabelled pixels of the object to the part that reaches them first, all parts advancing in turn. */
function growInPlace(labels: Int32Array, object: Patch): void {
  const { height, width } = object;
  const queue = new Int32Array(labels.length);
  let end = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0) queue[end++] = i;
  for (let next = 0; next < end; next++) {
    const i = queue[next] as number;
    const x = i % width;
    const y = (i - x) / width;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const neighbour = ny * width + nx;
        if (object.data[neighbour] === 0 || labels[neighbour] !== 0) continue;
        labels[neighbour] = labels[i] as number;
        queue[end++] = neighbour;
      }
    }
  }
}
