/**
 * Fitting the outline of one cell to the picture (see `fitContour`): of a cell that is there, or of one clicked.
 *
 * The contour runs in a window around the cell. Neighbours are walls and count for no mean, so the fit cannot leak into
 * them; what comes out apart from the start is left out, and holes are filled.
 */

import type { Point } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import { connectedComponents, fillHoles } from "../labels/index.ts";
import { fitContour } from "../outline/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { drawShapeInPlace, emptyPatch, numbersUnderPatch, type Patch, patchBox, patchMask } from "./patch.ts";
import { cutRaw, type RawWindow } from "./raw-cut.ts";
import { badInput } from "./require-object.ts";
import { drawStrokeInPlace, strokeBox, strokeRadiusPxMax } from "./stroke.ts";
import { writeObject } from "./write-mode.ts";

export interface FitOptions {
  /** Object to fit; one that is not on the canvas is born at `start`. */
  readonly uid: string;
  readonly raw: RawWindow;
  /** Where a cell that is not there yet is looked for: a disc well inside it. */
  readonly start?: { readonly at: Point; readonly radiusPx: number };
  /** How far beyond the start's box the contour may go, in pixels; default: half the box, at least 8, at most 64. */
  readonly marginPx?: number;
  /** Blur of the picture before, in pixels; default 1. */
  readonly sigmaPx?: number;
  /** Curvature steps per round; default 1. */
  readonly smoothing?: number;
  /** Most rounds; default 100. */
  readonly rounds?: number;
}

const marginPxMin = 8;
const marginPxDefaultMax = 64;
/** A cell has no more surroundings than this that could help. */
const marginPxMax = 256;
/** The contour moves a pixel per round; a window has no more to go. */
const roundsMax = 1_000;

/**
 * @returns none when the outline fits already, or the contour collapsed: there is no edge to hold on to.
 * @throws FoundryError `edit.invalid` for an unknown object without a start, options out of range, or pixels not loaded.
 * Cost: O(window x rounds).
 */
export function fitObject(canvas: LabelCanvas, options: FitOptions): ObjectChange[] {
  const { uid, raw, smoothing = 1, rounds = 100 } = options;
  if (!(rounds >= 1 && rounds <= roundsMax && smoothing >= 0 && smoothing <= 8)) {
    throw badInput(`A fit takes 1 to ${roundsMax} rounds and 0 to 8 curvature steps.`, { rounds, smoothing });
  }
  const patch = startPatch(canvas, options);
  const numbers = numbersUnderPatch(canvas, patch);
  const own = canvas.numberOf(uid);
  const forbidden = Uint8Array.from(numbers.data, (number) => (number !== 0 && number !== own ? 1 : 0));
  const picture = gaussianBlur(cutRaw(raw, patchBox(patch)), options.sigmaPx ?? 1);
  const fitted = fitContour(picture, patchMask(patch), { rounds, smoothing, forbidden });
  const data = mainPiece(fitted.data, patch, forbidden);
  if (!data.includes(1)) return [];
  return writeObject(canvas, uid, { ...patch, data }, "exclude");
}

function startPatch(canvas: LabelCanvas, { uid, start, marginPx }: FitOptions): Patch {
  const shape = canvas.shapes.get(uid);
  const isDisc = start !== undefined && start.radiusPx > 0 && start.radiusPx <= strokeRadiusPxMax;
  const box = shape?.bbox ?? (isDisc ? strokeBox([start.at], start.radiusPx) : undefined);
  if (box === undefined)
    throw badInput("A fit needs a cell of this plane, or a disc to start from.", { uid });
  const half = Math.ceil(Math.max(box[2] - box[0], box[3] - box[1]) / 2);
  const margin = marginPx ?? Math.min(marginPxDefaultMax, Math.max(marginPxMin, half));
  if (!(margin >= 1 && margin <= marginPxMax)) {
    throw badInput(`A fit looks 1 to ${marginPxMax} pixels around the cell.`, { marginPx });
  }
  const patch = emptyPatch(canvas, box, margin);
  if (patch === null) throw badInput("The start of the fit lies outside the image.");
  if (shape !== undefined) drawShapeInPlace(patch, shape, 1);
  else if (start !== undefined) drawStrokeInPlace(patch, [start.at], start.radiusPx);
  return patch;
}

/** The piece with most pixels of the start, its holes filled. */
function mainPiece(fitted: Uint8Array, start: Patch, forbidden: Uint8Array): Uint8Array {
  const { height, width } = start;
  const pieces = connectedComponents({ dtype: "uint8", height, width, data: fitted }, 8).data;
  const shared = new Map<number, number>();
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as number;
    if (piece !== 0 && start.data[i] === 1) shared.set(piece, (shared.get(piece) ?? 0) + 1);
  }
  let [main, most] = [0, 0];
  for (const [piece, count] of shared) if (count > most) [main, most] = [piece, count];
  if (main === 0) return new Uint8Array(pieces.length);
  // A neighbour inside the cell is no hole.
  const labels = Int32Array.from(pieces, (piece, i) => (piece === main ? 1 : forbidden[i] === 1 ? 2 : 0));
  const filled = fillHoles({ dtype: "int32", height, width, data: labels }).data;
  return Uint8Array.from(filled, (label) => (label === 1 ? 1 : 0));
}
