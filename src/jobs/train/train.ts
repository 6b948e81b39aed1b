/**
 * Train: a dataset version and a seed become a model version, with its evaluation on the test split.
 *
 * The run is a row of its own with its resolved configuration, curve and checkpoints. A job that comes back after a
 * kill finds its run and goes on from the newest readable checkpoint; on one machine the weights are the same to the
 * byte as without the kill. At the end the candidate and, when there is one, the released version of the same line are
 * scored on the same test images, so that Release can decide.
 */

import { isFoundryError } from "#core/errors.ts";
import {
  type Engine,
  type FineTuning,
  fineTuningParts,
  type SegmentationConfig,
  type TrainedModel,
  type TrainingProgress,
  trainSegmentation,
  withAugmentPlans,
} from "#nn/index.ts";
import type { LinkingFineTuneConfig } from "#nn/linking/index.ts";
import {
  appendCurve,
  assertTrainable,
  createTrainingRun,
  type DatasetVersionDetail,
  datasetGroups,
  type Evaluation,
  finishTrainingRun,
  getDatasetVersion,
  getModelVersion,
  getTrainingRun,
  latestCheckpoint,
  type ModelVersion,
  saveCheckpoint,
  type TrainingRun,
  trainingRunOfJob,
} from "#store/index.ts";
import { engineChoice } from "../engine-choice.ts";
import { evaluateModelVersion } from "../evaluate.ts";
import type { JobContext, JobOutcome } from "../job.ts";
import { processEngine } from "../segmentation-models.ts";
import { readDatasetSettings } from "./dataset-settings.ts";
import { withEngineThread } from "./engine-thread.ts";
import {
  dataOfRun,
  isLinker,
  linkerCard,
  linkerConfig,
  linkerSteps,
  readLinkerWeights,
  trainLinker,
} from "./fine-tune-linker.ts";
import { type BaseModel, findFineTuning, isOpen, readBase, settingsOfBase } from "./fine-tuning.ts";
import { openLinkerData } from "./linker-data.ts";
import { modelCardOf } from "./model-card.ts";
import { resolveConfig, withFound } from "./run-config.ts";
import { configOf, openSources, type TrainingSources } from "./training-inputs.ts";

/** @throws FoundryError `dataset.*`, `training.config`, `training.diverged`, `model.invalid`, the signal's reason. */
export async function train(context: JobContext<"train">): Promise<JobOutcome> {
  const { store, params } = context;
  const dataset = await getDatasetVersion(store, params.datasetVersionId);
  const run = await openRun(context, dataset);
  const version =
    run.modelVersionId === null
      ? await runToVersion(context, dataset, run)
      : await getModelVersion(store, run.modelVersionId);
  const test = await evaluateSides(context, dataset, version);
  const at50 = test?.scores.find((score) => score.threshold === 0.5);
  return {
    result: {
      modelVersionId: version.id,
      modelVersion: `${version.name}@${version.version}`,
      runId: run.id,
      steps: run.steps,
      dataset: `${dataset.name}@${dataset.version}`,
      evaluationId: test?.id ?? null,
      test:
        at50 === undefined ? null : { ap50: at50.averagePrecision, f1: at50.f1, images: test?.imageCount },
    },
  };
}

async function openRun(context: JobContext<"train">, dataset: DatasetVersionDetail): Promise<TrainingRun> {
  const { store, actor, job, params } = context;
  const known = await trainingRunOfJob(store, job.id);
  if (known !== null) return known;
  context.report({
    fraction: 0,
    text: "Looking for test images that would leak into training",
    msLeft: null,
  });
  const { baseModelVersionId, waivers = [] } = params;
  const audit = await assertTrainable(store, dataset, { baseModelVersionId, waivers });
  const engine = await processEngine();
  const { config, notes, fineTuning } =
    (await linkerBase(context)) === null
      ? await configure(context, dataset, engine)
      : await configureLinker(context, dataset);
  return createTrainingRun(store, actor, {
    jobId: job.id,
    projectId: dataset.projectId,
    modelName: params.modelName,
    datasetVersionId: dataset.id,
    seed: params.seed,
    steps: config.steps,
    config: { ...config },
    inputs: {
      view: params.view ?? "whole",
      deviceClass: engine.deviceClass,
      notes,
      ...(fineTuning === null ? {} : { fineTuning }),
      accepted: audit.findings.flatMap(({ text, waiver }) =>
        waiver === null ? [] : [{ text, reason: waiver }],
      ),
    },
    device: `${engine.name} ${engine.device}`,
    ...(params.baseModelVersionId === undefined ? {} : { baseModelVersionId: params.baseModelVersionId }),
  });
}

