/**
 * What a simulated person does to all cells of an image at once, before single cells are mended: outlines that are too tight
 * or too wide everywhere are grown or shrunk together, crumbs are deleted together. The editor's own operations are used.
 */

import type { LabelImage } from "#core/array/index.ts";
import {
  applyChangesInPlace,
  createCanvas,
  deleteObjects,
  findObjects,
  growObjects,
  type LabelCanvas,
  renderCanvas,
} from "#core/edits/index.ts";
import { shapeArea } from "#core/labels/index.ts";
import { stateOfLabels } from "./edited-layers.ts";
import { type AnnotatorWork, correctProposal, rightObjects, secondsOfWork } from "./simulated-annotator.ts";

/** Farthest that all cells are grown or shrunk. More is another cell, not another outline. */
const pxMost = 3;

const square = { y: 1, x: 1 };

/**
 * The least work, by time, that makes a proposal right: with no sweep, with all cells grown or shrunk by 1 to 3 pixels, with the
 * crumbs deleted that are smaller than any cell that is right, or with both. A person sees on the screen which of them helps.
 *
 * @param rightIou  as `correctProposal` takes it. Cost: that of 14 of those.
 */
export function correctWithSweeps(
  reference: LabelImage,
  proposal: LabelImage,
  rightIou: number,
): AnnotatorWork {
  let best = correctProposal(reference, proposal, rightIou);
  for (let px = -pxMost; px <= pxMost; px++) {
    const canvas = createCanvas(stateOfLabels(proposal));
    if (canvas.shapes.size === 0) return best;
    if (px !== 0) applyChangesInPlace(canvas, growObjects(canvas, [...canvas.shapes.keys()], px, square));
    const grown = renderCanvas(canvas);
    const growing = px === 0 ? 0 : 1;
    const isSwept = deleteCrumbs(canvas, rightObjects(reference, grown, rightIou));
    const tried = [
      ...(growing === 1 ? [{ labels: grown, sweep: 1 }] : []),
      ...(isSwept ? [{ labels: renderCanvas(canvas), sweep: growing + 1 }] : []),
    ];
    for (const { labels, sweep } of tried) {
      const work = { ...correctProposal(reference, labels, rightIou), sweep };
      if (secondsOfWork(work) < secondsOfWork(best)) best = work;
    }
  }
  return best;
}

/** Deletes what is smaller than all objects that are right, with the tool that deletes many. */
function deleteCrumbs(canvas: LabelCanvas, right: ReadonlySet<number>): boolean {
  const areas = [...right].map((number) => {
    const shape = canvas.shapes.get(canvas.uidOf(number) as string);
    return shape === undefined ? Number.POSITIVE_INFINITY : shapeArea(shape);
  });
  const crumbs = findObjects(canvas, { areaPxBelow: Math.min(...areas) });
  if (areas.length === 0 || crumbs.length === 0) return false;
  applyChangesInPlace(canvas, deleteObjects(canvas, crumbs));
  return true;
}
