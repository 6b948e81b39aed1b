/**
 * Repairs the masks of a few frames until linking finds nothing more to repair.
 *
 * Each round links the frames as they are, takes back what linking makes no use of, and proposes anew. What was taken
 * back is not proposed again, so rounds come to an end; a limit ends them in any case.
 */
import { objectShapesFromLabels } from "../../labels/index.ts";
import type { FrameDetections } from "../detections.ts";
import type { TrackGraph } from "../track-graph.ts";
import { findInventions } from "./find-inventions.ts";
import { type LinkedWindow, linkedWindow, type RepairFrame } from "./linked-window.ts";
import {
  applyMaskRepairInPlace,
  canRevert,
  isSameRepair,
  type MaskRepair,
  revertMaskRepairInPlace,
} from "./mask-repair.ts";
import { isHeld, type ProposedRepair, proposeRepairs } from "./propose-repairs.ts";

/**
 * Work that asks to have windows linked, frames from the first to the last, and goes on with the graph, whose positions begin at
 * 0. Who runs it decides who links, at once or later.
 */
export type Linking<Result> = Generator<readonly FrameDetections[], Result, TrackGraph>;

export interface RepairWindowOptions {
  /** Detections of a frame whose masks have changed. */
  readonly measure: (frame: RepairFrame) => FrameDetections;
  /** Asked before a repair is tried, with the frame's labels as they are. */
  readonly isWelcome: (repair: MaskRepair) => boolean;
  readonly roundsMax: number;
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/**
 * Changes labels, shapes and detections of open frames.
 *
 * @returns repairs that stand, in the order in which they were made. Cost: a linking of the window per round.
 */
export function* repairWindow(
  frames: readonly RepairFrame[],
  options: RepairWindowOptions,
): Linking<ProposedRepair[]> {
  const standing: ProposedRepair[] = [];
  const refused: MaskRepair[] = [];
  const isWelcome = (repair: MaskRepair): boolean =>
    !refused.some((one) => isSameRepair(one, repair)) && options.isWelcome(repair);
  for (let round = 0; round < options.roundsMax; round++) {
    const graph = yield frames.map(({ detections }) => detections);
    const window = linkedWindow(frames, graph, options);
    const changed = new Set<number>();
    for (const proposed of takeBackUnused(window, standing)) {
      refused.push(proposed.repair);
      changed.add(proposed.f);
    }
    // What the last round proposed would stand untried.
    if (round < options.roundsMax - 1) {
      const apply = (proposed: ProposedRepair): void => {
        exchange(frames[proposed.f]!, proposed.repair, "apply");
        standing.push(proposed);
        changed.add(proposed.f);
      };
      proposeRepairs(window, isWelcome, apply);
      // What other repairs make sense of is no invention, so these come last.
      if (changed.size === 0)
        for (const proposed of findInventions(window)) if (isWelcome(proposed.repair)) apply(proposed);
    }
    for (const f of changed) frames[f]!.detections = options.measure(frames[f]!);
    if (changed.size === 0) break;
  }
  return standing;
}

/** Removes from `standing` and takes back the repairs whose masks linking leaves alone; newest first. */
function takeBackUnused(window: LinkedWindow, standing: ProposedRepair[]): ProposedRepair[] {
  const unused = standing.filter(({ f, repair }) => !isUsed(window, f, repair)).reverse();
  return unused.filter((proposed) => {
    const frame = window.frames[proposed.f]!;
    if (!canRevert(frame.labels, proposed.repair)) return false;
    exchange(frame, proposed.repair, "revert");
    standing.splice(standing.indexOf(proposed), 1);
    return true;
  });
}

/** Whether each mask of the repair is a cell with neighbours in time. */
function isUsed(window: LinkedWindow, f: number, { after }: MaskRepair): boolean {
  const { labels } = window.frames[f]!.detections;
  return after.every(({ label }) => {
    const at = labels.indexOf(label);
    return at !== -1 && isHeld(window, { f, at });
  });
}

function exchange(frame: RepairFrame, repair: MaskRepair, way: "apply" | "revert"): void {
  const [from, to] = way === "apply" ? [repair.before, repair.after] : [repair.after, repair.before];
  if (way === "apply") applyMaskRepairInPlace(frame.labels, repair);
  else revertMaskRepairInPlace(frame.labels, repair);
  const shapes = new Map(frame.shapes);
  for (const { label } of from) shapes.delete(label);
  for (const { label, shape } of to) shapes.set(label, shape);
  frame.shapes = shapes;
}

/** Shapes of a frame's masks, in its frame. */
export const shapesOfFrame = (frame: Pick<RepairFrame, "labels" | "t">): RepairFrame["shapes"] =>
  objectShapesFromLabels(frame.labels, { t: frame.t, z: 0 });
