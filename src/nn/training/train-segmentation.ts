/**
 * The training loop.
 *
 * Batch, step, record; now and then validate and checkpoint. Pixels are read as crops need them, within a bound of memory. All state lies in `TrainingState`, replaced at each step, so
 * stopping anywhere and resuming gives the same bytes. Runs in the calling thread: give it a process of its own.
 */
import { FoundryError } from "#core/errors.ts";
import { poolScores } from "#core/metrics/index.ts";
import { rng } from "#core/rng.ts";
import type { InputContract } from "../contract/index.ts";
import { commonPixelSize } from "../contract/index.ts";
import type { Engine } from "../engine/engine.ts";
import { headDesign, headNames, isReleasable } from "../heads/index.ts";
import type { ParameterLayout } from "../layers/index.ts";
import { initialParameters } from "../layers/index.ts";
import { segmentationLayout } from "../models/index.ts";
import { learningRateAt } from "../optimisers/index.ts";
import type { Batch, Sampler } from "./batch.ts";
import { createSampler, makeBatch, mixSamplers, planCrops } from "./batch.ts";
import { preparedAhead } from "./batch-source.ts";
import { assertConfig } from "./check-config.ts";
import type { TrainingState } from "./checkpoint.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { FoundThresholds, SegmentationConfig } from "./config.ts";
import { architectureOf } from "./config.ts";
import type { CurvePoint } from "./curve.ts";
import { addLosses, emptySums, meanLosses } from "./curve.ts";
import { finishTraining, fitThresholds, withInferenceSession } from "./finish-training.ts";
import type { ItemCache } from "./item-cache.ts";
import { createItemCache, itemCacheBytesDefault } from "./item-cache.ts";
import type { ItemSource, PreparedItem } from "./items.ts";
import { itemsInMemory } from "./items.ts";
import { contractOf } from "./release-model.ts";
import { simulatedItems } from "./simulated-items.ts";
import { createStepRunner } from "./step-runner.ts";
import type { ValidationCase } from "./validation.ts";
import { chooseValidationItems, pooledAtHalf, predictCases, scoreCase } from "./validation.ts";
import { decodeWeights, encodeWeights } from "./weights.ts";

export interface TrainingProgress {
  readonly point: CurvePoint;
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Mean over this process' steps, validation included. */
  readonly msPerStep: number;
  readonly msLeft: number;
}

