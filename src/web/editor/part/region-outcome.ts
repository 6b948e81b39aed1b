/**
 * What running a model on a box comes to: untouched and selected cells of the box give way to what the model found there.
 *
 * A cell belongs to the box when more than half of it does, on both sides, so that cells across the border are replaced whole or
 * stay whole. A found cell that covers a former one by more than half is that cell with a new shape: it keeps its identity and
 * its track. What a person made stays to the pixel unless it is selected.
 */

import type { BoundingBox } from "#core/array/index.ts";
import type { LabelCanvas, ObjectChange } from "#core/edits/index.ts";
import { isMostlyIn, type ObjectShape, shapeArea, shapesEqual, sharedPixels } from "#core/labels/index.ts";
import type { Outcome } from "../model/gesture.ts";
import { trimToFree } from "./trim-to-free.ts";

export interface RegionGround {
  readonly canvas: LabelCanvas;
  /** Whether a cell may be replaced: nobody has touched it, or it is selected. */
  readonly mayGo: (uid: string) => boolean;
  /** The k-th new cell's id; the same for each look at one draft. */
  readonly uidAt: (k: number) => string;
  /** Name of the model version. */
  readonly model: string;
}

/** Intersection over union above which two shapes are one cell. */
const sameCellIou = 0.5;

/** @returns null when nothing would change. Cost: O(cells of the plane + found cells x cells that meet them). */
export function regionOutcome(
  box: Readonly<BoundingBox>,
  found: readonly ObjectShape[],
  ground: RegionGround,
): Outcome | null {
  const { canvas, mayGo, uidAt } = ground;
  const going = new Map<string, ObjectShape>();
  for (const [uid, shape] of canvas.shapes) if (mayGo(uid) && isMostlyIn(shape, box)) going.set(uid, shape);
  const gives = new Set([...going.keys()].map((uid) => canvas.numberOf(uid)));
  const changes: ObjectChange[] = [];
  const selection: string[] = [];
  let born = 0;
  for (const shape of found) {
    const after = trimToFree(shape, canvas, gives);
    if (after === null) continue;
    const same = sameCell(after, going);
    const before = same === null ? null : (going.get(same) as ObjectShape);
    if (same !== null) going.delete(same);
    if (before !== null && shapesEqual(before, after)) continue;
    const uid = same ?? uidAt(born++);
    changes.push({ uid, before, after });
    selection.push(uid);
  }
  for (const [uid, before] of going) changes.push({ uid, before, after: null });
  if (changes.length === 0) return null;
  return { kind: "draw", tool: `model ${ground.model}`.slice(0, 64), changes, selection };
}

function sameCell(shape: ObjectShape, among: ReadonlyMap<string, ObjectShape>): string | null {
  const area = shapeArea(shape);
  for (const [uid, other] of among) {
    const shared = sharedPixels(shape, other);
    // More than half of the union: at most one other shape can have it.
    if (shared > 0 && shared / (area + shapeArea(other) - shared) > sameCellIou) return uid;
  }
  return null;
}
