/**
 * The draft of the prompt tool: what a person has pointed at, and the cell that was found there.
 *
 * Pure. The finding itself is asynchronous and lies in `prompting.ts`; what it comes to on the cells as they are is computed
 * here, anew whenever they change.
 */

import type { BoundingBox, Point } from "#core/array/index.ts";
import { drawMask, type LabelCanvas, type WriteMode } from "#core/edits/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import type { Prompt, PromptedCell } from "#nn/prompt/index.ts";
import type { Outcome } from "../model/gesture.ts";

/** What a click means: another cell, more of this one, less of it. */
export type ClickMeaning = "new" | "more" | "less";

export interface PromptTarget {
  readonly tool: "prompt";
  /** Cell that is drawn, or drawn anew. */
  readonly uid: string;
  readonly prompt: Prompt;
  /** Null while nothing is found. */
  readonly found: PromptedCell | null;
}

/** A box being dragged; the cell is asked for when it ends. */
export const boxTarget = (uid: string, box: BoundingBox): PromptTarget => ({
  ...{ tool: "prompt", uid, found: null },
  prompt: { inside: [], outside: [], box },
});

/** The prompt after one more click. */
export function promptAfter(prompt: Prompt, at: Point, meaning: "more" | "less"): Prompt {
  const point = { y: Math.round(at.y), x: Math.round(at.x) };
  return meaning === "more"
    ? { ...prompt, inside: [...prompt.inside, point] }
    : { ...prompt, outside: [...prompt.outside, point] };
}

/** The edit that a found cell is; null when nothing would change. */
export function promptOutcome(
  { uid, found }: PromptTarget,
  canvas: LabelCanvas,
  mode: WriteMode,
): Outcome | null {
  if (found === null) return null;
  const changes = drawMask(canvas, { uid, box: found.box, mask: found.mask, mode });
  return changes.length === 0 ? null : { kind: "draw", tool: "prompt", changes, selection: [uid] };
}

/** Whether a place lies on the found cell. */
export function isOnFound({ found }: PromptTarget, { y, x }: Point): boolean {
  if (found === null) return false;
  const [y0, x0, y1, x1] = found.box;
  const [row, column] = [Math.round(y), Math.round(x)];
  if (row < y0 || column < x0 || row >= y1 || column >= x1) return false;
  return found.mask.data[(row - y0) * found.mask.width + column - x0] === 1;
}

/** More cells say no more about how large they are. */
const measuredMax = 501;

/** Median diameter of the cells of a plane, pixels; null without cells. Cost: O(1) in the number of cells. */
export function usualDiameter(canvas: LabelCanvas): number | null {
  const areas: number[] = [];
  for (const shape of canvas.shapes.values()) {
    areas.push(shapeArea(shape));
    if (areas.length === measuredMax) break;
  }
  areas.sort((a, b) => a - b);
  const median = areas[areas.length >> 1];
  return median === undefined ? null : 2 * Math.sqrt(median / Math.PI);
}
