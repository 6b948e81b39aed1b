/**
 * Evaluate: a model version predicts every image of a split; counts are pooled over images before any score is made.
 *
 * The outcome is a function of the model version and the dataset version, so an evaluation that is already there with
 * the same metric version is returned as it is.
 */

import type { ImageArray } from "#core/array/index.ts";
import {
  classifyErrors,
  countErrors,
  type MatchScores,
  matcherName,
  type ObjectErrors,
  poolScores,
  type SegmentationScores,
  scoreSegmentation,
} from "#core/metrics/index.ts";
import { upgradeContract } from "#nn/index.ts";
import {
  type Agent,
  addEvaluation,
  datasetItemsForTraining,
  type ErrorCounts,
  type Evaluation,
  evaluationFor,
  type GroupScore,
  getDatasetVersion,
  getModelVersion,
  type ModelVersion,
  type NewEvaluation,
  readImageFacts,
  type Score,
  type SplitRole,
  type Store,
  type TrainingItem,
} from "#store/index.ts";
import { chooseChannels, withChannels } from "./channels.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { createRateMeter, type ProgressReport } from "./progress.ts";
import { withSegmentationModel } from "./segmentation-models.ts";

/** Changes whenever the same labels would get another number, so that old and new scores are never compared. */
export const METRIC_VERSION = `${matcherName} errors/1`;

export interface EvaluateRequest {
  readonly store: Store;
  readonly actor: Agent;
  readonly modelVersionId: string;
  readonly datasetVersionId: string;
  readonly split: SplitRole;
  readonly signal: AbortSignal;
  readonly report: (progress: ProgressReport) => void;
}

/** Handler of `evaluate` jobs. */
export async function evaluate(context: JobContext<"evaluate">): Promise<JobOutcome> {
  const { store, actor, params, signal } = context;
  const evaluation = await evaluateModelVersion({
    store,
    actor,
    modelVersionId: params.modelVersionId,
    datasetVersionId: params.datasetVersionId,
    split: params.split,
    signal,
    report: (progress) => context.report(progress),
  });
  return { result: { evaluationId: evaluation.id, modelVersionId: params.modelVersionId } };
}

/**
 * The evaluation of a model version on a split, computed when there is none of this metric version.
 *
 * Memory: one image at a time. A split without images gives an evaluation of zero images.
 * @throws FoundryError `model.notFound`, `dataset.notFound`, `model.invalid`, `blob.corrupt`, the signal's reason.
 */
export async function evaluateModelVersion(request: EvaluateRequest): Promise<Evaluation> {
  const { store, actor, split } = request;
  const version = await getModelVersion(store, request.modelVersionId);
  const dataset = await getDatasetVersion(store, request.datasetVersionId);
  const known = await evaluationFor(store, version.id, dataset.id, split);
  if (known !== null && known.metricVersion === METRIC_VERSION) return known;
  const items = await scoreItems(request, version, dataset.split[split].images);
  const subject = { modelVersionId: version.id, datasetVersionId: dataset.id, split };
  return addEvaluation(store, actor, subject, summarise(items));
}

interface ScoredItem {
  readonly imageId: string;
  readonly group: string;
  readonly scores: SegmentationScores;
  readonly errors: ObjectErrors;
}

async function scoreItems(
  request: EvaluateRequest,
  version: ModelVersion,
  total: number,
): Promise<ScoredItem[]> {
  const { store, signal, split } = request;
  const meter = createRateMeter(() => performance.now());
  const items: ScoredItem[] = [];
  await withSegmentationModel(store, version, async (model) => {
    for await (const item of datasetItemsForTraining(store, request.datasetVersionId, split)) {
      signal.throwIfAborted();
      const image = await channelsForVersion(store, version, item);
      const predicted = await model.predict(image, { signal, mpp: item.mpp });
      items.push({
        imageId: item.imageId,
        group: item.group,
        scores: scoreSegmentation(item.labels, predicted.labels),
        errors: classifyErrors(item.labels, predicted.labels),
      });
      request.report({
        fraction: total === 0 ? null : items.length / total,
        text: `Evaluating ${version.name}@${version.version} on ${split}: image ${items.length} of ${total}`,
        msLeft: meter.msLeft(items.length, total),
      });
    }
  });
  return items;
}

/** The channels of an item that the model takes; as it is when that cannot be told, so that the model itself refuses. */
async function channelsForVersion(
  store: Store,
  version: ModelVersion,
  { imageId, image }: TrainingItem,
): Promise<ImageArray> {
  const contract = upgradeContract(version.contract);
  const facts = (await readImageFacts(store, [imageId])).get(imageId);
  const choice = chooseChannels(facts?.channels ?? [], contract.channels);
  return choice.state === "chosen" ? withChannels(image, choice.indices) : image;
}

function summarise(items: readonly ScoredItem[]): NewEvaluation {
  return {
    metricVersion: METRIC_VERSION,
    imageCount: items.length,
    scores: toScores(poolScores(items.map((item) => item.scores))),
    errors: toCounts(items.map((item) => item.errors)),
    groups: scoreGroups(items),
    items: items.map((item) => ({
      imageId: item.imageId,
      scores: toScores(item.scores),
      errors: toCounts([item.errors]),
    })),
  };
}

/** One line per leakage group, by name, so that the worst kind of image can be seen. */
function scoreGroups(items: readonly ScoredItem[]): GroupScore[] {
  const groups = Map.groupBy(items, (item) => item.group);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, members]) => {
      const pooled = poolScores(members.map((item) => item.scores));
      const at50 = pooled.byThreshold.find(({ threshold }) => threshold === 0.5);
      return { group, images: members.length, ap50: at50?.averagePrecision ?? 0, f1: at50?.f1 ?? 0 };
    });
}

function toScores(scores: SegmentationScores): Score[] {
  return scores.byThreshold.map((score: MatchScores) => ({
    threshold: score.threshold,
    tp: score.tp,
    fp: score.fp,
    fn: score.fn,
    precision: score.precision,
    recall: score.recall,
    f1: score.f1,
    averagePrecision: score.averagePrecision,
    panopticQuality: score.panopticQuality,
  }));
}

function toCounts(list: readonly ObjectErrors[]): ErrorCounts {
  const { correct, missed, gained, split, merge, catastrophe } = countErrors(list);
  return { correct, missed, gained, split, merge, catastrophe };
}
