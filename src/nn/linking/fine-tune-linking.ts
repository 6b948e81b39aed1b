/**
 * Fine-tunes a linker on windows that people judged: from the released weights, beside simulated windows so that what it
 * knew is kept, stopping where windows held out are judged best.
 *
 * A function of its arguments: the same windows, seed and processor give the same bytes.
 */
import { FoundryError } from "#core/errors.ts";
import { rng } from "#core/rng.ts";
import type { Engine, Session, Tensor } from "../engine/engine.ts";
import { openStateSession } from "../engine/state-session.ts";
import { type AdamWSettings, biasCorrections, learningRateAt } from "../optimisers/index.ts";
import type { JudgedWindow } from "./judged-window.ts";
import { type LinkingArchitecture, type LinkingSize, linkingLayout } from "./link-network.ts";
import { type LinkingLogits, noTemperatures, originSums } from "./link-probabilities.ts";
import { waysMax } from "./link-tables.ts";
import { inputFeeds, sizeOf } from "./linking-feeds.ts";
import { encodeLinkingModel, linkingLogits } from "./linking-model.ts";
import { partialFeeds, partialStepModel } from "./partial-link-step.ts";

const optimiser: AdamWSettings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 1e-3, clipNorm: 1 };

export interface LinkingFineTuneConfig {
  readonly seed: number;
  readonly architecture: LinkingArchitecture;
  /** Most steps; every other one is of a judged window. */
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Steps between looks at the windows held out, and looks without gain after which it stops. */
  readonly lookEvery: number;
  readonly patience: number;
}

export const defaultFineTuneConfig: Omit<LinkingFineTuneConfig, "architecture"> = {
  seed: 0,
  steps: 400,
  learningRate: 5e-4,
  warmupSteps: 20,
  lookEvery: 20,
  patience: 5,
};

export interface LinkingFineTuneData {
  readonly train: readonly JudgedWindow[];
  readonly heldOut: readonly JudgedWindow[];
  /** Simulated windows between them; may be empty. */
  readonly rehearsal: readonly JudgedWindow[];
}

/** How the windows held out were judged after a number of steps. */
export interface LinkingLook {
  readonly step: number;
  /** Mean loss of the training steps since the last look; null before the first. */
  readonly loss: number | null;
  readonly heldOut: JudgedQuality;
}

export interface JudgedQuality {
  /** Mean minus log likelihood per judged detection, by weight. */
  readonly loss: number;
  /** Weight judged, and the share of it whose likeliest origin is a possible one. */
  readonly judged: number;
  readonly right: number;
}

export interface FineTunedLinking {
  /** Weights that judged the held-out windows best: those of the base when nothing was better. */
  readonly theta: Float32Array;
  readonly steps: number;
  readonly looks: readonly LinkingLook[];
}

/** @param base  weights of a released linker. @throws FoundryError `training.diverged`; what `signal` was aborted with. */
export async function fineTuneLinking(
  engine: Engine,
  config: LinkingFineTuneConfig,
  base: Float32Array,
  data: LinkingFineTuneData,
  options: { readonly signal?: AbortSignal; onLook?(look: LinkingLook): void | Promise<void> } = {},
): Promise<FineTunedLinking> {
  const { architecture, steps, lookEvery, patience } = config;
  const room = roomFor([...data.train, ...data.rehearsal]);
  const session = await openTraining(engine, config, room, base);
  const looks: LinkingLook[] = [];
  let best = { theta: base, step: 0 };
  let losses: number[] = [];
  const look = async (step: number, theta: Float32Array): Promise<void> => {
    const loss = losses.length === 0 ? null : losses.reduce((a, b) => a + b, 0) / losses.length;
    losses = [];
    const found: LinkingLook = {
      step,
      loss,
      heldOut: await judgeTheta(engine, architecture, theta, data.heldOut),
    };
    const least = Math.min(...looks.map(({ heldOut }) => heldOut.loss));
    if (found.heldOut.loss < least) best = { theta, step };
    looks.push(found);
    await options.onLook?.(found);
  };
  try {
    await look(0, base);
    const windowAt = windowOrder(config.seed, data);
    for (let step = 0; step < steps; step++) {
      options.signal?.throwIfAborted();
      losses.push(await trainStep(session, config, room, windowAt(step), step));
      if ((step + 1) % lookEvery !== 0 && step + 1 !== steps) continue;
      const state = await session.readState();
      await look(step + 1, state["theta"]!.data as Float32Array);
      if (step + 1 - best.step >= patience * lookEvery) break;
    }
  } finally {
    await session.release();
  }
  return { theta: best.theta, steps: best.step, looks };
}

type Training = Awaited<ReturnType<typeof openStateSession>>;

