/** Scores a trained model on labelled items: each image whole, as a user would predict it. */

import { poolScores, type SegmentationScores, scoreSegmentation } from "#core/metrics/index.ts";
import { type Engine, loadSegmentationModel, type TrainedModel, type TrainingItem } from "#nn/index.ts";

export interface ItemScore {
  readonly id: string;
  readonly group: string;
  readonly scores: SegmentationScores;
}

/**
 * Scores of the model's first compartment.
 *
 * @param scale  "auto" as a user gets it: estimated from the cells where no pixel size is known; "pixelSize": never.
 */
export async function scoreItems(
  engine: Engine,
  model: Pick<TrainedModel, "onnx" | "contract">,
  items: readonly TrainingItem[],
  scale: "auto" | "pixelSize" = "auto",
): Promise<ItemScore[]> {
  const loaded = await loadSegmentationModel(engine, model.onnx, model.contract);
  const compartment = loaded.contract.compartments[0]?.compartment ?? "nuclear";
  const scores: ItemScore[] = [];
  for (const { id, group, image, labels, mpp } of items) {
    const truth = labels[compartment];
    if (truth === undefined) continue;
    const found = await loaded.predict(image, { mpp, scale });
    scores.push({ id, group, scores: scoreSegmentation(truth, found.labels) });
  }
  await loaded.release();
  return scores;
}

/** AP, F1 and precision at IoU 0.5, and the mean of AP over 0.5 to 0.95, pooled over objects. */
export function headlineOfItems(scores: readonly ItemScore[]) {
  const pooled = poolScores(scores.map((one) => one.scores));
  const at50 = pooled.byThreshold.find(({ threshold }) => threshold === 0.5);
  return {
    images: scores.length,
    ap50: at50?.averagePrecision ?? 0,
    f1: at50?.f1 ?? 0,
    msa: pooled.meanAveragePrecision,
  };
}
