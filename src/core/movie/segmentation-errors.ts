/**
 * Faults of a segmentation, put into an exact label image at given shares, with the truth kept.
 *
 * Four faults that trackers meet: a cell cut in two, two neighbours as one, a cell not seen, an object where nothing is. A
 * cell has at most one fault. What comes out is numbered anew from 1, as a segmentation of a single frame is, with a list
 * that says which cells each object holds.
 */
import type { LabelImage } from "../array/index.ts";
import { assert } from "../errors.ts";
import { regionProperties } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import { drawFates } from "./draw-fates.ts";
import type { ErrorShares } from "./error-shares.ts";
import { createFaultyCanvas, type FaultySegmentation } from "./faulty-canvas.ts";

/**
 * @param labels  exact labels, int32, axes yx; not changed. @param random  decides which cells and how.
 * @returns a new image of the same size. Shares are expectations; merges and inventions need room and may be fewer.
 * Cost: O(pixels + cells x neighbours).
 */
export function injectSegmentationErrors(
  labels: LabelImage,
  shares: ErrorShares,
  random: Rng,
): FaultySegmentation {
  for (const share of Object.values(shares)) assert(share >= 0 && share <= 1, "shares lie in 0..1");
  const cells = regionProperties(labels);
  const byLabel = new Map(cells.map((cell) => [cell.label, cell]));
  const places = cells.map(({ label, areaPx, centroid }) => ({ label, areaPx, ...centroid }));
  const fates = drawFates(places, shares, random);
  const canvas = createFaultyCanvas(labels);
  for (const cell of cells) {
    const fate = fates.get(cell.label);
    if (fate?.kind === "miss") canvas.missed(cell.label);
    else if (fate?.kind === "merge") {
      // The first of the two draws both.
      const other = byLabel.get(fate.partner?.label ?? 0);
      if (other !== undefined && cell.label < other.label) canvas.merged(cell, other);
    } else if (fate?.kind === "split") canvas.cut(cell, random);
    else canvas.kept(cell.label);
  }
  const wanted = cells.reduce((count) => count + (random.chance(shares.false) ? 1 : 0), 0);
  for (let k = 0; k < wanted; k++) canvas.invented(cells, random);
  return canvas.finish();
}
