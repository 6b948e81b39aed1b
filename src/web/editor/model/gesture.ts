/**
 * From what a hand does on the image to one edit.
 *
 * A gesture begins with the pointer's way down, grows with its moves and ends as one operation when it is lifted. The
 * rules of which cell a stroke belongs to live here, without screen, clock or network:
 *  - a brush that starts on a cell extends that cell; next to the selected cell, the selected one; elsewhere it starts
 *    a new cell. After N the next stroke is a new cell wherever it starts.
 *  - an eraser that starts on a cell erases only from it; elsewhere from the selected cell, or from all when none is.
 *  - a cut belongs to the selected cell when the line crosses it, otherwise to the cell it crosses most.
 *  - a lasso follows the rules of the brush, or those of the eraser when it cuts.
 */

import type { Point } from "#core/array/index.ts";
import {
  type AcceptChange,
  type BesideShapes,
  cutPolygon,
  drawPolygon,
  type EditKind,
  type EventChange,
  erasedPixels,
  eraseStroke,
  type LabelCanvas,
  type ObjectChange,
  type OriginChange,
  paintedPixels,
  paintStroke,
  splitByLine,
  strokePointsMax,
  type WriteMode,
} from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { meantAt } from "./meant-at.ts";

/** What the gesture rules need to know of the editor. */
export interface Bench {
  readonly canvas: LabelCanvas;
  readonly selection: readonly string[];
  /** Radius of brush and eraser, in image pixels. */
  readonly radius: number;
  /** N was pressed: the next stroke is a new cell. */
  readonly newCell: boolean;
  /** What happens where a stroke meets other cells; default: they stay. */
  readonly mode?: WriteMode;
}

/** Where a pen or pointer was; with a pen, how wide the brush was there. */
export interface StrokePoint extends Point {
  /** Image pixels; default: that of the gesture. */
  readonly radius?: number;
}

export type Gesture =
  | {
      readonly kind: "paint";
      readonly uid: string;
      readonly isNew: boolean;
      readonly points: StrokePoint[];
      readonly radius: number;
    }
  | {
      readonly kind: "erase";
      readonly uid: string | undefined;
      readonly points: StrokePoint[];
      readonly radius: number;
    }
  | {
      readonly kind: "lasso";
      /** Object that grows, or loses pixels when it cuts; undefined: all lose. */
      readonly uid: string | undefined;
      readonly cuts: boolean;
      readonly points: StrokePoint[];
    }
  | { readonly kind: "cut"; readonly from: Point; to: Point };

/** The outcome of a gesture or a click: what changes, and what is selected afterwards. */
export interface Outcome extends BesideShapes {
  readonly kind: EditKind;
  readonly tool: string;
  readonly changes: readonly ObjectChange[];
  readonly selection: readonly string[];
  /** Which cells go on from which, where the outcome carries cells over time. */
  readonly origins?: readonly OriginChange[];
  /** Proposed cells found right as they are. */
  readonly accepts?: readonly AcceptChange[];
  /** What is marked about cells: entry, exit, death, fusion. */
  readonly events?: readonly EventChange[];
}

/** Points nearer than this to the last one add nothing to a stroke, in pixels. */
const pointGapPx = 0.35;

export type StrokeTool = "brush" | "eraser" | "split" | "lasso";

/**
 * @param at  pixel coordinates, centres at whole numbers.
 * @param newUid  used when a cell is born.
 * @param cuts  a lasso takes away instead of adding.
 */
export function beginGesture(
  tool: StrokeTool,
  bench: Bench,
  at: StrokePoint,
  newUid: () => string,
  cuts = false,
): Gesture {
  const { canvas, selection, radius } = bench;
  if (tool === "split") return { kind: "cut", from: at, to: at };
  const under = meantAt(canvas, at, selection);
  const selected = selection.length === 1 ? selection[0] : undefined;
  if (tool === "eraser") return { kind: "erase", uid: under ?? selected, points: [at], radius };
  if (tool === "lasso" && cuts) return { kind: "lasso", uid: under ?? selected, cuts, points: [at] };
  const grows = bench.newCell ? undefined : (under ?? touchedBy(canvas, selected, at, radius));
  if (tool === "lasso") return { kind: "lasso", uid: grows ?? newUid(), cuts: false, points: [at] };
  return {
    kind: "paint",
    uid: grows ?? newUid(),
    isNew: grows === undefined,
    points: [at],
    radius,
  };
}

/** The selected cell, when the brush put down here would touch it. */
function touchedBy(
  canvas: LabelCanvas,
  uid: string | undefined,
  at: Point,
  radius: number,
): string | undefined {
  if (uid === undefined || !canvas.shapes.has(uid)) return undefined;
  // A ring of one pixel around the brush: painting right beside a cell means that cell.
  return eraseStroke(canvas, { uid, points: [at], radius: radius + 1 }).length > 0 ? uid : undefined;
}

/** Adds where the pointer went. Changes the gesture. @returns whether anything was added. */
export function extendGestureInPlace(gesture: Gesture, points: readonly StrokePoint[]): boolean {
  if (gesture.kind === "cut") {
    const last = points.at(-1);
    if (last !== undefined) gesture.to = last;
    return last !== undefined;
  }
  const before = gesture.points.length;
  for (const point of points) {
    const last = gesture.points.at(-1) as Point;
    if (Math.hypot(point.y - last.y, point.x - last.x) < pointGapPx) continue;
    if (gesture.points.length >= strokePointsMax) thinInPlace(gesture.points);
    gesture.points.push(point);
  }
  return gesture.points.length > before;
}

