/** Frames whose masks may be repaired, with the links that were found among them: what proposals are read from. */
import type { LabelImage, Plane } from "../../array/index.ts";
import type { ObjectShape } from "../../labels/index.ts";
import { interpolateShapes } from "../../outline/index.ts";
import type { FrameDetections } from "../detections.ts";
import { frameAtPosition, type TrackGraph } from "../track-graph.ts";
import { joinedShape, movedShape } from "./moved-shape.ts";

/** One frame; labels, shapes and detections change together with every repair. */
export interface RepairFrame {
  readonly t: number;
  /** Changed in place. */
  readonly labels: LabelImage;
  readonly plane: Plane | null;
  shapes: ReadonlyMap<number, ObjectShape>;
  detections: FrameDetections;
  /** False: already handed on, may be looked at only. */
  readonly isOpen: boolean;
}

/** A detection by its frame's place in the window and its position in the frame. */
export interface WindowCell {
  readonly f: number;
  readonly at: number;
}

export interface LinkedWindow {
  readonly frames: readonly RepairFrame[];
  readonly graph: TrackGraph;
  /** Displacement of the whole field since the first frame, by frame, pixels. */
  readonly driftY: Float64Array;
  readonly driftX: Float64Array;
  /** Whether the movie begins with the first frame, and ends with the last. */
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/** @param graph  of the frames' detections, positions from 0. Cost: O(frames). */
export function linkedWindow(
  frames: readonly RepairFrame[],
  graph: TrackGraph,
  ends: { readonly isStart: boolean; readonly isEnd: boolean },
): LinkedWindow {
  const [driftY, driftX] = [new Float64Array(frames.length), new Float64Array(frames.length)];
  for (let f = 1; f < frames.length; f++) {
    driftY[f] = driftY[f - 1]! + (graph.motions[f]?.driftY ?? 0);
    driftX[f] = driftX[f - 1]! + (graph.motions[f]?.driftX ?? 0);
  }
  return { frames, graph, driftY, driftX, ...ends };
}

export const positionOfCell = ({ graph }: LinkedWindow, { f, at }: WindowCell): number =>
  graph.offsets[f]! + at;

export function cellAtPosition({ graph }: LinkedWindow, position: number): WindowCell {
  const f = frameAtPosition(graph, position);
  return { f, at: position - graph.offsets[f]! };
}

/** Successors of a cell: none, one, or two daughters. */
export function successorsOf(window: LinkedWindow, cell: WindowCell): WindowCell[] {
  const { graph } = window;
  const found: WindowCell[] = [];
  for (let next = graph.firstSuccessor[positionOfCell(window, cell)]!; next !== -1; ) {
    found.push(cellAtPosition(window, next));
    next = graph.nextSibling[next]!;
  }
  return found;
}

/** What a cell comes from; `null` for nowhere. */
export function originOf(window: LinkedWindow, cell: WindowCell): WindowCell | null {
  const origin = window.graph.origins[positionOfCell(window, cell)]!;
  return origin === -1 ? null : cellAtPosition(window, origin);
}

/** Labels of the masks of a detection: its own, or those of the two pieces of a union. */
export function labelsOfCell({ frames }: LinkedWindow, { f, at }: WindowCell): number[] {
  const { parts, labels } = frames[f]!.detections;
  for (let k = 0; k < (parts?.length ?? 0); k += 3)
    if (parts![k] === at) return [labels[parts![k + 1]!]!, labels[parts![k + 2]!]!];
  return [labels[at]!];
}

/** Its pixels; `null` for a detection without any. */
export function shapeOfCell(window: LinkedWindow, cell: WindowCell): ObjectShape | null {
  const { shapes, t } = window.frames[cell.f]!;
  const own = labelsOfCell(window, cell).flatMap((label) => shapes.get(label) ?? []);
  return own.length === 0 ? null : joinedShape(own, { t, z: 0 });
}

/**
 * Where and how a cell would lie in frame `f`: between its shapes before and after, or as it is in one of them, with the
 * drift of the field.
 */
export function expectedShape(
  window: LinkedWindow,
  f: number,
  before: WindowCell | null,
  after: WindowCell | null,
): ObjectShape | null {
  const { driftY, driftX, frames } = window;
  const { labels, t } = frames[f]!;
  const place = { t, z: 0 };
  const moved = (shape: ObjectShape | null, own: number): ObjectShape | null => {
    const by = { y: driftY[f]! - driftY[own]!, x: driftX[f]! - driftX[own]! };
    return shape === null ? null : movedShape(shape, by, labels, place);
  };
  const first = before === null ? null : moved(shapeOfCell(window, before), before.f);
  const last = after === null ? null : moved(shapeOfCell(window, after), after.f);
  if (first === null || last === null) return first ?? last;
  const share = (f - before!.f) / (after!.f - before!.f);
  return interpolateShapes(first, last, share, labels, place);
}

/** Distance between two cells of different frames without drift, pixels. */
export function distanceWithoutDrift(window: LinkedWindow, a: WindowCell, b: WindowCell): number {
  const { frames, driftY, driftX } = window;
  const [from, to] = [frames[a.f]!.detections, frames[b.f]!.detections];
  return Math.hypot(
    to.y[b.at]! - driftY[b.f]! - from.y[a.at]! + driftY[a.f]!,
    to.x[b.at]! - driftX[b.f]! - from.x[a.at]! + driftX[a.f]!,
  );
}
