/**
 * Which pixels a COCO annotation marks.
 *
 * Work is limited per image: annotations that each span a large image would take hours for a file of some megabytes.
 */
import { type ObjectShape, type PolygonFrame, shapeFromPolygons } from "#core/labels/index.ts";
import { fault } from "../fault.ts";
import { type CocoSegmentation, cocoFault } from "./coco-entries.ts";
import { boxOfCounts, shapeFromCounts } from "./rle.ts";

/** Pixels of boxes still allowed. */
export interface PixelBudget {
  left: number;
}

// Boxes of a crowded image cover it three to five times; 64 leaves room for long thin cells.
const BOXES_PER_IMAGE = 64;
const BUDGET_FLOOR = 2 ** 26;

export function pixelBudget({ height, width }: PolygonFrame): PixelBudget {
  return { left: Math.max(BUDGET_FLOOR, BOXES_PER_IMAGE * height * width) };
}

/**
 * @param size  of the image as the annotations count its pixels.
 * @returns `null` when no pixel of the image is marked, or there is only a box.
 * @throws FoundryError `format.coco` for damaged counts or another size; `limit.pixels` beyond the budget.
 */
export function cocoShape(
  segmentation: CocoSegmentation,
  frame: PolygonFrame,
  file: string,
  budget: PixelBudget,
): ObjectShape | null {
  if (segmentation.kind === "none") return null;
  if (segmentation.kind === "polygons") {
    spend(budget, polygonBox(segmentation.parts, frame), file);
    return shapeFromPolygons(
      segmentation.parts.map((part) => [part]),
      frame,
    );
  }
  const { counts, height, width } = segmentation;
  if (height !== frame.height || width !== frame.width)
    throw cocoFault(
      file,
      0,
      `a run-length mask is ${height} x ${width} pixels, its image ${frame.height} x ${frame.width}`,
    );
  const box = boxOfCounts(counts, frame);
  if (box === null) return null;
  spend(budget, (box[2] - box[0]) * (box[3] - box[1]), file);
  return shapeFromCounts(counts, frame);
}

function polygonBox(parts: readonly (readonly number[])[], { height, width }: PolygonFrame): number {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const part of parts) {
    for (let i = 0; i + 1 < part.length; i += 2) {
      left = Math.min(left, part[i] as number);
      right = Math.max(right, part[i] as number);
      top = Math.min(top, part[i + 1] as number);
      bottom = Math.max(bottom, part[i + 1] as number);
    }
  }
  const side = (low: number, high: number, length: number) =>
    Math.max(0, Math.min(length, high) - Math.max(0, low));
  // Every part is painted over the common box.
  return parts.length * side(left, right, width) * side(top, bottom, height);
}

function spend(budget: PixelBudget, pixels: number, file: string): void {
  budget.left -= pixels;
  if (budget.left >= 0) return;
  throw fault("limit.pixels", {
    file,
    reason: "its annotations of one image cover that image more than 64 times",
    remedy: "Check whether the annotations belong to this image.",
  });
}
