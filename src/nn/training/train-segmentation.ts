/**
 * The training loop.
 *
 * Batch, step, record; now and then validate and checkpoint. All state lies in `TrainingState`, replaced at each step, so
 * stopping anywhere and resuming gives the same bytes. Runs in the calling thread: give it a process of its own.
 */
import { FoundryError } from "#core/errors.ts";
import { rng } from "#core/rng.ts";
import type { InputContract } from "../contract/index.ts";
import { commonPixelSize } from "../contract/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { ParameterLayout } from "../layers/index.ts";
import { initialParameters } from "../layers/index.ts";
import { segmentationLayout } from "../models/index.ts";
import { learningRateAt } from "../optimisers/index.ts";
import type { Sampler } from "./batch.ts";
import { createSampler, makeBatch } from "./batch.ts";
import type { TrainingState } from "./checkpoint.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { SegmentationConfig } from "./config.ts";
import { architectureOf, assertConfig } from "./config.ts";
import type { CurvePoint } from "./curve.ts";
import { addLosses, emptySums, meanLosses } from "./curve.ts";
import type { PreparedItem, TrainingItem } from "./items.ts";
import { prepareItem } from "./items.ts";
import { contractOf, inferenceModel } from "./release-model.ts";
import { createStepSession, runStep } from "./step-runner.ts";
import { calibrate, chooseValidationItems, predictCases, scoreCases, startingParams } from "./validation.ts";
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
  readonly train: readonly TrainingItem[];
  /** May be empty: then nothing is scored, and post-processing keeps its defaults. */
  readonly validation: readonly TrainingItem[];
  /** Checkpoint of the same configuration and items to go on from. */
  readonly resume?: Uint8Array | undefined;
  /** Weights of a model with the same architecture to start from. Ignored when resuming. */
  readonly base?: Uint8Array | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void | Promise<void>) | undefined;
  readonly onCheckpoint?: ((bytes: Uint8Array, step: number) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainedModel {
  /** Canonical file of named float32 tensors (safetensors). */
  readonly weights: Uint8Array;
  /** Inference graph, weights inside: image [batch, 1, height, width] to innerDistance and foreground. */
  readonly onnx: Uint8Array;
  readonly contract: InputContract;
  readonly curve: readonly CurvePoint[];
}

interface Run {
  readonly options: TrainingOptions;
  readonly layout: ParameterLayout;
  readonly contract: InputContract;
  readonly sampler: Sampler;
  readonly validation: readonly PreparedItem[];
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

/** Released model of the current parameters, as a session; so what is scored is what would be released. */
async function withInferenceSession<T>(
  run: Run,
  theta: Float32Array,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { engine, config } = run.options;
  const session = await engine.createSession(await inferenceModel(engine, config, theta, run.contract));
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

async function validate(run: Run, theta: Float32Array): Promise<{ ap50: number; f1: number } | undefined> {
  const items = chooseValidationItems(run.validation, run.options.config.validationItemsMax);
  if (items.length === 0) return undefined;
  const { contract } = run;
  const reach = { stride: contract.stride, reach: contract.receptiveRadiusPx };
  const cases = await withInferenceSession(run, theta, (session) => predictCases(session, items, reach));
  const { ap50, f1 } = scoreCases(cases, contract.postprocessing);
  return { ap50, f1 };
}

/** Closes the open sums into a point of the curve, with validation when it is due. */
async function record(run: Run, state: TrainingState): Promise<TrainingState> {
  const { config, onProgress } = run.options;
  const done = state.step === config.steps;
  const validates = done || state.step % config.validateEvery === 0;
  const means = meanLosses(state.sums);
  if (means === null || !(validates || state.step % config.recordEvery === 0)) return state;
  const validation = validates ? await validate(run, state.theta) : undefined;
  const ms = performance.now() - run.startedAt;
  const point: CurvePoint = {
    step: state.step,
    ...means,
    learningRate: learningRateAt(config, state.step - 1),
    ...(validation === undefined ? {} : { validation }),
    ms,
  };
  const msPerStep = ms / Math.max(1, state.step - run.startStep);
  const msLeft = msPerStep * (config.steps - state.step);
  await onProgress?.({ point, step: state.step, steps: config.steps, msPerStep, msLeft });
  return { ...state, curve: [...state.curve, point], sums: emptySums };
}

async function stopIfAborted(run: Run, state: TrainingState): Promise<void> {
  const { signal, onCheckpoint, config } = run.options;
  if (signal?.aborted !== true) return;
  await onCheckpoint?.(encodeCheckpoint(config, state), state.step);
  throw new FoundryError("job.canceled", {
    message: `Training was cancelled at step ${state.step} of ${config.steps}.`,
  });
}

async function runSteps(run: Run, start: TrainingState): Promise<TrainingState> {
  const { engine, config, onCheckpoint } = run.options;
  const session = await createStepSession(engine, config);
  let state = start;
  try {
    while (state.step < config.steps) {
      await stopIfAborted(run, state);
      const batch = makeBatch(run.sampler, config, state.step);
      const result = await runStep(session, config, state, batch, state.step);
      state = {
        theta: result.theta,
        firstMoment: result.firstMoment,
        secondMoment: result.secondMoment,
        step: state.step + 1,
        curve: state.curve,
        sums: addLosses(state.sums, result.loss, result.lossTerms),
      };
      state = await record(run, state);
      if (state.step % config.checkpointEvery === 0 && state.step < config.steps) {
        await onCheckpoint?.(encodeCheckpoint(config, state), state.step);
      }
    }
    return state;
  } finally {
    await session.release();
  }
}

// Calibration post-processes each item a dozen times; more items than this would change the thresholds by nothing.
const CALIBRATION_ITEMS_MAX = 64;

async function finish(run: Run, state: TrainingState): Promise<TrainedModel> {
  const { engine, config } = run.options;
  const { contract } = run;
  const items = chooseValidationItems(run.validation, CALIBRATION_ITEMS_MAX);
  const reach = { stride: contract.stride, reach: contract.receptiveRadiusPx };
  const cases = await withInferenceSession(run, state.theta, (session) =>
    predictCases(session, items, reach),
  );
  const calibrated = { ...contract, postprocessing: calibrate(cases, contract.postprocessing) };
  return {
    weights: encodeWeights(run.layout, state.theta),
    onnx: await inferenceModel(engine, config, state.theta, calibrated),
    contract: calibrated,
    curve: state.curve,
  };
}

/**
 * Trains a segmentation model.
 *
 * Deterministic on the CPU: the same configuration, items, base and number of threads give the same bytes, whether in one
 * go or resumed from any checkpoint. `onCheckpoint` is called every `checkpointEvery` steps and when aborted.
 *
 * @throws FoundryError `dataset.empty` without training items; `training.config`; `training.diverged`; `job.canceled` when
 *         the signal is aborted; `array.nan`, `array.shapeMismatch` naming a bad item; `model.invalid` for a damaged
 *         checkpoint or base.
 */
export async function trainSegmentation(options: TrainingOptions): Promise<TrainedModel> {
  const { config, train, validation } = options;
  assertConfig(config);
  if (train.length === 0) {
    throw new FoundryError("dataset.empty", {
      message: "There are no training items.",
      hint: "Accept annotations of at least one image whose group is in the training split.",
    });
  }
  const contract = contractOf(config, commonPixelSize(train), startingParams);
  const layout = segmentationLayout(architectureOf(config));
  const start = startState({ options, layout });
  const run: Run = {
    options,
    layout,
    contract,
    sampler: createSampler(
      train.map((item) => prepareItem(item, contract)),
      config.groupPower,
    ),
    validation: validation.map((item) => prepareItem(item, contract)),
    startedAt: performance.now(),
    startStep: start.step,
  };
  return finish(run, await runSteps(run, start));
}
