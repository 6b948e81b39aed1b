/**
 * Which of the cells that a model found in the next frames are cells that a person chose in this one.
 *
 * All cells of the window compete, the layer's own in the first frame and the model's in the others: a neighbour takes what
 * is its own, so a chosen cell is not led astray. Candidates, scores and solver are those of tracking.
 */

import { type BoundingBox, labelImage } from "#core/array/index.ts";
import { drawObjectShapeInPlace, type ObjectShape } from "#core/labels/index.ts";
import {
  assignmentSolver,
  exactSolver,
  type FrameDetections,
  measureFrame,
  plainScorer,
  positionOf,
  type TrackGraph,
  withFallback,
} from "#core/tracking/index.ts";
import type { PartCell, StoredObject } from "#store/index.ts";
import { linkWindow, type MovieScorer } from "../track/link-windows.ts";
import { openHighs } from "../track/open-highs.ts";
import type { FoundCell, PlaneModel } from "./plane-model.ts";

export interface FollowRequest {
  readonly model: PlaneModel;
  /** Cells of the first frame and slice. */
  readonly present: readonly StoredObject[];
  readonly uids: ReadonlySet<string>;
  readonly t: number;
  readonly z: number;
  /** Frames after `t`. */
  readonly frames: number;
  readonly window: BoundingBox;
  readonly scorer?: MovieScorer;
  readonly signal: AbortSignal;
  readonly onFrame: (done: number) => void;
}

/** Found cells that go on from the chosen ones, frame by frame. Cost: one prediction for each frame. */
export async function followCells(request: FollowRequest): Promise<PartCell[]> {
  const { model, present, t, z, frames, window, signal, onFrame } = request;
  const measured: FrameDetections[] = [
    await measure(
      present.map(({ shape }) => shape),
      t,
      request,
    ),
  ];
  const found: FoundCell[][] = [];
  for (let k = 1; k <= frames; k++) {
    signal.throwIfAborted();
    const cells = await model.cellsIn({ t: t + k, z }, window);
    found.push(cells);
    measured.push(
      await measure(
        cells.map(({ shape }) => shape),
        t + k,
        request,
      ),
    );
    onFrame(k);
  }
  const solver = withFallback(exactSolver(await openHighs()), assignmentSolver, () => undefined);
  const graph = await linkWindow(measured, { solver, scorer: request.scorer ?? plainScorer() });
  return gather(graph, request, found);
}

/** Label k + 1 is the k-th shape. */
async function measure(
  shapes: readonly ObjectShape[],
  t: number,
  { model, z, window }: FollowRequest,
): Promise<FrameDetections> {
  const [y0, x0, y1, x1] = window;
  const inside = labelImage(y1 - y0, x1 - x0);
  shapes.forEach((shape, k) => {
    const [top, left, bottom, right] = shape.bbox;
    const isIn = top >= y0 && left >= x0 && bottom <= y1 && right <= x1;
    if (!isIn) return;
    drawObjectShapeInPlace({ ...shape, bbox: [top - y0, left - x0, bottom - y0, right - x0] }, inside, k + 1);
  });
  return measureFrame(inside, await model.planeOf({ t, z }, window), t);
}

function gather(
  graph: TrackGraph,
  { present, uids, t }: FollowRequest,
  found: readonly (readonly FoundCell[])[],
): PartCell[] {
  const cells: PartCell[] = [];
  let ends = present.flatMap(({ uid }, k) => {
    const at = uids.has(uid) ? positionOf(graph, { t, label: k + 1 }) : -1;
    return at < 0 ? [] : [{ at, cell: uid }];
  });
  for (const [k, frame] of found.entries()) {
    const next: typeof ends = [];
    const [first, last] = [graph.offsets[k + 1] ?? 0, graph.offsets[k + 2] ?? 0];
    for (const { at, cell } of ends) {
      for (let to = graph.firstSuccessor[at] ?? -1; to !== -1; to = graph.nextSibling[to] ?? -1) {
        // A link over a frame leads to a later one, which has its turn then.
        if (to < first || to >= last) {
          next.push({ at, cell });
          break;
        }
        const one = frame[(graph.labels[to] ?? 0) - 1];
        if (one === undefined) continue;
        const key = `${t + k + 1}:${graph.labels[to]}`;
        const kind = graph.divided[to] === 1 ? ("division" as const) : ("link" as const);
        cells.push({ key, ...one, from: { cell, kind } });
        next.push({ at: to, cell: key });
      }
    }
    ends = next;
  }
  return cells;
}
