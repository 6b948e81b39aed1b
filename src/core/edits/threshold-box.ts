/**
 * Threshold in a box: every connected piece of the picture brighter (or darker) than a level becomes a cell.
 *
 * At native depth, on any channel. What is there stays unless overwriting is asked for: pixels of cells are left to them and
 * part the pieces. The level is given, or found by Otsu's method from the box alone.
 */

import type { BoundingBox, LabelImage, Mask } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { otsuThreshold } from "../image/index.ts";
import { connectedComponents, fillHoles, objectShapesFromLabels } from "../labels/index.ts";
import { cutBox } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { emptyPatch, numbersUnderPatch } from "./patch.ts";
import { cutRaw, type RawWindow } from "./raw-cut.ts";
import { badInput } from "./require-object.ts";
import { erasePixels, type WriteMode } from "./write-mode.ts";

/** More pieces than this are noise, not cells. */
export const thresholdPiecesMax = 20_000;

export interface ThresholdBox {
  readonly box: BoundingBox;
  readonly raw: RawWindow;
  /** In units of the channel; default: Otsu's threshold of the box. */
  readonly threshold?: number;
  /** Cells are `bright` (above the threshold, default) or `dark` (at or below it). */
  readonly cells?: "bright" | "dark";
  /** Pieces of fewer pixels are left out; default 1. */
  readonly areaPxMin?: number;
  /** Whether holes inside pieces are filled (not where another cell lies in them); default true. */
  readonly fill?: boolean;
  /** `exclude` (default): cells keep their pixels. `overwrite`: they lose them to the pieces. */
  readonly mode?: Exclude<WriteMode, "overlap">;
}

export interface Thresholded {
  readonly changes: ObjectChange[];
  /** The level that was used. */
  readonly threshold: number;
}

/**
 * @param newUid  called once per cell, in scan order of their first pixels.
 * @throws FoundryError `edit.invalid` for a box outside the image or pixels not loaded; `limit.pixels` for a box of more
 *         than 4,096² pixels; `limit.objects` above 20,000 pieces. Cost: O(pixels of the box).
 */
export function thresholdBox(canvas: LabelCanvas, options: ThresholdBox, newUid: () => string): Thresholded {
  const box = cutBox(canvas, options.box);
  if (box === null) throw badInput("The box lies outside the image.", { box: [...options.box] });
  const patch = emptyPatch(canvas, box);
  if (patch === null) throw badInput("The box is empty.");
  const picture = cutRaw(options.raw, box);
  const threshold = options.threshold ?? otsuThreshold(picture);
  const numbers = numbersUnderPatch(canvas, patch);
  const overwrites = options.mode === "overwrite";
  if (overwrites) numbers.data.fill(0);
  const isBright = options.cells !== "dark";
  for (let i = 0; i < patch.data.length; i++) {
    const value = picture.data[i] as number;
    const isCell = isBright ? value > threshold : value <= threshold;
    if (isCell && numbers.data[i] === 0) patch.data[i] = 1;
  }
  const { height, width, data } = patch;
  const mask: Mask = { dtype: "uint8", height, width, data };
  const pieces = piecesOf(mask, numbers, options.fill ?? true, options.areaPxMin ?? 1);
  const changes = [...objectShapesFromLabels(pieces).values()].map(
    ({ bbox: [y0, x0, y1, x1], bits }): ObjectChange => ({
      uid: newUid(),
      before: null,
      after: {
        ...{ t: canvas.t, z: canvas.z, bits },
        bbox: [y0 + box[0], x0 + box[1], y1 + box[0], x1 + box[1]],
      },
    }),
  );
  if (overwrites) {
    const data = Uint8Array.from(pieces.data, (piece) => (piece > 0 ? 1 : 0));
    changes.push(...erasePixels(canvas, { ...patch, data }));
  }
  return { changes, threshold };
}

/** Pieces connected by sides, numbered in scan order, without small ones. */
function piecesOf(mask: Mask, numbers: LabelImage, fill: boolean, areaPxMin: number): LabelImage {
  const pieces = connectedComponents(mask, 4);
  let count = 0;
  for (let i = 0; i < pieces.data.length; i++) count = Math.max(count, pieces.data[i] as number);
  // Small pieces go before they are filled: a thin ring is not a cell of its inside.
  const areas = new Int32Array(count + 1);
  for (let i = 0; i < pieces.data.length; i++) {
    const piece = pieces.data[i] as number;
    areas[piece] = (areas[piece] as number) + 1;
  }
  const kept = areas.reduce((sum, area, piece) => sum + (piece > 0 && area >= areaPxMin ? 1 : 0), 0);
  if (kept > thresholdPiecesMax) {
    throw new FoundryError("limit.objects", {
      message: `This level parts the box into ${kept} pieces; at most ${thresholdPiecesMax} cells are made at once.`,
      hint: "Choose another level, a larger smallest area, or a smaller box.",
      details: { pieces: kept, limit: thresholdPiecesMax },
    });
  }
  for (let i = 0; i < pieces.data.length; i++) {
    if ((areas[pieces.data[i] as number] as number) < areaPxMin) pieces.data[i] = 0;
  }
  return fill ? fillPieces(pieces, numbers, count) : pieces;
}

/** Fills holes of pieces; a hole that touches a cell that was there before is none. */
function fillPieces(pieces: LabelImage, numbers: LabelImage, count: number): LabelImage {
  const { height, width } = pieces;
  const together = Int32Array.from(pieces.data, (piece, i) => {
    const number = numbers.data[i] as number;
    return number === 0 ? piece : count + number;
  });
  const filled = fillHoles({ dtype: "int32", height, width, data: together });
  for (let i = 0; i < filled.data.length; i++) {
    if (numbers.data[i] !== 0 || (filled.data[i] as number) > count) filled.data[i] = 0;
  }
  return filled;
}
