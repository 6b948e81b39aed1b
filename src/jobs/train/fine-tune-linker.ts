/**
 * Fine-tuning of a linker as a training run: judged links of a dataset version become a new version of it.
 *
 * The run is bound like any other: dataset version (whose label revisions are places in logs of edits), split, base, seed,
 * configuration, program. What was judged is told per movie with a digest.
 */

import { FoundryError } from "#core/errors.ts";
import type { Engine } from "#nn/index.ts";
import {
  decodeLinkingWeights,
  defaultFineTuneConfig,
  describeLinkingModel,
  encodeLinkingModel,
  encodeLinkingWeights,
  type FineTunedLinking,
  fineTuneLinking,
  type JudgedQuality,
  type JudgedWindow,
  type LinkingArchitecture,
  type LinkingFineTuneConfig,
  type LinkingLook,
  type LinkingTemperatures,
  linkingLayout,
  partialOf,
  silenceFeatures,
  windowsOfMovie,
} from "#nn/linking/index.ts";
import {
  type DatasetVersionDetail,
  getModelVersion,
  getTrainingRun,
  type ModelVersion,
  modelCard,
  type Store,
  type TrainingRun,
} from "#store/index.ts";
import type { TrainParams } from "../job.ts";
import { type LinkerData, openLinkerData } from "./linker-data.ts";

/** Simulated movies whose windows are shown between judged ones, from a number that no training of ours reaches. */
const rehearsalMovies = { count: 24, first: 300_000, seed: 1, frames: 7 };
const rehearsalRoom = { detections: 512, links: 3072, divisions: 1536 };

/** Whether a version links cells over time. */
export const isLinker = ({ contract }: Pick<ModelVersion, "contract">): boolean =>
  contract["kind"] === "linking";

/** What a fine-tuning found; kept with the run. Plain JSON. */
export interface LinkerFineTuning {
  readonly movies: LinkerData["movies"];
  readonly trainWindows: number;
  readonly heldOutWindows: number;
  readonly heldOutFrom: LinkerData["heldOutFrom"];
  readonly before: JudgedQuality;
  readonly after: JudgedQuality;
  /** Of the weights that were kept. */
  readonly steps: number;
}

interface TrainedLinker {
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly found: LinkerFineTuning;
}

/** @throws FoundryError `training.config` for settings that a linker has not. */
export function linkerConfig(
  params: TrainParams,
  base: ModelVersion,
  stepsMax: number,
): LinkingFineTuneConfig {
  const { steps: _steps, seed: _seed, ...settings } = defaultFineTuneConfig;
  const unknown = Object.entries(params.config ?? {}).find(
    ([name, value]) => !(name in settings) || typeof value !== "number" || !(value > 0),
  );
  if (unknown !== undefined)
    throw new FoundryError("training.config", {
      message: `A linker has no training setting "${unknown[0]}" with this value.`,
      hint: `The settings are ${Object.keys(settings).join(", ")}, each a number above 0.`,
    });
  const { architecture } = base.contract as unknown as { readonly architecture: LinkingArchitecture };
  return { ...settings, ...params.config, architecture, seed: params.seed, steps: stepsMax };
}

/** Most steps within the time asked for, measured on the largest window. */
export async function linkerSteps(
  engine: Engine,
  config: LinkingFineTuneConfig,
  base: Float32Array,
  data: LinkerData,
  minutes: number,
): Promise<number> {
  const tried = 3;
  const start = performance.now();
  await fineTuneLinking(engine, { ...config, steps: tried, lookEvery: tried + 1 }, base, {
    train: data.train,
    heldOut: [],
    rehearsal: [],
  });
  const msPerStep = Math.max(1, (performance.now() - start) / tried);
  return Math.max(
    config.lookEvery,
    Math.min(defaultFineTuneConfig.steps, Math.floor((minutes * 60_000) / msPerStep)),
  );
}