export interface TrainingOptions {
  readonly engine: Engine;
  readonly config: SegmentationConfig;
  readonly train: ItemSource;
  /** May be empty: then nothing is scored, and post-processing keeps its defaults. */
  readonly validation: ItemSource;
  /** Bound on pixels kept in memory; it changes how long a run takes, never its bytes. Default 1 GiB. */
  readonly cacheBytes?: number | undefined;
  /** Checkpoint of the same configuration and items to go on from. */
  readonly resume?: Uint8Array | undefined;
  /** Weights of a model with the same architecture to start from. Ignored when resuming. */
  readonly base?: Uint8Array | undefined;
  /** Of the base: its pixel size and normalisation stay, because its weights know no others. */
  readonly baseContract?: InputContract | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void | Promise<void>) | undefined;
  readonly onCheckpoint?: ((bytes: Uint8Array, step: number) => Promise<void>) | undefined;
  /** Gets what the network answered at each validation, for the first `KEPT_PIXELS_MAX` pixels of images. */
  readonly onValidated?: ((validated: Validated) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What thresholds can be chosen on. */
export interface Validated {
  readonly cases: readonly ValidationCase[];
  /** With the thresholds that were used. */
  readonly contract: InputContract;
}

export interface TrainedModel {
  /** Canonical file of named float32 tensors (safetensors). */
  readonly weights: Uint8Array;
  /** Inference graph, weights inside: image [batch, c, height, width] to the outputs named in the contract. */
  readonly onnx: Uint8Array;
  readonly contract: InputContract;
  readonly curve: readonly CurvePoint[];
}

interface Run {
  readonly options: TrainingOptions;
  readonly layout: ParameterLayout;
  readonly contract: InputContract;
  readonly sampler: Sampler;
  readonly items: ItemCache;
  readonly validation: ItemCache;
  readonly startedAt: number;
  readonly startStep: number;
}

function startState({ options, layout }: Pick<Run, "options" | "layout">): TrainingState {
  const { config, resume, base } = options;
  if (resume !== undefined) return decodeCheckpoint(resume, config, layout.total);
  const theta =
    base === undefined
      ? initialParameters(layout, rng(config.seed, "parameters"))
      : decodeWeights(layout, base);
  const zeros = (): Float32Array => new Float32Array(layout.total);
  return { theta, firstMoment: zeros(), secondMoment: zeros(), step: 0, curve: [], sums: emptySums };
}

/** AP and F1 at IoU 0.5, and how many cells they rest on. */
interface Score {
  readonly ap50: number;
  readonly f1: number;
  readonly objects: number;
}

/** Held at 12 bytes a pixel while thresholds may still be chosen on it: 200 MB, and once more for the best point of a trial. */
const KEPT_PIXELS_MAX = 2 ** 24;

async function validate(run: Run, theta: Float32Array): Promise<Score | undefined> {
  const { facts } = run.options.validation;
  const items = chooseValidationItems(facts, run.options.config.validationItemsMax);
  if (items.length === 0) return undefined;
  const { engine, config, onValidated } = run.options;
  const head = headDesign(config.head);
  const kept: ValidationCase[] = [];
  let room = onValidated === undefined ? 0 : KEPT_PIXELS_MAX;
  // One image at a time: unless somebody asks for more, what is kept of each is its counts.
  const scores = await withInferenceSession(
    { engine, config, contract: run.contract },
    theta,
    async (session) => {
      const list = [];
      for (const { id } of items) {
        const cases = await predictCases(session, await run.validation.get(id), head, run.contract);
        for (const one of cases) {
          const { compartment } = one;
          const own = run.contract.compartments.find((known) => known.compartment === compartment);
          list.push({ compartment, scores: scoreCase(one, head, own?.postprocessing ?? head.start) });
          room -= one.labels.data.length;
          if (room >= 0) kept.push(one);
        }
      }
      return list;
    },
  );
  onValidated?.({ cases: kept, contract: run.contract });
  const objects = poolScores(scores.map((one) => one.scores)).byThreshold[0]?.referenceCount ?? 0;
  return { ...pooledAtHalf(scores), objects };
}

/** Closes the open sums into a point of the curve, with validation when it is due. */
async function record(run: Run, state: Progress, whole: () => Promise<TrainingState>): Promise<Progress> {
  const { config, onProgress } = run.options;
  const done = state.step === config.steps;
  const validates = done || state.step % config.validateEvery === 0;
  const means = meanLosses(state.sums);
  if (means === null || !(validates || state.step % config.recordEvery === 0)) return state;
  const validation = validates ? await validate(run, (await whole()).theta) : undefined;
  const ms = performance.now() - run.startedAt;
  const point: CurvePoint = {
    step: state.step,
    ...means,
    learningRate: learningRateAt(config, state.step - 1),
    ...(validation === undefined ? {} : { validation: { ap50: validation.ap50, f1: validation.f1 } }),
    ms,
  };
  const msPerStep = ms / Math.max(1, state.step - run.startStep);
  const msLeft = msPerStep * (config.steps - state.step);
  await onProgress?.({ point, step: state.step, steps: config.steps, msPerStep, msLeft });
  return { ...state, curve: [...state.curve, point], sums: emptySums };
}

async function stopIfAborted(run: Run, whole: () => Promise<TrainingState>): Promise<void> {
  const { signal, onCheckpoint, config } = run.options;
  if (signal?.aborted !== true) return;
  const state = await whole();
  await onCheckpoint?.(encodeCheckpoint(config, state), state.step);
  throw new FoundryError("job.canceled", {
    message: `Training was cancelled at step ${state.step} of ${config.steps}.`,
  });
}

/** What changes from step to step beside the weights, which stay with the engine. */
type Progress = Pick<TrainingState, "step" | "curve" | "sums">;

/** Batches made while the engine computes; one is enough to keep it busy when batches take less time than steps. */
const BATCHES_AHEAD = 1;

/** Steps whose items are fetched ahead: reading goes on while the network computes. */
const STEPS_AHEAD = 2;

async function batchOf(run: Run, step: number): Promise<Batch> {
  const { config } = run.options;
  const planned = (at: number) => planCrops(run.sampler, config, run.contract, at);
  const plans = planned(step);
  const prepared = await Promise.all(plans.map(({ item }) => run.items.get(item.id)));
  for (let ahead = 1; ahead <= STEPS_AHEAD && step + ahead < config.steps; ahead++) {
    run.items.prefetch(planned(step + ahead).map(({ item }) => item.id));
  }
  return makeBatch(plans, (i) => prepared[i] as PreparedItem, config);
}

async function runSteps(run: Run, start: TrainingState): Promise<TrainingState> {
  const { engine, config, onCheckpoint } = run.options;
  const runner = await createStepRunner(engine, config, start);
  const batches = preparedAhead((step) => batchOf(run, step), config.steps, BATCHES_AHEAD);
  const { curve, sums } = start;
  let state: Progress = { step: start.step, curve, sums };
  const whole = async (): Promise<TrainingState> => ({ ...state, ...(await runner.readState()) });
  try {
    while (state.step < config.steps) {
      await stopIfAborted(run, whole);
      const batch = await batches.batchOf(state.step);
      const result = await runner.step(batch, state.step);
      state = {
        step: state.step + 1,
        curve: state.curve,
        sums: addLosses(state.sums, result.loss, result.lossTerms),
      };
      state = await record(run, state, whole);
      if (state.step % config.checkpointEvery === 0 && state.step < config.steps) {
        await onCheckpoint?.(encodeCheckpoint(config, await whole()), state.step);
      }
    }
    return await whole();
  } finally {
    await runner.release();
  }
}

async function finish(run: Run, { theta, curve }: TrainingState): Promise<TrainedModel> {
  const { engine, config, train, validation } = run.options;
  const finished = await finishTraining({
    engine,
    config,
    theta,
    contract: run.contract,
    base: run.options.baseContract,
    train: { facts: train.facts, items: run.items },
    validation: { facts: validation.facts, items: run.validation },
  });
  return { weights: encodeWeights(run.layout, theta), ...finished, curve };
}

function contractAtStart({ config, train, baseContract }: TrainingOptions): InputContract {
  if (baseContract === undefined)
    return contractOf(config, config.mpp === undefined ? commonPixelSize(train.facts) : config.mpp);
  const { mpp, normalisation, compartments } = baseContract;
  const contract = contractOf(config, mpp);
  return {
    ...contract,
    normalisation,
    compartments: contract.compartments.map((one) => ({
      ...one,
      postprocessing:
        compartments.find(({ compartment }) => compartment === one.compartment)?.postprocessing ??
        one.postprocessing,
    })),
  };
}

const withThresholds = (contract: InputContract, found: FoundThresholds): InputContract => ({
  ...contract,
  compartments: contract.compartments.map((one) => ({
    ...one,
    postprocessing: { ...one.postprocessing, ...found[one.compartment] },
  })),
});

function samplerOf(images: ItemSource, simulated: ItemSource, config: SegmentationConfig): Sampler {
  const { groupPower, simulatedShare } = config;
  const sampler = createSampler(images.facts, groupPower);
  if (simulated.facts.length === 0) return sampler;
  return mixSamplers(sampler, createSampler(simulated.facts, groupPower), simulatedShare);
}

/** What the model has seen is told from the images alone: nobody wants to hear that their image is like a simulated one. */
function bothSources(images: ItemSource, simulated: ItemSource): ItemSource {
  const known = new Set(simulated.facts.map(({ id }) => id));
  return {
    facts: [...images.facts, ...simulated.facts],
    load: (id) => (known.has(id) ? simulated : images).load(id),
  };
}

/**
 * The contract that a run trains with: with the thresholds that were found for it, else a base's are fitted to the training
 * images, if the configuration says so, before any weight has learnt from them. Depends on base and items alone, so a resumed run has the same.
 */
async function contractOfRun(options: TrainingOptions): Promise<InputContract> {
  const { engine, config, train, base, baseContract, cacheBytes = itemCacheBytesDefault } = options;
  const contract = contractAtStart(options);
  if (config.thresholds !== undefined) return withThresholds(contract, config.thresholds);
  if (base === undefined || baseContract === undefined || config.fitThresholds !== true) return contract;
  return fitThresholds({
    engine,
    config,
    contract,
    theta: decodeWeights(segmentationLayout(architectureOf(config)), base),
    validation: { facts: train.facts, items: createItemCache(train, contract, cacheBytes / 4) },
  });
}

/** @param simulated  painted for training; what only scores needs none. */
function openRun(
  options: TrainingOptions,
  contract: InputContract,
  simulated: ItemSource = itemsInMemory([]),
): { readonly run: Run; readonly start: TrainingState } {
  const { config, train, validation, cacheBytes = itemCacheBytesDefault } = options;
  const layout = segmentationLayout(architectureOf(config));
  const start = startState({ options, layout });
  const run: Run = {
    options,
    layout,
    contract,
    sampler: samplerOf(train, simulated, config),
    items: createItemCache(bothSources(train, simulated), contract, cacheBytes),
    // Scoring reads its images in order, so what is kept beyond one of them saves little.
    validation: createItemCache(validation, contract, cacheBytes / 4),
    startedAt: performance.now(),
    startStep: start.step,
  };
  return { run, start };
}

/**
 * AP and F1 at IoU 0.5 on the validation items before the first step: of the base, with its thresholds or those that the
 * configuration lets fit. Undefined without items.
 *
 * @throws FoundryError as `trainSegmentation`. Cost: one prediction of each scored item, and what fitting thresholds takes.
 */
export async function scoreAtStart(options: TrainingOptions): Promise<Score | undefined> {
  assertConfig(options.config);
  const { run, start } = openRun(options, await contractOfRun(options));
  return validate(run, start.theta);
}

/** What a run comes to before calibration and release. */
export interface TrainedParameters {
  readonly theta: Float32Array;
  readonly curve: readonly CurvePoint[];
  /** Not calibrated. */
  readonly contract: InputContract;
}

async function runWhole(
  options: TrainingOptions,
): Promise<{ readonly run: Run; readonly state: TrainingState }> {
  const { config, train } = options;
  assertConfig(config);
  if (train.facts.length === 0) {
    throw new FoundryError("dataset.empty", {
      message: "There are no training items.",
      hint: "Accept annotations of at least one image whose group is in the training split.",
    });
  }
  const { run, start } = openRun(options, await contractOfRun(options), simulatedItems(config));
  return { run, state: await runSteps(run, start) };
}

/**
 * Trains without releasing: for comparing heads, also those whose outputs no contract describes.
 *
 * Everything else as `trainSegmentation`.
 */
export async function trainParameters(options: TrainingOptions): Promise<TrainedParameters> {
  const { run, state } = await runWhole(options);
  return { theta: state.theta, curve: state.curve, contract: run.contract };
}

/**
 * Trains a segmentation model.
 *
 * Deterministic on the CPU: the same configuration, items, base and number of threads give the same bytes, whether in one
 * go or resumed from any checkpoint. `onCheckpoint` is called every `checkpointEvery` steps and when aborted.
 *
 * @throws FoundryError `dataset.empty` without training items; `training.config`, also for a head that can only be compared;
 *         `training.diverged`; `job.canceled` when the signal is aborted; `array.nan`, `array.shapeMismatch` naming a bad
 *         item; `model.invalid` for a damaged checkpoint or base.
 */
export async function trainSegmentation(options: TrainingOptions): Promise<TrainedModel> {
  const { head } = options.config;
  if (headNames.includes(head) && !isReleasable(headDesign(head))) {
    throw new FoundryError("training.config", {
      message: `Models with the head "${head}" cannot be released: a contract describes inner distance and foreground.`,
      hint: `Train with one of ${headNames.filter((name) => isReleasable(headDesign(name))).join(", ")}.`,
    });
  }
  const { run, state } = await runWhole(options);
  return finish(run, state);
}
