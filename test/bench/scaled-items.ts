/** Items as a training prepares them: cells of images without a pixel size come to one diameter. */

import { planScales } from "#core/prepare/index.ts";
import { cellDiameters, type PixelSize, type TrainingItem } from "#nn/index.ts";

interface ScaledItems {
  readonly items: TrainingItem[];
  /** Pixel size for the model. */
  readonly mpp: PixelSize | null;
}

/**
 * The items with their scale, by the labels of the first compartment that has any, and the pixel size of the model.
 *
 * @param cellDiameterPx  null leaves all as they are. @param target  pixel size wanted; default found from the items.
 */
export function scaledItems(
  items: readonly TrainingItem[],
  cellDiameterPx: number | null,
  target?: PixelSize | null,
): ScaledItems {
  const wishes = { unknown: "fromCells", cellDiameterPx, target } as const;
  const measured = items.map(({ mpp, group, labels }) => {
    const [first] = Object.values(labels);
    const diameters = first === undefined ? [] : cellDiameters(first);
    const diameterPx = diameters[diameters.length >> 1] ?? null;
    return { mpp, group, diameterPx, cellCount: diameters.length };
  });
  const plan = planScales(measured, wishes);
  return {
    items: items.map((item, i) => ({
      ...item,
      mpp: plan.images[i]?.mpp ?? null,
      scale: plan.images[i]?.scale ?? 1,
    })),
    mpp: plan.target,
  };
}