/** Drops every second point: a stroke of minutes stays one stroke. Keeps the last one. Changes `points`. */
function thinInPlace(points: StrokePoint[]): void {
  const kept = points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
  points.splice(0, points.length, ...kept);
}

/**
 * Pixels that change hands by the newest part of a stroke, for showing it while it is drawn; null when there are none.
 *
 * @param from  index of the first point not shown yet. Cost: O(box of the new points), however large cell or stroke are.
 */
export function previewPixels(
  { canvas, mode = "exclude" }: Bench,
  gesture: Gesture,
  from: number,
): ObjectShape | null {
  if (gesture.kind === "cut" || gesture.kind === "lasso") return null;
  const points = gesture.points.slice(Math.max(0, from - 1));
  const radius = strokeRadius(gesture, points);
  if (gesture.kind === "paint") return paintedPixels(canvas, { uid: gesture.uid, points, radius, mode });
  return erasedPixels(canvas, { points, radius, ...(gesture.uid === undefined ? {} : { uid: gesture.uid }) });
}

type Stroke = Extract<Gesture, { kind: "paint" | "erase" }>;

/** Radius of each point, or one for all where no pen said anything. */
function strokeRadius(gesture: Stroke, points: readonly StrokePoint[]): number | readonly number[] {
  if (points.every(({ radius }) => radius === undefined)) return gesture.radius;
  return points.map(({ radius }) => radius ?? gesture.radius);
}

function strokeChanges(
  { canvas, mode = "exclude" }: Bench,
  gesture: Stroke,
  points: readonly StrokePoint[],
): ObjectChange[] {
  const radius = strokeRadius(gesture, points);
  if (gesture.kind === "paint") return paintStroke(canvas, { uid: gesture.uid, points, radius, mode });
  return eraseStroke(canvas, { points, radius, ...(gesture.uid === undefined ? {} : { uid: gesture.uid }) });
}

/** What the whole gesture comes to; null when it changes nothing. */
export function finishGesture(bench: Bench, gesture: Gesture, newUid: () => string): Outcome | null {
  if (gesture.kind === "cut") return finishCut(bench, gesture, newUid);
  if (gesture.kind === "lasso") return finishLasso(bench, gesture);
  const changes = strokeChanges(bench, gesture, gesture.points);
  if (changes.length === 0) return null;
  if (gesture.kind === "paint") {
    return { kind: "draw", tool: "brush", changes, selection: [gesture.uid] };
  }
  return { kind: "erase", tool: "eraser", changes, selection: leftOf(bench.selection, changes) };
}

/** The selected cells that a change does not remove. */
function leftOf(selection: readonly string[], changes: readonly ObjectChange[]): string[] {
  const removed = new Set(changes.filter((change) => change.after === null).map((change) => change.uid));
  return selection.filter((uid) => !removed.has(uid));
}

function finishLasso(
  bench: Bench,
  { uid, cuts, points }: Extract<Gesture, { kind: "lasso" }>,
): Outcome | null {
  if (points.length < 3) return null;
  const { canvas, mode = "exclude" } = bench;
  const changes =
    cuts || uid === undefined
      ? cutPolygon(canvas, points, uid)
      : drawPolygon(canvas, { uid, corners: points, mode });
  if (changes.length === 0) return null;
  const tool = cuts ? "lasso-cut" : "lasso";
  const selection = cuts || uid === undefined ? leftOf(bench.selection, changes) : [uid];
  return { kind: cuts ? "erase" : "draw", tool, changes, selection };
}

/** A line shorter than this is a click that slipped. */
const cutLengthMinPx = 1.5;
/** Parts of one cut: a line through a bent cell makes three or four, more is noise at the rim. */
const cutPartsMax = 8;

function finishCut(
  bench: Bench,
  gesture: Extract<Gesture, { kind: "cut" }>,
  newUid: () => string,
): Outcome | null {
  const { from, to } = gesture;
  if (Math.hypot(to.y - from.y, to.x - from.x) < cutLengthMinPx) return null;
  const uid = cellCutBy(bench, from, to);
  if (uid === undefined) return null;
  const uids = Array.from({ length: cutPartsMax }, newUid);
  const changes = splitByLine(bench.canvas, uid, from, to, uids);
  if (changes.length === 0) return null;
  return { kind: "split", tool: "split-line", changes, selection: changes.map((change) => change.uid) };
}

/** The cell a line is meant for, or undefined when it crosses none. */
export function cellCutBy(bench: Bench, from: Point, to: Point): string | undefined {
  const { canvas, selection } = bench;
  const length = Math.hypot(to.y - from.y, to.x - from.x);
  const steps = Math.max(1, Math.ceil(length * 2));
  const crossed = new Map<string, number>();
  for (let i = 0; i <= steps; i++) {
    const share = i / steps;
    const here = canvas.uidsAt(from.y + (to.y - from.y) * share, from.x + (to.x - from.x) * share);
    for (const uid of here) crossed.set(uid, (crossed.get(uid) ?? 0) + 1);
  }
  const meant = selection.find((uid) => crossed.has(uid));
  if (meant !== undefined) return meant;
  let best: string | undefined;
  for (const [uid, count] of crossed)
    if (best === undefined || count > (crossed.get(best) as number)) best = uid;
  return best;
}
