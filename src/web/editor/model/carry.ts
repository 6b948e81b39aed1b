/**
 * Cells carried to other frames and slices: copied to the next ones, or filled in between two key frames.
 *
 * The shapes come from core/edits; here is which planes they go to and how the tracks run afterwards. Over time a copy is the
 * same cell: where the cell is in the other frame already, that object takes the shape; else the copy is put into the track,
 * between the cell and what it went on as, or came from. Between slices there are no tracks.
 */

import {
  applyChangesInPlace,
  copyObject,
  interpolateBetween,
  interpolatedPlanesMax,
  type LabelCanvas,
  type ObjectChange,
  OriginDraft,
  type OriginIndex,
  type WriteMode,
} from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import { shapesEqual } from "#core/labels/index.ts";
import type { Outcome } from "./gesture.ts";
import type { PlaneAt, PlaneAxis, PlaneCounts } from "./planes.ts";

const carryWays = ["next-frame", "previous-frame", "next-slice", "previous-slice", "between"] as const;
export type CarryWay = (typeof carryWays)[number];

/** What is carried: cells of one plane; for filling in between, the first of them and the cell of the other key frame. */
export interface CarryTarget {
  readonly tool: "carry";
  readonly uids: readonly string[];
  readonly from: PlaneAt;
  readonly key: { readonly uid: string; readonly plane: PlaneAt } | null;
}

export interface CarryGround {
  readonly counts: PlaneCounts;
  /** A canvas of a plane that may be drawn on. */
  readonly scratchAt: (plane: PlaneAt) => LabelCanvas;
  readonly origins: OriginIndex;
  readonly lives: (uid: string) => boolean;
  /** Frame of a living object. */
  readonly frameOf: (uid: string) => number | undefined;
  /** The same cell in another plane, as far as links lead. */
  readonly mateOf: (uid: string, plane: PlaneAt) => string | undefined;
  readonly newUid: () => string;
  readonly mode: WriteMode;
}

/** Pixels of all planes that one edit may go through: a thousand frames of 1,024², or sixty of 4,096². */
const carriedPixelsMax = 2 ** 30;

/** Ways that lead anywhere from a plane. */
export function possibleWays(from: PlaneAt, counts: PlaneCounts): CarryWay[] {
  const ways: CarryWay[] = [];
  if (from.t + 1 < counts.t) ways.push("next-frame");
  if (from.t > 0) ways.push("previous-frame");
  if (from.z + 1 < counts.z) ways.push("next-slice");
  if (from.z > 0) ways.push("previous-slice");
  if (counts.t > 2 || counts.z > 2) ways.push("between");
  return ways;
}

/** Planes that copies go to, nearest first; ends with the image. */
export function planesOfWay(from: PlaneAt, way: CarryWay, count: number, counts: PlaneCounts): PlaneAt[] {
  if (way === "between") return [];
  const axis: PlaneAxis = way.endsWith("frame") ? "t" : "z";
  const step = way.startsWith("next") ? 1 : -1;
  const planes: PlaneAt[] = [];
  for (let k = 1; k <= count; k++) {
    const at = from[axis] + k * step;
    if (at >= 0 && at < counts[axis]) planes.push({ ...from, [axis]: at });
  }
  return planes;
}

/** Planes strictly between two that differ in one axis, in order; null when they differ in none or both. */
function planesBetween(from: PlaneAt, to: PlaneAt): PlaneAt[] | null {
  if ((from.t === to.t) === (from.z === to.z)) return null;
  const axis: PlaneAxis = from.t === to.t ? "z" : "t";
  const [low, high] = [Math.min(from[axis], to[axis]), Math.max(from[axis], to[axis])];
  return Array.from({ length: high - low - 1 }, (_, k) => ({ ...from, [axis]: low + 1 + k }));
}

/**
 * What carrying comes to; null when it changes nothing.
 *
 * @throws FoundryError `limit.pixels` for too many planes of too large an image, else as core/edits.
 * Cost: O(area) for each plane, one plane in memory at a time.
 */
export function carryOutcome(
  target: CarryTarget,
  way: CarryWay,
  count: number,
  ground: CarryGround,
): Outcome | null {
  const draft = new OriginDraft(ground.origins, ground.lives);
  const changes =
    way === "between"
      ? fillBetween(target, ground, draft)
      : copyAlong(target, planesOfWay(target.from, way, count, ground.counts), ground, draft);
  if (changes.length === 0) return null;
  const origins = draft.changes();
  const selection = changes.filter(({ after }) => after !== null).map(({ uid }) => uid);
  const tool = way === "between" ? "interpolate" : "copy";
  return { kind: "draw", tool, changes, selection, ...(origins.length === 0 ? {} : { origins }) };
}

