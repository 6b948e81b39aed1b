/**
 * Chooses learning rate, number of steps and thresholds of a fine-tuning, so that nobody has to.
 *
 * First it is seen whether thresholds fitted to the images do better than the base's on groups that had no say. The bold rate
 * is tried from the released weights, scored on groups it does not learn from, and stopped when it gains no more (early
 * stopping: Prechelt 1998); where it gains nothing that is beyond chance, the gentle one is. What the best point of the trials
 * answered on the groups that judge also says which thresholds suit the new weights. Rate, steps and thresholds then decide
 * one ordinary run, again from the released weights and on everything there is to learn from: nothing of the trials drifts into it,
 * and it can be repeated to the byte from its configuration alone.
 */
import { FoundryError, isFoundryError } from "#core/errors.ts";
import { rng } from "#core/rng.ts";
import { headDesign } from "../heads/index.ts";
import type { FoundThresholds, SegmentationConfig } from "./config.ts";
import { type Forecast, type ForecastPoint, fitLearningCurve } from "./forecast.ts";
import type { ItemFacts, ItemSource } from "./items.ts";
import {
  scoreAtStart,
  type TrainingOptions,
  trainSegmentation,
  type Validated,
} from "./train-segmentation.ts";
import { calibrate } from "./validation.ts";

export interface TrialPoint {
  readonly step: number;
  readonly ap50: number;
  readonly f1: number;
}

export interface Trial {
  readonly learningRate: number;
  readonly points: readonly TrialPoint[];
}

export interface HeldOut {
  /**
   * What judges: the validation groups, some of the training groups, or, when all images are of one group, some of its
   * images (good enough to stop by, but their score flatters); `none` when there are too few images for that.
   */
  readonly from: "validation" | "training" | "images" | "none";
  readonly groups: readonly string[];
  /** Images that judge. */
  readonly images: readonly string[];
}

export interface FineTuning {
  readonly learningRate: number;
  readonly steps: number;
  /** Whether the run fits the base's thresholds to the images: unless that did worse on what was held out. */
  readonly fitThresholds: boolean;
  /** Thresholds that suit the new weights better, chosen on what was held out; null where the others do. */
  readonly thresholds: FoundThresholds | null;
  /** AP at IoU 0.5 on the held-out groups before and after (with the thresholds before they were chosen there); null when nothing was held out. */
  readonly before: number | null;
  readonly after: number | null;
  readonly heldOut: HeldOut;
  readonly trials: readonly Trial[];
  /** What more labels would bring; null when nothing was held out or there were too few cells to tell. */
  readonly forecast: FineTuningForecast | null;
}

export interface FineTuningForecast {
  /** Measured: score after learning from so many cells. */
  readonly points: readonly ForecastPoint[];
  /** For twice and four times the cells. */
  readonly ahead: readonly (Forecast & { readonly cells: number })[];
}

interface FineTuningOptions
  extends Pick<
    TrainingOptions,
    "engine" | "config" | "train" | "validation" | "baseContract" | "signal" | "cacheBytes"
  > {
  /** Weights to start from. */
  readonly base: Uint8Array;
  /** Steps that fit into the time for one trial, 8 or more. */
  readonly stepsMax: number;
  /** Labelled cells of a training item; without it there is no forecast. */
  readonly cellsOf?: ((id: string) => number) | undefined;
  /** After each trial, with how many there are in all. */
  readonly onTrial?: ((trial: Trial, trials: number) => void) | undefined;
}

/**
 * From bold to gentle. A base that fails on a new kind of images has far to go, and minutes allow few steps; one that nearly
 * succeeds is easily spoilt.
 */
const learningRates = [1e-3, 3e-4] as const;

/** Rate and steps when nothing can be held out: what trials on other data chose most often. */
const unjudged = { learningRate: 5e-4, steps: 120 } as const;

/** Scores along one trial. */
const pointsPerTrial = 8;

/** A trial ends after this many points without a gain. */
const patience = 3;

/** Gains below this on some dozens of images are chance. */
const gainMin = 0.003;

/**
 * What a fine-tuning must gain on so many judged cells to be more than chance: a quarter of the standard error of a share. The best of
 * some sixteen scores lies above the base even when nothing was learnt.
 */
const sureGain = (objects: number): number => Math.max(gainMin, 0.25 / Math.sqrt(Math.max(1, objects)));

