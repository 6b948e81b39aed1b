/** Which cell a tool means where several lie on each other. */

import type { Point } from "#core/array/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";

/** The selected one of the cells at a place, else the topmost; undefined on background. Cost: O(cells near). */
export function meantAt(canvas: LabelCanvas, at: Point, selection: readonly string[]): string | undefined {
  const here = canvas.uidsAt(at.y, at.x);
  return here.find((uid) => selection.includes(uid)) ?? here[0];
}