/** Weights that a linker works with: those of its checkpoint, features that it never saw in training silent. */
export async function readLinkerWeights(store: Store, base: ModelVersion): Promise<Float32Array> {
  const { architecture } = base.contract as unknown as { readonly architecture: LinkingArchitecture };
  const theta = decodeLinkingWeights(await store.blobs.get(base.weightsDigest), architecture);
  const silenced = (await modelCard(store, base.id))["silencedFeatures"];
  const names = Array.isArray(silenced) ? silenced.map(String) : [];
  return silenceFeatures(linkingLayout(architecture), theta, names);
}

function rehearsal(): JudgedWindow[] {
  const { count, first, seed, frames } = rehearsalMovies;
  return Array.from({ length: count }, (_, m) =>
    windowsOfMovie(seed, first + m, { windows: 1, frames }, rehearsalRoom),
  )
    .flat()
    .map(({ inputs, targets }) => ({ inputs, targets: partialOf(inputs.tables, targets) }));
}

/** The training of a recorded run, from its dataset version, base and configuration alone. */
export async function trainLinker(
  store: Store,
  engine: Engine,
  run: Pick<TrainingRun, "config" | "baseModelVersionId">,
  data: LinkerData,
  options: { readonly signal: AbortSignal; onLook(look: LinkingLook): void | Promise<void> },
): Promise<TrainedLinker> {
  const config = run.config as unknown as LinkingFineTuneConfig;
  const base = await getModelVersion(store, run.baseModelVersionId ?? "");
  const { temperatures } = base.contract as unknown as { readonly temperatures: LinkingTemperatures };
  const theta = await readLinkerWeights(store, base);
  const { train, heldOut, heldOutFrom, movies } = data;
  const tuned = await fineTuneLinking(
    engine,
    config,
    theta,
    { train, heldOut, rehearsal: rehearsal() },
    options,
  );
  const onnx = encodeLinkingModel(config.architecture, tuned.theta, temperatures);
  return {
    weights: encodeLinkingWeights(tuned.theta, { ...config }),
    onnx,
    contract: describeLinkingModel(onnx),
    found: {
      ...{ movies, heldOutFrom, trainWindows: train.length, heldOutWindows: heldOut.length },
      ...gainOf(tuned),
    },
  };
}

function gainOf({ looks, steps }: FineTunedLinking): Pick<LinkerFineTuning, "before" | "after" | "steps"> {
  return { before: looks[0]!.heldOut, after: looks.find(({ step }) => step === steps)!.heldOut, steps };
}

/** Data of a run, again. */
export const dataOfRun = async (
  store: Store,
  dataset: DatasetVersionDetail,
  run: Pick<TrainingRun, "id">,
  signal: AbortSignal,
): Promise<LinkerData> => {
  const { inputs } = await getTrainingRun(store, run.id);
  return openLinkerData(store, dataset, String(inputs["view"] ?? "whole"), signal);
};

/** The card: what it is, what it learned from, what it gained, in facts of the run. */
export function linkerCard(facts: {
  readonly dataset: DatasetVersionDetail;
  readonly run: TrainingRun;
  readonly base: ModelVersion;
  readonly found: LinkerFineTuning;
}): Record<string, unknown> {
  const { dataset, run, base, found } = facts;
  const { terms, sentences, conflicts, attributions } = dataset.licenceReport;
  return {
    task: "links, divisions, appearances and disappearances between detections of time-lapses",
    startedFrom: `${base.name}@${base.version}`,
    trainedOn: `${dataset.name}@${dataset.version}`,
    datasetDigest: dataset.digest,
    datasetQuery: dataset.query,
    dataLicence: dataset.licence,
    dataTerms: { ...terms, sentences, conflicts },
    attributions,
    seed: run.seed,
    fineTuning: found,
    silencedFeatures: [],
    limits:
      "Learned from the links that people judged in the movies named above, beside simulated movies; kinds of movies unlike " +
      "both may be linked wrongly.",
  };
}
