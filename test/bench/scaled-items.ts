/** Items as a training prepares them: cells of images without a pixel size come to one diameter. */

import { needsCellSizes, planScales } from "#core/prepare/index.ts";
import { cellDiameters, type TrainingItem } from "#nn/index.ts";

/**
 * The items with their scale, by the labels of the first compartment that has any.
 *
 * @param cellDiameterPx  null leaves all as they are.
 */
export function scaledItems(items: readonly TrainingItem[], cellDiameterPx: number | null): TrainingItem[] {
  const wishes = { unknown: "refuse", cellDiameterPx } as const;
  if (!needsCellSizes(items, wishes)) return [...items];
  const measured = items.map(({ mpp, group, labels }) => {
    const [first] = Object.values(labels);
    const diameters = first === undefined ? [] : cellDiameters(first);
    const diameterPx = diameters[diameters.length >> 1] ?? null;
    return { mpp, group, diameterPx, cellCount: diameters.length };
  });
  const { images } = planScales(measured, wishes);
  return items.map((item, i) => ({ ...item, scale: images[i]?.scale ?? 1 }));
}
