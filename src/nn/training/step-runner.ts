/**
 * Runs the training-step graph: one batch in, losses out; weights and optimiser state stay with the engine.
 */
import { FoundryError } from "#core/errors.ts";
import type { Engine, Tensor } from "../engine/engine.ts";
import { openStateSession } from "../engine/state-session.ts";
import { lossTermNames, segmentationStepModel } from "../models/index.ts";
import { biasCorrections, learningRateAt } from "../optimisers/index.ts";
import type { Batch } from "./batch.ts";
import type { OptimiserVectors } from "./checkpoint.ts";
import type { SegmentationConfig } from "./config.ts";
import { architectureOf, optimiserOf } from "./config.ts";

interface StepResult {
  readonly loss: number;
  readonly lossTerms: Readonly<Record<string, number>>;
  readonly gradientNorm: number;
}

export interface StepRunner {
  /**
   * One optimiser step. @param step steps done before this one.
   *
   * @throws FoundryError `training.diverged` when the loss or the gradient is no longer finite.
   */
  step(batch: Omit<Batch, "crops">, step: number): Promise<StepResult>;
  /** Copies of weights and optimiser state after the last step: for validation, checkpoints and the end. */
  readState(): Promise<OptimiserVectors>;
  release(): Promise<void>;
}

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data });
const number = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });

const floats = (tensors: Readonly<Record<string, Tensor>>, name: string): Float32Array => {
  const data = tensors[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new FoundryError("engine.failed", { message: `The training step gave no output "${name}".` });
};

function resultOf(
  outputs: Readonly<Record<string, Tensor>>,
  terms: readonly string[],
  step: number,
): StepResult {
  const loss = Number(floats(outputs, "loss")[0]);
  const gradientNorm = Number(floats(outputs, "gradientNorm")[0]);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
    throw new FoundryError("training.diverged", {
      message: `Training became unstable at step ${step + 1}: the loss is no longer a number.`,
      hint: "Start again with a lower learning rate, or look for damaged images among the training items.",
      details: { step: step + 1, loss: String(loss), gradientNorm: String(gradientNorm) },
    });
  }
  const lossTerms = Object.fromEntries(
    terms.map((name) => [name, Number(floats(outputs, `loss.${name}`)[0])]),
  );
  return { loss, lossTerms, gradientNorm };
}

/** A runner that starts from `state`, which is copied. */
export async function createStepRunner(
  engine: Engine,
  config: SegmentationConfig,
  state: OptimiserVectors,
): Promise<StepRunner> {
  const { batchSize, cropSize } = config;
  const architecture = architectureOf(config);
  const optimiser = optimiserOf(config);
  const terms = lossTermNames(architecture);
  const model = segmentationStepModel({
    architecture,
    batchSize,
    cropSize,
    optimiser,
    channelBlock: engine.channelBlock,
  });
  const session = await openStateSession(engine, model, {
    initial: {
      theta: vector(state.theta),
      firstMoment: vector(state.firstMoment),
      secondMoment: vector(state.secondMoment),
    },
    next: { theta: "next.theta", firstMoment: "next.firstMoment", secondMoment: "next.secondMoment" },
  });
  return {
    async step({ image, targets, weights }, step) {
      const { correction1, correction2 } = biasCorrections(optimiser, step + 1);
      const outputs = await session.step({
        image,
        targets,
        weights,
        learningRate: number(learningRateAt(config, step)),
        correction1: number(correction1),
        correction2: number(correction2),
      });
      return resultOf(outputs, terms, step);
    },
    async readState() {
      const tensors = await session.readState();
      return {
        theta: floats(tensors, "theta"),
        firstMoment: floats(tensors, "firstMoment"),
        secondMoment: floats(tensors, "secondMoment"),
      };
    },
    release: () => session.release(),
  };
}