async function openTraining(
  engine: Engine,
  { architecture }: LinkingFineTuneConfig,
  room: LinkingSize,
  base: Float32Array,
): Promise<Training> {
  const { total } = linkingLayout(architecture);
  const vector = (values: Float32Array): Tensor => ({ shape: [total], data: values });
  return openStateSession(engine, partialStepModel(architecture, room, optimiser), {
    initial: {
      theta: vector(base.slice()),
      firstMoment: vector(new Float32Array(total)),
      secondMoment: vector(new Float32Array(total)),
    },
    next: { theta: "next.theta", firstMoment: "next.firstMoment", secondMoment: "next.secondMoment" },
  });
}

async function trainStep(
  session: Training,
  config: LinkingFineTuneConfig,
  room: LinkingSize,
  { inputs, targets }: JudgedWindow,
  step: number,
): Promise<number> {
  const number = (value: number): Tensor => ({ shape: [], data: new Float32Array([value]) });
  const { correction1, correction2 } = biasCorrections(optimiser, step + 1);
  const outputs = await session.step({
    ...inputFeeds(inputs, room, true),
    ...partialFeeds(targets, room),
    learningRate: number(learningRateAt(config, step)),
    correction1: number(correction1),
    correction2: number(correction2),
  });
  const [loss, norm] = ["loss", "gradientNorm"].map((name) => Number(outputs[name]?.data[0]));
  if (Number.isFinite(loss) && Number.isFinite(norm)) return loss!;
  throw new FoundryError("training.diverged", {
    message: `Learning from corrections became unstable at step ${step + 1}: the loss is no longer a number.`,
    hint: "Start again with a lower learning rate.",
    details: { step: step + 1 },
  });
}

/** Judged windows and simulated ones in turn, each in a new order every round. */
function windowOrder(
  seed: number,
  { train, rehearsal }: LinkingFineTuneData,
): (step: number) => JudgedWindow {
  const pick = (windows: readonly JudgedWindow[], name: string, turn: number): JudgedWindow => {
    const round = Math.floor(turn / windows.length);
    return rng(seed, name, round).shuffle([...windows])[turn % windows.length]!;
  };
  return (step) => {
    if (rehearsal.length === 0) return pick(train, "judged windows", step);
    const turn = Math.floor(step / 2);
    return step % 2 === 0 ? pick(train, "judged windows", turn) : pick(rehearsal, "simulated windows", turn);
  };
}

/** Smallest room in which every window fits. */
function roomFor(windows: readonly JudgedWindow[]): LinkingSize {
  const sizes = windows.map(({ inputs }) => sizeOf(inputs));
  const most = (read: (size: LinkingSize) => number): number => Math.max(1, ...sizes.map(read));
  return {
    detections: most(({ detections }) => detections),
    links: most(({ links }) => links),
    divisions: most(({ divisions }) => divisions),
  };
}

async function judgeTheta(
  engine: Engine,
  architecture: LinkingArchitecture,
  theta: Float32Array,
  windows: readonly JudgedWindow[],
): Promise<JudgedQuality> {
  const session = await engine.createSession(encodeLinkingModel(architecture, theta, noTemperatures));
  try {
    return await judgedQuality(session, windows);
  } finally {
    await session.release();
  }
}

/** How a linker judges what people judged. @param session  of a model file of a linker. */
export async function judgedQuality(
  session: Session,
  windows: readonly JudgedWindow[],
): Promise<JudgedQuality> {
  let [loss, judged, right] = [0, 0, 0];
  for (const { inputs, targets } of windows) {
    const logits = await linkingLogits(session, inputs);
    const sums = originSums(inputs.tables, logits, 1);
    for (const [j, weight] of targets.originWeight.entries()) {
      if (weight === 0) continue;
      const { possible, isBest } = possibleShare(j, inputs, targets, logits);
      loss -= weight * Math.log(Math.max(1e-9, possible) / sums[j]!);
      judged += weight;
      if (isBest) right += weight;
    }
  }
  return { loss: loss / Math.max(1e-9, judged), judged, right: right / Math.max(1e-9, judged) };
}

function possibleShare(
  j: number,
  { tables }: JudgedWindow["inputs"],
  targets: PartialTargetsOf,
  logits: LinkingLogits,
): { possible: number; isBest: boolean } {
  const { detections, into } = tables;
  const appears = Math.exp(logits.appears[j]!);
  let [possible, best, isBest] = [appears * targets.mayAppear[j]!, appears, targets.mayAppear[j] === 1];
  for (let k = 0; k < waysMax; k++) {
    const w = into[k * detections + j]!;
    if (w < 0) break;
    const value = Math.exp(logits.ways[w]!);
    const allowed = targets.possible[k * detections + j] === 1;
    if (allowed) possible += value;
    if (value > best) [best, isBest] = [value, allowed];
  }
  return { possible, isBest };
}

type PartialTargetsOf = JudgedWindow["targets"];