function copyAlong(
  target: CarryTarget,
  planes: readonly PlaneAt[],
  ground: CarryGround,
  draft: OriginDraft,
): ObjectChange[] {
  const uids = target.uids.filter(ground.lives);
  if (uids.length === 0) return [];
  const source = ground.scratchAt(target.from);
  assertSize(source, planes.length);
  // Which object each cell is in the plane before.
  const newest = new Map(uids.map((uid) => [uid, uid]));
  return planes.flatMap((plane) => {
    const canvas = ground.scratchAt(plane);
    const log = new PlaneLog(canvas);
    for (const uid of uids) {
      const linkedUid = ground.mateOf(uid, plane);
      const newUid = ground.newUid();
      const to = linkedUid === undefined ? { canvas, newUid } : { canvas, newUid, linkedUid };
      const { changes } = copyObject(source, uid, to, ground.mode);
      log.apply(changes);
      if (linkedUid !== undefined) newest.set(uid, linkedUid);
      else if (changes.length > 0) {
        const before = newest.get(uid) as string;
        if (plane.t > target.from.t) insertAfter(draft, before, newUid, plane, ground);
        else if (plane.t < target.from.t) insertBefore(draft, before, newUid, plane, ground);
        newest.set(uid, newUid);
      }
    }
    return log.changes();
  });
}

/** The copy goes on from the cell, and what the cell went on as later goes on from the copy. */
function insertAfter(
  draft: OriginDraft,
  uid: string,
  copy: string,
  plane: PlaneAt,
  ground: CarryGround,
): void {
  // It went on as others by that frame, in another slice or divided: the copy is a cell of its own.
  const isTaken = draft.livingChildrenOf(uid).some((child) => (ground.frameOf(child) ?? Infinity) <= plane.t);
  if (!isTaken) draft.insertAfter(uid, copy);
}

function insertBefore(
  draft: OriginDraft,
  uid: string,
  copy: string,
  plane: PlaneAt,
  ground: CarryGround,
): void {
  const origin = draft.livingOriginOf(uid);
  const isTaken = origin !== null && (ground.frameOf(origin.uid) ?? -1) >= plane.t;
  if (!isTaken) draft.insertBefore(uid, copy);
}

/** Fills the planes in which the cell is not yet; over time they become one track. */
function fillBetween(target: CarryTarget, ground: CarryGround, draft: OriginDraft): ObjectChange[] {
  const [first] = target.uids;
  const { key } = target;
  if (first === undefined || key === null || !ground.lives(first) || !ground.lives(key.uid)) return [];
  const planes = planesBetween(target.from, key.plane);
  if (planes === null) {
    throw new FoundryError("edit.invalid", {
      message: "Key frames differ in time or in depth, not in both and not in none.",
    });
  }
  const ends = [
    { uid: first, plane: target.from },
    { uid: key.uid, plane: key.plane },
  ].sort((a, b) => a.plane.t - b.plane.t || a.plane.z - b.plane.z);
  const [from, to] = ends.map(({ uid, plane }) => ({ uid, canvas: ground.scratchAt(plane) })) as [End, End];
  assertSize(from.canvas, planes.length);
  const open = planes.filter((plane) => ground.mateOf(from.uid, plane) === undefined);
  const isTime = from.canvas.t !== to.canvas.t;
  const born: string[] = [];
  const changes = open.flatMap((plane) => {
    const canvas = ground.scratchAt(plane);
    const newUid = ground.newUid();
    const made = interpolateBetween(from, to, [{ canvas, newUid }], ground.mode).changes;
    if (made.length > 0) born.push(newUid);
    return made;
  });
  if (isTime) chain(draft, from.uid, born, to.uid);
  return changes;
}

interface End {
  readonly uid: string;
  readonly canvas: LabelCanvas;
}

/** One track through the born objects, as far as neither end belongs to another one. */
function chain(draft: OriginDraft, from: string, born: readonly string[], to: string): void {
  const [first] = born;
  const last = born.at(-1);
  if (first === undefined || last === undefined) return;
  const origin = draft.livingOriginOf(to);
  // A daughter is born earlier then; a cell that was linked over the gap is linked through it.
  if (origin?.uid === from) draft.set(first, { uid: from, kind: origin.kind });
  else if (draft.livingChildrenOf(from).length === 0) draft.set(first, { uid: from, kind: "link" });
  for (let k = 1; k < born.length; k++) {
    draft.set(born[k] as string, { uid: born[k - 1] as string, kind: "link" });
  }
  if (origin === null || origin.uid === from) draft.set(to, { uid: last, kind: "link" });
}

function assertSize({ height, width }: LabelCanvas, planes: number): void {
  if (planes <= interpolatedPlanesMax && planes * height * width <= carriedPixelsMax) return;
  throw new FoundryError("limit.pixels", {
    message: `One edit goes through at most ${Math.min(interpolatedPlanesMax, Math.floor(carriedPixelsMax / (height * width)))} planes of this image.`,
    hint: "Carry the cells in several steps.",
  });
}

/** Changes of one plane made one after the other, told as one: each object from its first shape to its last. */
class PlaneLog {
  readonly #canvas: LabelCanvas;
  readonly #net = new Map<string, ObjectChange>();

  constructor(canvas: LabelCanvas) {
    this.#canvas = canvas;
  }

  apply(changes: readonly ObjectChange[]): void {
    applyChangesInPlace(this.#canvas, changes);
    for (const change of changes) {
      const before = (this.#net.get(change.uid) ?? change).before;
      this.#net.set(change.uid, { ...change, before });
    }
  }

  changes(): ObjectChange[] {
    return [...this.#net.values()].filter(({ before, after }) =>
      before === null || after === null ? before !== after : !shapesEqual(before, after),
    );
  }
}