interface Configured {
  readonly config: SegmentationConfig | LinkingFineTuneConfig;
  readonly notes: readonly string[];
  readonly fineTuning: FineTuning | null;
}

/** The base when it is a linker, which is trained on judged links; null for everything else. */
async function linkerBase({ store, params }: JobContext<"train">): Promise<ModelVersion | null> {
  if (params.baseModelVersionId === undefined) return null;
  const base = await getModelVersion(store, params.baseModelVersionId);
  return isLinker(base) ? base : null;
}

async function configureLinker(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
): Promise<Configured> {
  const { store, params, signal } = context;
  context.report({ fraction: 0, text: "Reading what people judged", msLeft: null });
  const base = (await linkerBase(context)) as ModelVersion;
  const data = await openLinkerData(store, dataset, params.view ?? "whole", signal);
  const config = linkerConfig(params, base, params.steps ?? 1);
  const { minutes } = params;
  if (minutes === undefined) return { config, notes: [], fineTuning: null };
  const theta = await readLinkerWeights(store, base);
  const steps = await withEngineThread(engineChoice(), (engine) =>
    linkerSteps(engine, config, theta, data, minutes),
  );
  return { config: { ...config, steps }, notes: [], fineTuning: null };
}

/** The whole configuration, found or given. Whatever would be refused is refused here, before a run exists. */
async function configure(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
  engine: Engine,
): Promise<Configured> {
  const { store, params } = context;
  context.report({ fraction: 0, text: "Measuring how long a step takes", msLeft: null });
  const base = await baseOf(context);
  const from = { view: params.view, base: base?.contract };
  const ofBase = base === null ? await readDatasetSettings(store, dataset) : settingsOfBase(base);
  if (base === null || !isOpen(params)) {
    const config = await resolveConfig(engine, params, ofBase);
    const sources = await openSources(store, dataset, config, from);
    return { config: withPlans(config, sources), notes: sources.notes, fineTuning: null };
  }
  const part = { ...params, minutes: (params.minutes ?? 0) / fineTuningParts };
  const draft = await resolveConfig(engine, part, ofBase);
  const sources = await openSources(store, dataset, draft, from);
  // In a thread of its own like the run itself: trials take minutes, and the job must keep its lease meanwhile.
  const fineTuning = await withEngineThread(engineChoice(), (own) =>
    findFineTuning(context, own, draft, sources, base),
  );
  const config = withPlans(withFound(draft, fineTuning), sources);
  return { config, notes: sources.notes, fineTuning };
}

/** Writes down pixel size and how images of each kind are changed, so that the run can be made again. */
function withPlans(config: SegmentationConfig, { train, mpp }: TrainingSources): SegmentationConfig {
  return { ...withAugmentPlans(config, mpp, train.facts), mpp };
}

async function baseOf({ store, params }: JobContext<"train">): Promise<BaseModel | null> {
  if (params.baseModelVersionId === undefined) return null;
  return readBase(store, await getModelVersion(store, params.baseModelVersionId));
}

async function runToVersion(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
  run: TrainingRun,
): Promise<ModelVersion> {
  const { store, actor } = context;
  const linker = await linkerBase(context);
  if (linker !== null) return linkerToVersion(context, dataset, run, linker);
  const startedAt = performance.now();
  const trained = await trainRun(context, dataset, run);
  const finished = await getTrainingRun(store, run.id);
  return finishTrainingRun(store, actor, run.id, {
    weights: trained.weights,
    onnx: trained.onnx,
    architecture: trained.contract.architecture,
    contract: { ...trained.contract },
    card: modelCardOf({
      dataset,
      groups: await datasetGroups(store, dataset.id),
      run: finished,
      ms: performance.now() - startedAt,
    }),
    licence: dataset.licence,
  });
}

