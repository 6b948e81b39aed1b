/**
 * Leaves out what a model outlined and what is too small to be a cell: debris, specks, slivers at the border.
 *
 * Specks come and go in pairs, which looks like divisions to a linker. Size is compared with the cells of the same movie, so
 * the rule holds at any scale. It is low on purpose: daughters in anaphase have a third of a cell's area, and a cell that
 * is left out is lost for good.
 */
import { areaOf, type FrameDetections, pickDetections } from "#core/tracking/index.ts";

/** Of the median area. */
const areaShareMin = 0.1;
/** Fewer cells than this say little about a cell's size; the last known size is used. */
const cellsMin = 5;

/** @returns a filter to be given frames in order. Cost: O(n log n). */
export function debrisFilter(): (frame: FrameDetections) => FrameDetections {
  let typical = 0;
  return (frame) => {
    const areas = Array.from(frame.labels, (_, at) => areaOf(frame, at));
    if (areas.length >= cellsMin) typical = areas.toSorted((a, b) => a - b)[areas.length >> 1]!;
    const kept = areas.flatMap((area, at) => (area >= areaShareMin * typical ? [at] : []));
    return kept.length === areas.length ? frame : pickDetections(frame, kept);
  };
}
