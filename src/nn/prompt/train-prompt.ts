/**
 * Trains the prompt network on labelled images, step by step, so that a run can be stopped and gone on with.
 *
 * Steps come in pairs on the same examples: first what a person gives first, then a click that corrects the answer of the
 * first step, which the step itself gave. A run is a function of its configuration and its scenes; checkpoints lie between
 * pairs, so a run that was stopped ends with the same bytes.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import { type Rng, rng } from "#core/rng.ts";
import type { Engine, Tensor } from "../engine/engine.ts";
import { openStateSession } from "../engine/state-session.ts";
import { initialParameters } from "../layers/index.ts";
import { type AdamWSettings, biasCorrections, learningRateAt } from "../optimisers/index.ts";
import { decodeTensors, encodeTensors } from "../training/safetensors.ts";
import { correctedExample, drawExample, type Example } from "./draw-example.ts";
import {
  defaultPromptArchitecture,
  type PromptArchitecture,
  promptLayout,
  promptPlanes,
} from "./prompt-network.ts";
import { cellsOfScene, type PromptScene, type SceneCell, usualDiameter } from "./prompt-scene.ts";
import { promptLossNames, promptStepModel } from "./prompt-step.ts";
import { viewSide } from "./prompt-view.ts";

export interface PromptConfig {
  readonly seed: number;
  readonly architecture: PromptArchitecture;
  readonly batchSize: number;
  /** An even number: steps come in pairs. */
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Share of the examples by family of scenes; they are taken as parts of their sum. */
  readonly families: Readonly<Record<string, number>>;
  /** Digest of the checkpoint whose weights the run starts from; null: random ones. */
  readonly startedFrom: string | null;
}

export const defaultPromptConfig: PromptConfig = {
  seed: 1,
  architecture: defaultPromptArchitecture,
  batchSize: 8,
  steps: 4000,
  learningRate: 2e-3,
  warmupSteps: 100,
  families: {},
  startedFrom: null,
};

const optimiser: AdamWSettings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 1 };

export interface PromptState {
  readonly theta: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** Steps done. */
  readonly step: number;
}

interface PromptProgress {
  readonly step: number;
  readonly loss: number;
  readonly terms: Readonly<Record<(typeof promptLossNames)[number], number>>;
}

interface PromptOptions {
  /** Goes on from here. */
  readonly from?: PromptState;
  /** Stops after so many steps in all, rounded up to a pair; default the whole run. */
  readonly until?: number;
  onStep?(progress: PromptProgress): void;
}

interface KnownScene {
  readonly scene: PromptScene;
  readonly cells: readonly SceneCell[];
  readonly usualPx: number;
}

/** Scenes by family and group, in an order of names; those without cells are left out. */
function arrange(scenes: readonly PromptScene[]): Map<string, Map<string, KnownScene[]>> {
  const arranged = new Map<string, Map<string, KnownScene[]>>();
  for (const scene of [...scenes].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const cells = cellsOfScene(scene);
    if (cells.length === 0) continue;
    const groups = arranged.get(scene.family) ?? new Map<string, KnownScene[]>();
    arranged.set(scene.family, groups);
    groups.set(scene.group, [
      ...(groups.get(scene.group) ?? []),
      { scene, cells, usualPx: usualDiameter(cells) },
    ]);
  }
  return arranged;
}

/** One of these by weight. */
function pickBy<T>(items: readonly T[], weightOf: (item: T) => number, random: Rng): T {
  let at = random.next() * items.reduce((sum, item) => sum + weightOf(item), 0);
  for (const item of items) {
    at -= weightOf(item);
    if (at < 0) return item;
  }
  return items.at(-1) as T;
}

/** Family by its share, group by the root of its number of images, image and cell evenly. */
function exampleAt(
  arranged: ReturnType<typeof arrange>,
  config: PromptConfig,
  pair: number,
  i: number,
): Example {
  const random = rng(config.seed, "example", pair, i);
  const [, groups] = pickBy([...arranged], ([name]) => config.families[name] ?? 1, random);
  const known = random.pick(pickBy([...groups.values()], (items) => Math.sqrt(items.length), random));
  return drawExample(known.scene, random.pick(known.cells), known.usualPx, random);
}

function feedsOf(examples: readonly Example[]): Record<string, Tensor> {
  const join = (name: "planes" | "target" | "weight", channels: number): Tensor => {
    const data = new Float32Array(examples.length * channels * viewSide ** 2);
    examples.forEach((example, i) => {
      data.set(example[name], i * channels * viewSide ** 2);
    });
    return { shape: [examples.length, channels, viewSide, viewSide], data };
  };
  return {
    planes: join("planes", promptPlanes.length),
    target: join("target", 1),
    weight: join("weight", 1),
  };
}