async function linkerToVersion(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
  run: TrainingRun,
  base: ModelVersion,
): Promise<ModelVersion> {
  const { store, actor, signal } = context;
  const data = await dataOfRun(store, dataset, run, signal);
  const { learningRate } = run.config as unknown as LinkingFineTuneConfig;
  const { weights, onnx, contract, found } = await withEngineThread(engineChoice(), (engine) =>
    trainLinker(store, engine, run, data, {
      signal,
      onLook: async ({ step, loss, heldOut }) => {
        if (loss !== null) await appendCurve(store, run.id, [{ step, loss, learningRate, validation: null }]);
        context.report({
          fraction: step / run.steps,
          text: `Learning from corrections: step ${step} of at most ${run.steps}, held-out loss ${heldOut.loss.toFixed(4)}`,
          msLeft: null,
        });
      },
    }),
  );
  return finishTrainingRun(store, actor, run.id, {
    ...{ weights, onnx, contract, architecture: base.architecture, licence: dataset.licence },
    card: linkerCard({ dataset, run, base, found }),
  });
}

async function trainRun(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
  run: TrainingRun,
): Promise<TrainedModel> {
  const { store, params, signal } = context;
  context.report({ fraction: null, text: "Looking through the training images", msLeft: null });
  const config = configOf(run);
  const base = await baseOf(context);
  const { train, validation } = await openSources(store, dataset, config, {
    view: params.view,
    base: base?.contract,
  });
  const checkpoint = await latestCheckpoint(store, run.id);
  return withEngineThread(engineChoice(), (engine) =>
    trainSegmentation({
      engine,
      config,
      train,
      validation,
      ...(checkpoint === null ? {} : { resume: checkpoint.bytes }),
      ...(base === null ? {} : { base: base.weights, baseContract: base.contract }),
      signal,
      onProgress: (progress) => recordProgress(context, run, progress),
      onCheckpoint: async (bytes, step) => {
        // Whoever took the job over has newer ones.
        if (isFoundryError(signal.reason, "job.leaseLost")) return;
        await saveCheckpoint(store, run.id, bytes, step);
      },
    }),
  );
}

async function recordProgress(
  context: JobContext<"train">,
  run: TrainingRun,
  { point, step, steps, msLeft }: TrainingProgress,
): Promise<void> {
  const { loss, learningRate, validation } = point;
  await appendCurve(context.store, run.id, [
    { step: point.step, loss, learningRate, validation: validation ?? null },
  ]);
  const score = validation === undefined ? "" : `, validation AP ${validation.ap50.toFixed(3)}`;
  context.report({
    fraction: step / steps,
    text: `Training ${run.modelName}: step ${step} of ${steps}, loss ${loss.toFixed(4)}${score}`,
    msLeft,
  });
}

/** Scores the candidate, and the version it would replace, on the test split; null when the split is empty. */
async function evaluateSides(
  context: JobContext<"train">,
  dataset: DatasetVersionDetail,
  version: ModelVersion,
): Promise<Evaluation | null> {
  if (dataset.split.test.images === 0 || version.training?.view === "with-test") return null;
  const { store, actor, signal } = context;
  const released = await releasedOf(context, version.name);
  const base = await linkerBase(context);
  // What a linker learned shows beside where it started, whatever the name of its line.
  const others = [released, base].filter((side) => side !== null && side.id !== version.id) as ModelVersion[];
  const sides = [...new Map([...others, version].map((side) => [side.id, side])).values()];
  let last: Evaluation | null = null;
  for (const side of sides) {
    last = await evaluateModelVersion({
      store,
      actor,
      modelVersionId: side.id,
      datasetVersionId: dataset.id,
      split: "test",
      signal,
      report: (progress) => context.report(progress),
    });
  }
  return last;
}

async function releasedOf(context: JobContext<"train">, name: string): Promise<ModelVersion | null> {
  try {
    return await getModelVersion(context.store, name);
  } catch (error) {
    if (isFoundryError(error, "model.notFound")) return null;
    throw error;
  }
}
