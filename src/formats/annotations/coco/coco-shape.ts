/**
 * Which pixels a COCO annotation marks.
 */
import { type ObjectShape, type PolygonFrame, shapeFromPolygons } from "#core/labels/index.ts";
import { type PixelBudget, polygonPixels, spendPixels } from "../../pixel-budget.ts";
import { type CocoSegmentation, cocoFault } from "./coco-entries.ts";
import { boxOfCounts, shapeFromCounts } from "./rle.ts";

/**
 * @param frame  the image as the file lists it.
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
    const polygons = segmentation.parts.map((part) => [part]);
    spendPixels(budget, polygonPixels(polygons, frame), file);
    return shapeFromPolygons(polygons, frame);
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
  spendPixels(budget, (box[2] - box[0]) * (box[3] - box[1]), file);
  return shapeFromCounts(counts, frame);
}