/** @throws FoundryError `training.config` without cells; `training.diverged`. */
export async function trainPrompt(
  engine: Engine,
  config: PromptConfig,
  scenes: readonly PromptScene[],
  options: PromptOptions = {},
): Promise<PromptState> {
  const arranged = arrange(scenes);
  if (arranged.size === 0) {
    throw new FoundryError("training.config", {
      message: "None of the images has a cell of 16 pixels or more to learn from.",
      hint: "Give images with labels.",
    });
  }
  const start = options.from ?? firstState(config);
  const session = await openStep(engine, config, start);
  const until = Math.min(config.steps, options.until ?? config.steps);
  let examples: Example[] = [];
  let step = start.step;
  for (; step < until || step % 2 === 1; step++) {
    const pair = step >> 1;
    if (step % 2 === 0)
      examples = Array.from({ length: config.batchSize }, (_, i) => exampleAt(arranged, config, pair, i));
    const { correction1, correction2 } = biasCorrections(optimiser, step + 1);
    const outputs = await session.step({
      ...feedsOf(examples),
      learningRate: number(learningRateAt(config, step)),
      correction1: number(correction1),
      correction2: number(correction2),
    });
    const value = (name: string): number => Number(outputs[name]?.data[0]);
    assertFinite(value("loss"), value("gradientNorm"), step);
    const terms = Object.fromEntries(promptLossNames.map((name) => [name, value(`loss.${name}`)]));
    options.onStep?.({ step, loss: value("loss"), terms: terms as PromptProgress["terms"] });
    const answer = outputs["cell"]?.data as Float32Array;
    examples = examples.map((example, i) =>
      correctedExample(
        example,
        answer.slice(i * viewSide ** 2, (i + 1) * viewSide ** 2),
        rng(config.seed, "correction", pair, i),
      ),
    );
  }
  const state = await session.readState();
  await session.release();
  const floats = (name: string): Float32Array => state[name]!.data as Float32Array;
  return {
    theta: floats("theta"),
    firstMoment: floats("firstMoment"),
    secondMoment: floats("secondMoment"),
    step,
  };
}

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data });
const number = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });

function firstState({ architecture, seed }: PromptConfig): PromptState {
  const layout = promptLayout(architecture);
  return {
    theta: initialParameters(layout, rng(seed, "prompt weights")),
    firstMoment: new Float32Array(layout.total),
    secondMoment: new Float32Array(layout.total),
    step: 0,
  };
}

const openStep = (engine: Engine, { architecture, batchSize }: PromptConfig, state: PromptState) =>
  openStateSession(engine, promptStepModel(architecture, batchSize, optimiser, engine.channelBlock), {
    initial: {
      theta: vector(state.theta),
      firstMoment: vector(state.firstMoment),
      secondMoment: vector(state.secondMoment),
    },
    next: { theta: "next.theta", firstMoment: "next.firstMoment", secondMoment: "next.secondMoment" },
  });

function assertFinite(loss: number, gradientNorm: number, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new FoundryError("training.diverged", {
    message: `Training became unstable at step ${step + 1}: the loss is no longer a number.`,
    hint: "Start again with a lower learning rate.",
    details: { step: step + 1, loss: String(loss), gradientNorm: String(gradientNorm) },
  });
}

const FORMAT = "cellfoundry-prompt-checkpoint/1";

/** Bytes of a state; equal states give equal bytes. */
export function encodePromptCheckpoint(config: PromptConfig, state: PromptState): Uint8Array<ArrayBuffer> {
  const { theta, firstMoment, secondMoment, step } = state;
  const tensors = new Map(
    Object.entries({ theta, firstMoment, secondMoment }).map(([name, data]) => [
      name,
      { shape: [data.length], data },
    ]),
  );
  return encodeTensors({
    tensors,
    metadata: { format: FORMAT, config: canonicalJson(config), step: String(step) },
  });
}

/**
 * A state to start another run from: the weights of a checkpoint, nothing else of it.
 *
 * @throws FoundryError `model.invalid` for damaged bytes, or a network of another size.
 */
export function startFromCheckpoint(bytes: Uint8Array, config: PromptConfig): PromptState {
  const { theta } = readState(bytes, config);
  return { ...firstState(config), theta };
}

/** @throws FoundryError `model.invalid` for damaged bytes; `training.config` for another configuration. */
export function decodePromptCheckpoint(bytes: Uint8Array, config: PromptConfig): PromptState {
  const { metadata } = decodeTensors(bytes);
  if (metadata["format"] === FORMAT && metadata["config"] !== canonicalJson(config))
    throw new FoundryError("training.config", {
      message: "The checkpoint was made with another training configuration.",
      hint: "Go on with the configuration the run was started with, or start a new run.",
    });
  return readState(bytes, config);
}

function readState(bytes: Uint8Array, config: PromptConfig): PromptState {
  const { tensors, metadata } = decodeTensors(bytes);
  const { total } = promptLayout(config.architecture);
  const vectors = ["theta", "firstMoment", "secondMoment"].map((name) => tensors.get(name)?.data);
  const step = Number(metadata["step"]);
  const isWhole = vectors.every((data) => data?.length === total) && Number.isInteger(step);
  if (metadata["format"] !== FORMAT || !isWhole)
    throw new FoundryError("model.invalid", {
      message: "The checkpoint is damaged or of another program.",
      hint: "Start the training again.",
    });
  const [theta, firstMoment, secondMoment] = vectors as [Float32Array, Float32Array, Float32Array];
  return { theta, firstMoment, secondMoment, step };
}
