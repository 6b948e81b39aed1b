/**
 * Evaluate: a model version predicts every image of a split; counts are pooled over images before any score is made.
 *
 * The outcome is a function of the model version and the dataset version, so an evaluation that is already there with
 * the same metric version is returned as it is.
 */

import { matcherName } from "#core/metrics/index.ts";
import { keepsFrozenTest, parseSplitView } from "#core/select/index.ts";
import type { Compartment } from "#nn/index.ts";
import {
  type Agent,
  addEvaluation,
  type DatasetItem,
  type DatasetVersionDetail,
  datasetItemsInView,
  type Evaluation,
  evaluationsFor,
  exportDatasetItems,
  getDatasetVersion,
  getModelVersion,
  inTransaction,
  listDatasetItems,
  type ModelVersion,
  type NewEvaluationImage,
  readArray,
  type SplitRole,
  type Store,
} from "#store/index.ts";
import { scoreImage } from "./evaluate-image.ts";
import { comparePinned } from "./evaluate-pinned.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { compartmentsOf, predictCompartments } from "./predict/index.ts";
import { createRateMeter, type ProgressReport } from "./progress.ts";
import { summarise } from "./summarise-evaluation.ts";

/** Changes whenever the same labels would get another number, so that old and new scores are never compared. */
export const METRIC_VERSION = `${matcherName} errors/1 objects/1 regions/1`;

/** Items read at once; their pixels are read one at a time. */
const itemsPerPage = 200;

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
  if (params.pinnedOf !== undefined) return comparePinned(context, params.pinnedOf);
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
 * The evaluation of a model version on a split, computed when there is none of this metric version: one record for each
 * compartment of the model that the images have labels of. The first is returned.
 *
 * Memory: one image at a time, and its sums. A split without images gives an evaluation of zero images.
 * @throws FoundryError `model.notFound`, `dataset.notFound`, `model.invalid`, `blob.corrupt`, the signal's reason.
 */
export async function evaluateModelVersion(request: EvaluateRequest): Promise<Evaluation> {
  const { store, actor, split } = request;
  const version = await getModelVersion(store, request.modelVersionId);
  const dataset = await getDatasetVersion(store, request.datasetVersionId);
  if (version.contract["kind"] === "linking") {
    const { evaluateLinker } = await import("./evaluate-linker.ts");
    return evaluateLinker(request, version, dataset);
  }
  const known = await evaluationsFor(store, version.id, dataset.id, split);
  const current = known.find(({ metricVersion }) => metricVersion === METRIC_VERSION);
  if (current !== undefined) return current;
  const byCompartment = await scoreItems(request, version, dataset);
  const summaries = [...byCompartment].map(
    ([compartment, images]) => [compartment, summarise(images, METRIC_VERSION)] as const,
  );
  // All compartments appear together, so that a version with one of them is known to have all.
  return inTransaction(store, async (tx) => {
    let first: Evaluation | null = null;
    for (const [compartment, summary] of summaries) {
      const subject = { modelVersionId: version.id, datasetVersionId: dataset.id, split, compartment };
      const kept = await addEvaluation(tx, actor, subject, summary);
      first ??= kept;
    }
    return first as Evaluation;
  });
}

async function scoreItems(
  request: EvaluateRequest,
  version: ModelVersion,
  dataset: DatasetVersionDetail,
): Promise<Map<Compartment, NewEvaluationImage[]>> {
  const { store, signal, split } = request;
  const pages = await openPages(store, version, dataset, split);
  const { total } = pages;
  const meter = createRateMeter(() => performance.now());
  const found = new Map<Compartment, NewEvaluationImage[]>();
  let done = 0;
  for await (const items of pages.read()) {
    for (const item of await exportDatasetItems(store, items, dataset.createdAt)) {
      signal.throwIfAborted();
      const image = await readArray(store, item.arrayDigest);
      const seen = { imageId: item.id, image, mpp: item.mpp };
      for (const [compartment, labels] of await predictCompartments(store, version, seen, signal)) {
        const scored = await scoreImage(store, item, compartment, labels);
        if (scored !== null) found.set(compartment, [...(found.get(compartment) ?? []), scored]);
      }
      done += 1;
      request.report({
        fraction: total === 0 ? null : done / total,
        text: `Evaluating ${version.name}@${version.version} on ${split}: image ${done} of ${total}`,
        msLeft: meter.msLeft(done, total),
      });
    }
  }
  const all = compartmentsOf(version);
  const present = all.filter((compartment) => found.has(compartment));
  const named = present.length > 0 ? present : all.slice(0, 1);
  return new Map(named.map((compartment) => [compartment, found.get(compartment) ?? []]));
}

interface Pages {
  readonly total: number;
  read(): AsyncGenerator<readonly DatasetItem[]>;
}

/**
 * The images to score: those of the frozen split, or, for a model that was trained on this very version in another
 * split, those of that split, so that what it left out is what it is tested on.
 */
async function openPages(
  store: Store,
  version: ModelVersion,
  dataset: DatasetVersionDetail,
  split: SplitRole,
): Promise<Pages> {
  const trainedHere = version.dataset?.versionId === dataset.id;
  const view = parseSplitView(trainedHere ? (version.training?.view ?? "whole") : "whole");
  if (keepsFrozenTest(view)) {
    return { total: dataset.split[split].images, read: () => frozenPages(store, dataset.id, split) };
  }
  const items = (await datasetItemsInView(store, dataset, view)).filter(({ role }) => role === split);
  return {
    total: items.length,
    async *read() {
      for (let at = 0; at < items.length; at += itemsPerPage) yield items.slice(at, at + itemsPerPage);
    },
  };
}

async function* frozenPages(
  store: Store,
  datasetVersionId: string,
  role: SplitRole,
): AsyncGenerator<readonly DatasetItem[]> {
  for (let after: number | null = -1; after !== null; ) {
    const page = await listDatasetItems(store, datasetVersionId, { role, after, limit: itemsPerPage });
    yield page.items;
    after = page.nextAfter;
  }
}