/** A trial keeps nearly its full rate to the end: the schedule is that of a run this many times as long. */
const trialLength = 4;

/**
 * Steps in which the rate rises, in trials and in the run that follows them alike. The first steps of AdamW move every weight
 * by the whole rate, whichever way its first gradient happens to point: taken at once they undo some of what the base knows.
 */
const fineTuningWarmup = (steps: number): number => Math.min(20, Math.ceil(steps / 3));

/** What of a configuration a fine-tuning has found. */
export function foundSettings({
  steps,
  learningRate,
  fitThresholds,
  thresholds,
}: Pick<FineTuning, "steps" | "learningRate" | "fitThresholds" | "thresholds">) {
  const settings = { steps, learningRate, fitThresholds, warmupSteps: fineTuningWarmup(steps) };
  return thresholds === null ? settings : { ...settings, thresholds };
}

/** Trials of rates and the one for the forecast. */
export const trialsMax = learningRates.length + 1;

/**
 * Parts that the time of a fine-tuning is divided into: a trial, the forecast and the run, and half a part for a bold trial that
 * was stopped before a gentle one.
 */
export const fineTuningParts = 3.5;

/** Fewer cells than this on either side make the score of half of them chance. */
const forecastCellsMin = 20;

/** With fewer images of one group, each is worth more for learning than for judging. */
const imagesToHoldOut = 4;

/** Share of the training pixels held out when no validation groups exist. */
const heldOutShare = 0.25;

/**
 * Learning rate and steps for a fine-tuning of `base` on `train`.
 *
 * @returns also what was tried, for the record of the run. `steps` is at least 1.
 * @throws FoundryError as `trainSegmentation`. Cost: up to three trials of `stepsMax` steps.
 */
export async function chooseFineTuning(options: FineTuningOptions): Promise<FineTuning> {
  const { train, validation, config } = options;
  const heldOut = holdOut(train.facts, validation.facts, config.seed);
  if (heldOut.from === "none") {
    const steps = Math.min(unjudged.steps, options.stepsMax);
    return {
      ...unjudged,
      steps,
      fitThresholds: true,
      thresholds: null,
      before: null,
      after: null,
      heldOut,
      trials: [],
      forecast: null,
    };
  }
  const judges = new Set(heldOut.images);
  const judging = heldOut.from === "validation" ? validation : part(train, ({ id }) => judges.has(id));
  const learning = heldOut.from === "validation" ? train : part(train, ({ id }) => !judges.has(id));
  const { engine, base, baseContract, cacheBytes } = options;
  const atStart = (fitThresholds: boolean) => {
    const start = { engine, base, baseContract, cacheBytes, train: learning, validation: judging };
    return scoreAtStart({ ...start, config: { ...config, fitThresholds } });
  };
  const [asItIs, withFitted] = [await atStart(false), await atStart(true)];
  const [before, fitted] = [asItIs?.ap50 ?? 0, withFitted?.ap50 ?? 0];
  const sure = sureGain(asItIs?.objects ?? 0);
  const fitThresholds = fitted >= before;
  const trials: JudgedTrial[] = [];
  const setting = { fitThresholds, learning, judging, start: fitThresholds ? fitted : before };
  for (const learningRate of learningRates) {
    const trial = await runTrial(options, { ...setting, learningRate });
    trials.push(trial);
    options.onTrial?.(trial.trial, trialsMax);
    if (trial.trial.points.some(({ ap50 }) => ap50 > setting.start + sure)) break;
  }
  const [best, point] = bestOf(
    trials.map(({ trial }) => trial),
    setting.start,
  );
  const { learningRate } = best;
  // Without a gain there is no curve to draw on.
  const gains = point.ap50 > setting.start + sure;
  const judged = trials.find(({ trial }) => trial === best)?.judged ?? null;
  const forecast = gains ? await forecastOf(options, { ...setting, learningRate }, point, before) : null;
  return {
    learningRate,
    // Steps that gain nothing are not taken: the base's weights as they are, as nearly as a run can say it.
    steps: gains ? point.step : 1,
    fitThresholds,
    thresholds: gains && judged !== null ? thresholdsOf(judged, config) : null,
    before,
    after: gains ? point.ap50 : setting.start,
    heldOut,
    trials: trials.map(({ trial }) => trial),
    forecast,
  };
}

