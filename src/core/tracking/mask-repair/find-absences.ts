/**
 * Where a cell should be in a frame and no mask is known to be it: gaps of tracks, and tracks that end or begin in
 * mid-field, where cells neither come nor go.
 */
import { featureOf } from "../detections.ts";
import {
  cellAtPosition,
  distanceWithoutDrift,
  type LinkedWindow,
  positionOfCell,
  type WindowCell,
} from "./linked-window.ts";

/** A cell that is missing from a frame, with where it was last and is next; at least one of them. */
export interface Absence {
  readonly f: number;
  readonly before: WindowCell | null;
  readonly after: WindowCell | null;
}

/** Frames a cell may be missing when a loose end is joined to a loose beginning. */
const absentFramesMax = 3;
/** A track that is seen less often may be an invention of the segmentation. */
const detectionsMin = 2;

/** @returns absences with both neighbours first. Cost: O(detections + loose ends²). */
export function findAbsences(window: LinkedWindow): Absence[] {
  const { graph } = window;
  const found: Absence[] = [];
  const seen = new Map<number, number>();
  for (const track of graph.tracks) seen.set(track, (seen.get(track) ?? 0) + 1);
  const [ends, starts]: [WindowCell[], WindowCell[]] = [[], []];
  for (let at = 0; at < graph.tracks.length; at++) {
    if (graph.tracks[at] === 0) continue;
    const cell = cellAtPosition(window, at);
    const origin = graph.origins[at]!;
    if (origin !== -1) found.push(...absencesBetween(cellAtPosition(window, origin), cell));
    else if (cell.f > 0 && isInside(window, cell)) starts.push(cell);
    const isLast = cell.f === window.frames.length - 1;
    if (graph.firstSuccessor[at] === -1 && !isLast && isInside(window, cell)) ends.push(cell);
  }
  const lengthOf = (cell: WindowCell): number => seen.get(graph.tracks[positionOfCell(window, cell)]!) ?? 0;
  const pairs = joinLooseEnds(window, ends, starts, lengthOf);
  const joined = new Set<WindowCell>();
  for (const [end, start] of pairs) {
    joined.add(end);
    joined.add(start);
    found.push(...absencesBetween(end, start));
  }
  const isLoose = (cell: WindowCell): boolean => !joined.has(cell) && lengthOf(cell) >= detectionsMin;
  for (const end of ends.filter(isLoose)) found.push({ f: end.f + 1, before: end, after: null });
  for (const start of starts.filter(isLoose)) found.push({ f: start.f - 1, before: null, after: start });
  return found;
}

const absencesBetween = (before: WindowCell, after: WindowCell): Absence[] =>
  Array.from({ length: after.f - before.f - 1 }, (_, k) => ({ f: before.f + 1 + k, before, after }));

/** Farther from the sides than a cell comes or goes in a frame. */
export function isInside({ frames, graph }: LinkedWindow, { f, at }: WindowCell): boolean {
  const { radiusPx, sigmaPx } = graph.scales[f]!;
  return featureOf(frames[f]!.detections, "sideDistancePx")(at) > Math.max(1.5 * radiusPx, 2 * sigmaPx);
}

/** Ends and beginnings that are one cell, nearest first. The linker left them apart, so both must be cells for sure. */
function joinLooseEnds(
  window: LinkedWindow,
  ends: readonly WindowCell[],
  starts: readonly WindowCell[],
  lengthOf: (cell: WindowCell) => number,
): [WindowCell, WindowCell][] {
  const pairs: { end: WindowCell; start: WindowCell; share: number }[] = [];
  for (const end of ends)
    for (const start of starts) {
      const steps = start.f - end.f;
      if (steps < 2 || steps > absentFramesMax + 1) continue;
      const gate = window.graph.scales[start.f]!.gatePx * Math.sqrt(steps);
      const share = distanceWithoutDrift(window, end, start) / gate;
      if (share > 1 || lengthOf(end) + lengthOf(start) <= detectionsMin) continue;
      pairs.push({ end, start, share });
    }
  pairs.sort((a, b) => a.share - b.share);
  const taken = new Set<WindowCell>();
  return pairs.flatMap(({ end, start }): [WindowCell, WindowCell][] => {
    if (taken.has(end) || taken.has(start)) return [];
    taken.add(end);
    taken.add(start);
    return [[end, start]];
  });
}
