/**
 * Runs the training-step graph: one batch in, new state and losses out.
 */
import { FoundryError } from "#core/errors.ts";
import type { Engine, Session, Tensor } from "../engine/engine.ts";
import { lossTermNames, segmentationStepModel } from "../models/index.ts";
import { biasCorrections, learningRateAt } from "../optimisers/index.ts";
import type { Batch } from "./batch.ts";
import type { OptimiserVectors } from "./checkpoint.ts";
import type { SegmentationConfig } from "./config.ts";
import { architectureOf, optimiserOf } from "./config.ts";

export interface StepResult extends OptimiserVectors {
  readonly loss: number;
  readonly lossTerms: Readonly<Record<string, number>>;
  readonly gradientNorm: number;
}

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data });
const number = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });

export async function createStepSession(engine: Engine, config: SegmentationConfig): Promise<Session> {
  const { batchSize, cropSize } = config;
  const settings = {
    architecture: architectureOf(config),
    batchSize,
    cropSize,
    optimiser: optimiserOf(config),
    channelBlock: engine.channelBlock,
  };
  return engine.createSession(segmentationStepModel(settings));
}

/**
 * One optimiser step.
 *
 * @param step steps done before this one.
 * @throws FoundryError `training.diverged` when the loss or the gradient is no longer finite.
 */
export async function runStep(
  session: Session,
  config: SegmentationConfig,
  state: OptimiserVectors,
  batch: Omit<Batch, "crops">,
  step: number,
): Promise<StepResult> {
  const corrections = biasCorrections(optimiserOf(config), step + 1);
  const outputs = await session.run({
    image: batch.image,
    targets: batch.targets,
    weights: batch.weights,
    theta: vector(state.theta),
    firstMoment: vector(state.firstMoment),
    secondMoment: vector(state.secondMoment),
    learningRate: number(learningRateAt(config, step)),
    correction1: number(corrections.correction1),
    correction2: number(corrections.correction2),
  });
  const floats = (name: string): Float32Array => {
    const data = outputs[name]?.data;
    if (data instanceof Float32Array) return data;
    throw new FoundryError("engine.failed", { message: `The training step gave no output "${name}".` });
  };
  const loss = Number(floats("loss")[0]);
  const gradientNorm = Number(floats("gradientNorm")[0]);
  if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
    throw new FoundryError("training.diverged", {
      message: `Training became unstable at step ${step + 1}: the loss is no longer a number.`,
      hint: "Start again with a lower learning rate, or look for damaged images among the training items.",
      details: { step: step + 1, loss: String(loss), gradientNorm: String(gradientNorm) },
    });
  }
  const names = lossTermNames(architectureOf(config));
  const lossTerms = Object.fromEntries(names.map((name) => [name, Number(floats(`loss.${name}`)[0])]));
  return {
    theta: floats("next.theta"),
    firstMoment: floats("next.firstMoment"),
    secondMoment: floats("next.secondMoment"),
    loss,
    lossTerms,
    gradientNorm,
  };
}