/** Thresholds that suit what a network answered for images it has not learnt from; null where those it had do. */
function thresholdsOf(
  { cases, contract }: Validated,
  config: Pick<SegmentationConfig, "head">,
): FoundThresholds | null {
  const head = headDesign(config.head);
  const found = contract.compartments.map(({ compartment, postprocessing }) => {
    const own = cases.filter((one) => one.compartment === compartment);
    const better = calibrate(own, head, postprocessing, "few");
    return [compartment, Object.fromEntries(head.tuned.map((name) => [name, better[name]]))] as const;
  });
  const changed = contract.compartments.some(({ postprocessing }, i) =>
    head.tuned.some((name) => found[i]?.[1][name] !== postprocessing[name]),
  );
  return changed ? Object.fromEntries(found) : null;
}

/** Learns once more from half of the cells: with the base and all cells that makes three points of a curve. */
async function forecastOf(
  options: FineTuningOptions,
  setting: TrialSetting,
  { step, ap50 }: TrialPoint,
  before: number,
): Promise<FineTuningForecast | null> {
  const { cellsOf, config } = options;
  if (cellsOf === undefined) return null;
  const { half, cells } = halfOfCells(setting.learning.facts, cellsOf, config.seed);
  const all = setting.learning.facts.reduce((sum, { id }) => sum + cellsOf(id), 0);
  if (Math.min(cells, all - cells) < forecastCellsMin) return null;
  const ids = new Set(half.map(({ id }) => id));
  const learning = { ...setting.learning, facts: setting.learning.facts.filter(({ id }) => ids.has(id)) };
  const { trial } = await runTrial({ ...options, stepsMax: step }, { ...setting, learning, untilEnd: true });
  options.onTrial?.(trial, trialsMax);
  const points = [
    { cells, score: trial.points.at(-1)?.ap50 ?? 0 },
    { cells: all, score: ap50 },
  ];
  const curve = fitLearningCurve(before, points);
  return {
    points: [{ cells: 0, score: before }, ...points],
    ahead: [2, 4].map((times) => ({ cells: times * all, ...curve.at(times * all) })),
  };
}

/** Items that hold about half of the cells, in an order of chance that the seed names. */
export function halfOfCells(
  facts: readonly ItemFacts[],
  cellsOf: (id: string) => number,
  seed: number,
): { readonly half: readonly ItemFacts[]; readonly cells: number } {
  const random = rng(seed, "half of the cells");
  const shuffled = facts
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((fact) => ({ fact, at: random.next() }))
    .sort((a, b) => a.at - b.at);
  const all = facts.reduce((sum, { id }) => sum + cellsOf(id), 0);
  const half: ItemFacts[] = [];
  let cells = 0;
  for (const { fact } of shuffled) {
    const more = cellsOf(fact.id);
    if (cells + more / 2 > all / 2) continue;
    half.push(fact);
    cells += more;
  }
  return { half, cells };
}

/**
 * What judges: the validation role, else some of the training groups, else some images of the only group.
 *
 * Deterministic in the facts and the seed.
 */
export function holdOut(
  train: readonly ItemFacts[],
  validation: readonly ItemFacts[],
  seed: number,
): HeldOut {
  if (validation.length > 0) return heldOutOf("validation", validation);
  const groups = new Set(train.map(({ group }) => group)).size;
  if (groups >= 2)
    return heldOutOf(
      "training",
      someOf(train, ({ group }) => group, seed),
    );
  if (train.length >= imagesToHoldOut)
    return heldOutOf(
      "images",
      someOf(train, ({ id }) => id, seed),
    );
  return heldOutOf("none", []);
}

function heldOutOf(from: HeldOut["from"], facts: readonly ItemFacts[]): HeldOut {
  const sorted = (words: readonly string[]): string[] => [...new Set(words)].sort();
  return {
    from,
    groups: sorted(facts.map(({ group }) => group)),
    images: sorted(facts.map(({ id }) => id)),
  };
}

