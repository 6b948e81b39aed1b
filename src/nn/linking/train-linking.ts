/**
 * Trains the linking network on simulated movies, step by step, so that a run can be stopped and gone on with.
 *
 * A run is a function of its configuration: movies, order, weights and result. The same configuration on one processor
 * gives the same bytes, with or without a stop in between.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import { rng } from "#core/rng.ts";
import type { Engine, Tensor } from "../engine/engine.ts";
import { openStateSession } from "../engine/state-session.ts";
import { initialParameters } from "../layers/index.ts";
import { type AdamWSettings, biasCorrections, learningRateAt } from "../optimisers/index.ts";
import { decodeTensors, encodeTensors } from "../training/safetensors.ts";
import { type KnownWindow, windowsOfMovie } from "./known-windows.ts";
import {
  defaultLinkingArchitecture,
  type LinkingArchitecture,
  type LinkingSize,
  linkingLayout,
} from "./link-network.ts";
import { linkingStepModel, linkLossNames } from "./link-step.ts";
import { inputFeeds, targetFeeds } from "./linking-feeds.ts";

export interface LinkingConfig {
  readonly seed: number;
  readonly architecture: LinkingArchitecture;
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Movies simulated; each is come back to after all have been seen. */
  readonly movies: number;
  readonly windowsPerMovie: number;
  readonly framesPerWindow: number;
  /** Columns of the training step; windows are cut to fit. */
  readonly room: LinkingSize;
}

export const defaultLinkingConfig: LinkingConfig = {
  seed: 1,
  architecture: defaultLinkingArchitecture,
  steps: 4000,
  learningRate: 2e-3,
  warmupSteps: 100,
  movies: 400,
  windowsPerMovie: 3,
  framesPerWindow: 7,
  room: { detections: 512, links: 3072, divisions: 1536 },
};

const optimiser: AdamWSettings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 1e-3, clipNorm: 1 };

export interface LinkingState {
  readonly theta: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** Steps done. */
  readonly step: number;
}

export interface LinkingProgress {
  readonly step: number;
  readonly loss: number;
  readonly terms: Readonly<Record<(typeof linkLossNames)[number], number>>;
}

export interface LinkingOptions {
  /** Goes on from here. */
  readonly from?: LinkingState;
  /** Stops after so many steps in all; default the whole run. The learning rate follows the whole run. */
  readonly until?: number;
  /** Examples instead of simulated movies, taken in turn. */
  readonly windows?: readonly KnownWindow[];
  onStep?(progress: LinkingProgress): void;
}

/** @throws FoundryError `training.diverged`. */
export async function trainLinking(
  engine: Engine,
  config: LinkingConfig,
  options: LinkingOptions = {},
): Promise<LinkingState> {
  const layout = linkingLayout(config.architecture);
  const zeros = (): Float32Array => new Float32Array(layout.total);
  const start: LinkingState = options.from ?? {
    theta: initialParameters(layout, rng(config.seed, "linking weights")),
    firstMoment: zeros(),
    secondMoment: zeros(),
    step: 0,
  };
  const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data });
  const number = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });
  const session = await openStateSession(
    engine,
    linkingStepModel(config.architecture, config.room, optimiser),
    {
      initial: {
        theta: vector(start.theta),
        firstMoment: vector(start.firstMoment),
        secondMoment: vector(start.secondMoment),
      },
      next: { theta: "next.theta", firstMoment: "next.firstMoment", secondMoment: "next.secondMoment" },
    },
  );
  const windowAt = options.windows === undefined ? windowOrder(config) : takeInTurn(options.windows);
  const until = Math.min(config.steps, options.until ?? config.steps);
  for (let step = start.step; step < until; step++) {
    const { inputs, targets } = windowAt(step);
    const { correction1, correction2 } = biasCorrections(optimiser, step + 1);
    const outputs = await session.step({
      ...inputFeeds(inputs, config.room, true),
      ...targetFeeds(inputs, targets, config.room),
      learningRate: number(learningRateAt(config, step)),
      correction1: number(correction1),
      correction2: number(correction2),
    });
    const value = (name: string): number => Number(outputs[name]?.data[0]);
    assertFinite(value("loss"), value("gradientNorm"), step);
    const terms = Object.fromEntries(linkLossNames.map((name) => [name, value(`loss.${name}`)]));
    options.onStep?.({ step, loss: value("loss"), terms: terms as LinkingProgress["terms"] });
  }
  const state = await session.readState();
  await session.release();
  const floats = (name: string): Float32Array => state[name]!.data as Float32Array;
  return {
    theta: floats("theta"),
    firstMoment: floats("firstMoment"),
    secondMoment: floats("secondMoment"),
    step: until,
  };
}

