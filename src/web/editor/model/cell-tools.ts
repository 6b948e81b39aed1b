/** Tools of core/edits for the cells that are selected or pointed at: one key, no drag. */

import type { BoundingBox, Point } from "#core/array/index.ts";
import {
  fitObject,
  type LabelCanvas,
  mergeObjects,
  neighboursOfObject,
  type ObjectChange,
  type RawWindow,
  smoothObject,
  splitBySeeds,
  suggestSeeds,
  thresholdBox,
  trimToPart,
} from "#core/edits/index.ts";
import { forEachRun, shapeArea } from "#core/labels/index.ts";
import { growBy, type LengthUnit, type PixelMpp } from "./draft.ts";
import type { Outcome } from "./gesture.ts";

const outcome = (
  kind: Outcome["kind"],
  tool: string,
  changes: readonly ObjectChange[],
  selection: readonly string[],
): Outcome | null => (changes.length === 0 ? null : { kind, tool, changes, selection });

/** Parts each cell in two where it is narrowest; the new parts are selected with it. */
export function splitInTwo(
  canvas: LabelCanvas,
  uids: readonly string[],
  newUid: () => string,
): Outcome | null {
  const changes = uids.flatMap((uid): ObjectChange[] => {
    const seeds = suggestSeeds(canvas, uid, 2);
    return seeds.length < 2 ? [] : splitBySeeds(canvas, uid, seeds, [newUid()]);
  });
  return outcome(
    "split",
    "split-seeds",
    changes,
    changes.map(({ uid }) => uid),
  );
}

/** Keeps the part under the pointer, or of a cell that is not under it the largest run's part. */
export function trimCell(canvas: LabelCanvas, uid: string, pointer: Point | null): Outcome | null {
  const isOn = pointer !== null && canvas.uidsAt(pointer.y, pointer.x).includes(uid);
  const at = isOn ? pointer : longestRun(canvas, uid);
  return at === null ? null : outcome("reshape", "trim", trimToPart(canvas, uid, at), [uid]);
}

/** Middle of the longest row of a cell: a point of its main part. */
function longestRun(canvas: LabelCanvas, uid: string): Point | null {
  const shape = canvas.shapes.get(uid);
  let best = 0;
  let at: Point | null = null;
  if (shape === undefined) return null;
  forEachRun(shape, (y, x0, x1) => {
    if (x1 - x0 <= best) return;
    best = x1 - x0;
    at = { y, x: (x0 + x1 - 1) >> 1 };
  });
  return at;
}

/** Width of smoothing, in pixels: takes off what a trembling hand adds. */
const smoothPx = 1.5;

export function smoothCells(canvas: LabelCanvas, uids: readonly string[]): Outcome | null {
  const changes = uids.flatMap((uid) => smoothObject(canvas, uid, smoothPx));
  return outcome("reshape", "smooth", changes, uids);
}

/** @param by  above 0 grows, below 0 shrinks, in `unit`. @param mpp  null: pixels, whatever the unit. */
export function growCells(
  canvas: LabelCanvas,
  uids: readonly string[],
  by: number,
  unit: LengthUnit = "px",
  mpp: PixelMpp | null = null,
): Outcome | null {
  return outcome("reshape", by > 0 ? "grow" : "shrink", growBy(canvas, uids, by, unit, mpp), uids);
}

export function fitCell(canvas: LabelCanvas, uid: string, raw: RawWindow): Outcome | null {
  return outcome("reshape", "fit", fitObject(canvas, { uid, raw }), [uid]);
}

/** Merges a cell with the neighbour it touches most; null when it stands alone. */
export function mergeWithNeighbour(canvas: LabelCanvas, uid: string): Outcome | null {
  const [next] = neighboursOfObject(canvas, uid);
  return next === undefined ? null : outcome("merge", "merge", mergeObjects(canvas, [uid, next.uid]), [uid]);
}

/** A cell that was missed is at least this share of the usual size. */
const missedShare = 0.35;
const missedPxMin = 12;

/**
 * Cells that the picture shows in a box and nobody has drawn: bright pieces of background, not too small.
 *
 * @returns null when there is none.
 */
export function findMissed(
  canvas: LabelCanvas,
  box: BoundingBox,
  raw: RawWindow,
  newUid: () => string,
): Outcome | null {
  const areas = [...canvas.shapes.values()].map(shapeArea).sort((a, b) => a - b);
  const usual = areas[areas.length >> 1] ?? 0;
  const areaPxMin = Math.max(missedPxMin, Math.round(missedShare * usual));
  const { changes } = thresholdBox(canvas, { box, raw, areaPxMin }, newUid);
  return outcome(
    "draw",
    "threshold",
    changes,
    changes.map(({ uid }) => uid),
  );
}
