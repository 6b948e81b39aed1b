/**
 * Masks where nothing is: seen in one frame only, in mid-field, with nothing before and after that linking takes for the same.
 *
 * Cells neither come nor go there. The linker may have called one the daughter of a division; a daughter that is gone a
 * frame later is no more a cell than one without a parent.
 */
import { isInside } from "./find-absences.ts";
import { cellAtPosition, type LinkedWindow } from "./linked-window.ts";
import type { MaskRepair } from "./mask-repair.ts";

/** @returns a repair for each such mask of an open frame. Cost: O(detections). */
export function findInventions(window: LinkedWindow): { readonly f: number; readonly repair: MaskRepair }[] {
  const { graph, frames, isStart, isEnd } = window;
  const found: { readonly f: number; readonly repair: MaskRepair }[] = [];
  for (let at = 0; at < graph.tracks.length; at++) {
    if (graph.tracks[at] === 0 || graph.firstSuccessor[at] !== -1) continue;
    // One that goes on from an earlier mask was a cell.
    if (graph.origins[at] !== -1 && graph.divided[at] === 0) continue;
    const cell = cellAtPosition(window, at);
    const frame = frames[cell.f]!;
    const isEdge = (isStart && cell.f === 0) || (isEnd && cell.f === frames.length - 1);
    if (!frame.isOpen || isEdge || !isInside(window, cell)) continue;
    const label = frame.detections.labels[cell.at]!;
    const shape = frame.shapes.get(label);
    // A union has no shape of its own.
    if (shape === undefined) continue;
    const reason = `A mask in frame ${frame.t} alone, in mid-field, where nothing is before and after.`;
    found.push({
      f: cell.f,
      repair: { kind: "invented", t: frame.t, reason, before: [{ label, shape }], after: [] },
    });
  }
  return found;
}