/** Items of whole units by chance, until they hold enough pixels; one unit always stays to learn from. */
function someOf(
  facts: readonly ItemFacts[],
  unitOf: (fact: ItemFacts) => string,
  seed: number,
): readonly ItemFacts[] {
  const pixels = (of: readonly ItemFacts[]): number =>
    of.reduce((sum, { height, width }) => sum + height * width, 0);
  const wanted = pixels(facts) * heldOutShare;
  const random = rng(seed, "held-out groups");
  const units = [...Map.groupBy(facts, unitOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => ({ own, at: random.next() }))
    .sort((a, b) => a.at - b.at);
  const chosen: ItemFacts[] = [];
  for (const { own } of units.slice(0, -1)) {
    if (pixels(chosen) >= wanted) break;
    chosen.push(...own);
  }
  return chosen;
}

function part(source: ItemSource, keeps: (fact: ItemFacts) => boolean): ItemSource {
  return { ...source, facts: source.facts.filter(keeps) };
}

interface TrialSetting {
  readonly learningRate: number;
  readonly learning: ItemSource;
  readonly judging: ItemSource;
  readonly fitThresholds: boolean;
  /** Score before the first step. */
  readonly start: number;
  /** Go on although nothing more is gained. */
  readonly untilEnd?: boolean;
}

interface JudgedTrial {
  readonly trial: Trial;
  /** What its best point answered; null when no point lay above the start. */
  readonly judged: Validated | null;
}

async function runTrial(options: FineTuningOptions, setting: TrialSetting): Promise<JudgedTrial> {
  const { engine, base, baseContract, cacheBytes, signal, stepsMax } = options;
  const { learningRate, fitThresholds, learning: train, judging: validation, start } = setting;
  const every = setting.untilEnd === true ? stepsMax : Math.max(1, Math.floor(stepsMax / pointsPerTrial));
  const last = every * (setting.untilEnd === true ? 1 : pointsPerTrial);
  const config: SegmentationConfig = {
    ...options.config,
    learningRate,
    fitThresholds,
    steps: last * trialLength,
    warmupSteps: fineTuningWarmup(last),
    validateEvery: every,
    recordEvery: every,
    checkpointEvery: last * trialLength,
  };
  const points: TrialPoint[] = [];
  // Maps of many images are large: those of the best point so far are kept, and of no other.
  let best: { readonly ap50: number; readonly judged: Validated | null } = { ap50: start, judged: null };
  let newest: Validated | null = null;
  const enough = new AbortController();
  try {
    await trainSegmentation({
      engine,
      config,
      train,
      validation,
      base,
      baseContract,
      cacheBytes,
      onValidated: (validated) => {
        newest = validated;
      },
      signal: signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]),
      onProgress: ({ point, step }) => {
        if (point.validation === undefined) return;
        const { ap50, f1 } = point.validation;
        points.push({ step, ap50, f1 });
        if (ap50 > best.ap50 + gainMin) best = { ap50, judged: newest };
        if (step >= last || (setting.untilEnd !== true && gainsNoMore(points, start))) enough.abort();
      },
    });
  } catch (error) {
    const stoppedHere = enough.signal.aborted && signal?.aborted !== true;
    if (!(stoppedHere && isFoundryError(error, "job.canceled"))) throw error;
  }
  if (points.length === 0) throw new FoundryError("engine.failed", { message: "A trial gave no score." });
  return { trial: { learningRate, points }, judged: best.judged };
}

/** Whether the newest points lie no higher than the best before them. */
export function gainsNoMore(points: readonly Pick<TrialPoint, "ap50">[], before: number): boolean {
  if (points.length <= patience) return false;
  const best = (of: readonly Pick<TrialPoint, "ap50">[]): number => Math.max(...of.map(({ ap50 }) => ap50));
  const earlier = Math.max(before, best(points.slice(0, -patience)));
  return best(points.slice(-patience)) < earlier + gainMin;
}

/**
 * The highest point of all trials; of nearly equal ones that with the fewest steps. When none lies above the base, the
 * gentlest: fewest steps at the lowest rate, which changes the base least.
 */
export function bestOf(trials: readonly Trial[], before: number): readonly [Trial, TrialPoint] {
  const all = trials.flatMap((trial) => trial.points.map((point) => [trial, point] as const));
  const top = Math.max(...all.map(([, { ap50 }]) => ap50));
  const [first] =
    top > before
      ? all
          .filter(([, { ap50 }]) => ap50 >= top - gainMin)
          .sort(([, a], [, b]) => a.step - b.step || b.ap50 - a.ap50)
      : all.toSorted(([p, a], [q, b]) => p.learningRate - q.learningRate || a.step - b.step);
  if (first === undefined) throw new FoundryError("engine.failed", { message: "No trial gave a score." });
  return first;
}
