/** How large the cells of frozen items are: of the revision that was frozen, whatever its layer holds today. */

import { cellDiameters } from "#nn/index.ts";
import { type DatasetItem, renderRevision, type Store } from "#store/index.ts";

/**
 * Median diameter of the cells of each item in pixels, by revision of its labels; items without cells are missing.
 *
 * Cost: one drawing of each label image, some milliseconds.
 */
export async function medianCellDiameters(
  store: Store,
  items: readonly Pick<DatasetItem, "layerRevisionId" | "cellCount">[],
): Promise<Map<string, number>> {
  const medians = new Map<string, number>();
  for (const { layerRevisionId, cellCount } of items) {
    if (cellCount === 0 || medians.has(layerRevisionId)) continue;
    const diameters = cellDiameters(await renderRevision(store, layerRevisionId));
    const median = diameters[diameters.length >> 1];
    if (median !== undefined) medians.set(layerRevisionId, median);
  }
  return medians;
}