function assertFinite(loss: number, gradientNorm: number, step: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new FoundryError("training.diverged", {
    message: `Training became unstable at step ${step + 1}: the loss is no longer a number.`,
    hint: "Start again with a lower learning rate.",
    details: { step: step + 1, loss: String(loss), gradientNorm: String(gradientNorm) },
  });
}

const takeInTurn =
  (windows: readonly KnownWindow[]) =>
  (step: number): KnownWindow =>
    windows[step % windows.length]!;

/** Movies in a new order every round; windows are made when first needed and kept. */
function windowOrder(config: LinkingConfig): (step: number) => KnownWindow {
  const { seed, movies, windowsPerMovie, framesPerWindow, room } = config;
  const known = new Map<number, KnownWindow[]>();
  const of = (movie: number): KnownWindow[] => {
    const found =
      known.get(movie) ??
      windowsOfMovie(seed, movie, { windows: windowsPerMovie, frames: framesPerWindow }, room);
    known.set(movie, found);
    return found;
  };
  const all = Array.from({ length: movies }, (_, m) => m);
  let order: { round: number; movies: number[] } = { round: -1, movies: [] };
  return (step) => {
    const round = Math.floor(step / movies);
    if (order.round !== round) order = { round, movies: rng(seed, "linking order", round).shuffle(all) };
    // A movie without windows (nothing in view) gives way to the next.
    for (let k = step % movies; ; k = (k + 1) % movies) {
      const windows = of(order.movies[k]!);
      if (windows.length > 0) return windows[round % windows.length]!;
    }
  };
}

const FORMAT = "cellfoundry-linking-checkpoint/1";

/** Bytes of a state; equal states give equal bytes. */
export function encodeLinkingCheckpoint(config: LinkingConfig, state: LinkingState): Uint8Array<ArrayBuffer> {
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  const { theta, firstMoment, secondMoment, step } = state;
  return encodeTensors({
    tensors: new Map([
      ["theta", vector(theta)],
      ["firstMoment", vector(firstMoment)],
      ["secondMoment", vector(secondMoment)],
    ]),
    metadata: { format: FORMAT, config: canonicalJson(config), step: String(step) },
  });
}

/** Weights alone, with the configuration they came of; read by `decodeLinkingWeights`. */
export function encodeLinkingWeights(
  theta: Float32Array,
  config: Readonly<Record<string, unknown>>,
): Uint8Array<ArrayBuffer> {
  return encodeTensors({
    tensors: new Map([["theta", { shape: [theta.length], data: theta }]]),
    metadata: { format: FORMAT, config: canonicalJson(config) },
  });
}

/** Weights alone, of a run of any configuration with this network. @throws FoundryError `model.invalid`. */
export function decodeLinkingWeights(bytes: Uint8Array, architecture: LinkingArchitecture): Float32Array {
  const { tensors, metadata } = decodeTensors(bytes);
  const theta = tensors.get("theta")?.data;
  if (metadata["format"] === FORMAT && theta?.length === linkingLayout(architecture).total) return theta;
  throw new FoundryError("model.invalid", {
    message: "The weights are damaged or of another network.",
    hint: "Import the model again with the files it was made with.",
  });
}

/** @throws FoundryError `model.invalid` for damaged bytes; `training.config` for another configuration. */
export function decodeLinkingCheckpoint(bytes: Uint8Array, config: LinkingConfig): LinkingState {
  const { tensors, metadata } = decodeTensors(bytes);
  const total = linkingLayout(config.architecture).total;
  if (metadata["format"] === FORMAT && metadata["config"] !== canonicalJson(config))
    throw new FoundryError("training.config", {
      message: "The checkpoint was made with another training configuration.",
      hint: "Go on with the configuration the run was started with, or start a new run.",
    });
  const vectors = ["theta", "firstMoment", "secondMoment"].map((name) => tensors.get(name)?.data);
  const step = Number(metadata["step"]);
  if (
    metadata["format"] !== FORMAT ||
    !Number.isInteger(step) ||
    vectors.some((data) => data?.length !== total)
  )
    throw new FoundryError("model.invalid", {
      message: "The checkpoint is damaged or of another program.",
      hint: "Start the training again.",
    });
  const [theta, firstMoment, secondMoment] = vectors as [Float32Array, Float32Array, Float32Array];
  return { theta, firstMoment, secondMoment, step };
}
