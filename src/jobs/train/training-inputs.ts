/** What a training run reads: its frozen items and its stored configuration. */

import { assertConfig, type SegmentationConfig, type TrainingItem } from "#nn/index.ts";
import { datasetItemsForTraining, type SplitRole, type Store, type TrainingRun } from "#store/index.ts";

/**
 * All items of a role, in the frozen order, which is part of what makes a run repeatable.
 *
 * Memory: the images of the role at their own depth, as training draws from them at random.
 */
export async function loadItems(
  store: Store,
  datasetVersionId: string,
  role: SplitRole,
  signal: AbortSignal,
): Promise<TrainingItem[]> {
  const items: TrainingItem[] = [];
  for await (const item of datasetItemsForTraining(store, datasetVersionId, role)) {
    signal.throwIfAborted();
    const { imageId, image, labels, group, mpp } = item;
    items.push({ id: imageId, image, labels, group, mpp });
  }
  return items;
}

/** The configuration a run was started with. @throws FoundryError `training.config` when it does not fit this program. */
export function configOf(run: TrainingRun): SegmentationConfig {
  const config = run.config as unknown as SegmentationConfig;
  assertConfig(config);
  return config;
}
