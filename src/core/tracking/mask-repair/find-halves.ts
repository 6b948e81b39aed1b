/**
 * Cells cut in two that were taken for a division: one mask enters, two follow, and only one of them goes on.
 *
 * Unions catch most cuts before linking (`offerUnions`), but not of cells that are larger than two whole neighbours may be
 * together: a cell before its division. Over time a cut is known by its sister that is gone a frame later, and by areas:
 * both halves together fit the cell before and after better than the one that goes on.
 */
import { areaOf } from "../detections.ts";
import { isInside } from "./find-absences.ts";
import {
  cellAtPosition,
  type LinkedWindow,
  labelsOfCell,
  originOf,
  positionOfCell,
  successorsOf,
  type WindowCell,
} from "./linked-window.ts";

/** Distance of centroids over the sum of radii up to which two masks can be halves of one; as for unions. */
const touching = 1.4;

/** Two masks that are one cell, in frame `f`. */
export interface Halves {
  readonly f: number;
  readonly kept: WindowCell;
  readonly lost: WindowCell;
}

/** Cost: O(detections). */
export function findHalves(window: LinkedWindow): Halves[] {
  const { graph, frames } = window;
  const found: Halves[] = [];
  for (let at = 0; at < graph.tracks.length; at++) {
    if (graph.divided[at] === 0 || graph.firstSuccessor[at] !== -1) continue;
    const lost = cellAtPosition(window, at);
    if (!frames[lost.f]!.isOpen || lost.f === frames.length - 1 || !isInside(window, lost)) continue;
    const parent = originOf(window, lost)!;
    const kept = successorsOf(window, parent).find((sister) => positionOfCell(window, sister) !== at);
    if (kept === undefined || kept.f !== lost.f) continue;
    const [next, ...more] = successorsOf(window, kept);
    const areSingle = [kept, lost].every((cell) => labelsOfCell(window, cell).length === 1);
    if (next === undefined || more.length > 0 || !areSingle) continue;
    if (fitsTogether(window, { parent, kept, lost, next })) found.push({ f: lost.f, kept, lost });
  }
  return found;
}

function fitsTogether(
  { frames }: LinkedWindow,
  cells: Readonly<Record<"parent" | "kept" | "lost" | "next", WindowCell>>,
): boolean {
  const area = ({ f, at }: WindowCell): number => areaOf(frames[f]!.detections, at);
  const [own, other] = [area(cells.kept), area(cells.lost)];
  const expected = Math.sqrt(area(cells.parent) * area(cells.next));
  const { y, x } = frames[cells.kept.f]!.detections;
  const apart = Math.hypot(y[cells.kept.at]! - y[cells.lost.at]!, x[cells.kept.at]! - x[cells.lost.at]!);
  const reach = touching * (Math.sqrt(own / Math.PI) + Math.sqrt(other / Math.PI));
  if (!(own > 0 && other > 0 && expected > 0) || apart > reach) return false;
  return Math.abs(Math.log((own + other) / expected)) < Math.abs(Math.log(own / expected));
}
