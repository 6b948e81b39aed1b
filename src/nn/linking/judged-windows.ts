/**
 * Which windows of a movie are learned from: frames that people judged, with a few before and after.
 *
 * Every judged frame counts in one window alone, so that windows held out share nothing with those trained on but context.
 */
import { assert } from "#core/errors.ts";
import { type FrameDetections, findCandidates, measureMotion, poolMotion } from "#core/tracking/index.ts";
import { type JudgedWindow, judgedTargets, type KnownOrigins } from "./judged-window.ts";
import { windowInputs } from "./window-inputs.ts";

/** Frames before and after the judged ones: a link is told by what goes on around it, a gap spans three. */
const margin = 3;
/** Few, so that few corrections make windows to train on and windows to hold out. */
const judgedPerWindow = 2;
/** What was left beside a correction is likely right, but nobody said so. */
const standingWeight = 0.3;
/** Columns of a training step: some seconds for the largest, whatever the crowd. */
const detectionsMax = 3000;

export interface PlannedWindow {
  /** First frame and one past the last. */
  readonly from: number;
  readonly to: number;
  /** Frames whose origins count in this window. */
  readonly counted: readonly number[];
}

/** @param judged  frames with known origins, ascending, each once. */
export function planJudgedWindows(judged: readonly number[], frameCount: number): PlannedWindow[] {
  const planned: PlannedWindow[] = [];
  for (let k = 0; k < judged.length; ) {
    const first = judged[k]!;
    const counted = judged.slice(k, k + judgedPerWindow).filter((t) => t - first <= judgedPerWindow);
    planned.push({
      from: Math.max(0, first - margin),
      to: Math.min(frameCount, counted.at(-1)! + margin + 1),
      counted,
    });
    k += counted.length;
  }
  return planned;
}

/**
 * @param frames  those of the planned window, consecutive.
 * @returns `null` where nothing is judged among the candidates, or even the judged frames alone are too many cells.
 */
export function judgedWindow(
  frames: readonly FrameDetections[],
  known: KnownOrigins,
  counted: readonly number[],
): JudgedWindow | null {
  assert(counted.length > 0, "a judged window has a judged frame");
  const [first, last] = [counted[0]!, counted.at(-1)!];
  for (let more = margin; more >= 1; more--) {
    const own = frames.filter(({ t }) => t >= first - more && t <= last + more);
    if (own.reduce((sum, { labels }) => sum + labels.length, 0) > detectionsMax) continue;
    const motions = own.slice(1).map((frame, f) => measureMotion(own[f]!, frame));
    const window = findCandidates(own, motions, poolMotion(motions, own));
    if (window.frameOf.length === 0) return null;
    const inputs = windowInputs(window);
    const targets = judgedTargets(window, inputs.tables, known, new Set(counted), standingWeight);
    return targets.originWeight.some((weight) => weight > 0) ? { inputs, targets } : null;
  }
  return null;
}
