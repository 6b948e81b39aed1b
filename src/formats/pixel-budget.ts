/**
 * A limit on the work that polygons and masks of one image may ask for.
 *
 * A few megabytes of polygons that each span a large image would take hours to fill; real objects cover their image a
 * few times at most, even with the empty corners of their boxes.
 */
import type { PolygonFrame, Ring } from "#core/labels/index.ts";
import { fault } from "./fault.ts";

/** Pixels of boxes still allowed. */
export interface PixelBudget {
  left: number;
}

// Boxes of a crowded image cover it three to five times; 64 leaves room for long thin cells.
const BOXES_PER_IMAGE = 64;
// Small images may be covered more often: this is a tenth of a second of work.
const BUDGET_FLOOR = 2 ** 26;

export function pixelBudget(
  { height, width }: { readonly height: number; readonly width: number },
  planes = 1,
): PixelBudget {
  return { left: Math.max(BUDGET_FLOOR, BOXES_PER_IMAGE * height * width * planes) };
}

/** Takes pixels from the budget. @throws FoundryError `limit.pixels` when it is used up. */
export function spendPixels(budget: PixelBudget, pixels: number, file: string): void {
  budget.left -= pixels;
  if (budget.left >= 0) return;
  throw fault("limit.pixels", {
    file,
    reason: `its objects cover the image more than ${BOXES_PER_IMAGE} times`,
    remedy: "Check whether the objects belong to this image.",
  });
}

/** Pixels that filling polygons touches: each polygon is filled within the box of all. */
export function polygonPixels(
  polygons: readonly (readonly Ring[])[],
  { height, width }: PolygonFrame,
): number {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (const rings of polygons) {
    for (const ring of rings) {
      for (let i = 0; i + 1 < ring.length; i += 2) {
        left = Math.min(left, ring[i] as number);
        right = Math.max(right, ring[i] as number);
        top = Math.min(top, ring[i + 1] as number);
        bottom = Math.max(bottom, ring[i + 1] as number);
      }
    }
  }
  const side = (low: number, high: number, length: number) =>
    Math.max(0, Math.min(length, high) - Math.max(0, low));
  return polygons.length * side(left, right, width) * side(top, bottom, height);
}
