/** `train`: a dataset version becomes a model version, with its evaluation on the test split. */

import { type FineTuning, fineTuningWords } from "#api/index.ts";
import { parseSplitView } from "#core/select/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import { chosenModel, ensureShippedModels } from "../chosen-model.ts";
import {
  type Command,
  type CommandInput,
  numberOption,
  requiredOption,
  textOption,
  usageError,
} from "../command.ts";
import { applyEngineOptions, engineOptions } from "../engine-options.ts";
import { followJob } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { datasetOptions, readWaivers } from "./dataset-options.ts";
import { evaluationReport, versionReport } from "./model-report.ts";

/** Minutes when neither time nor steps are given: enough for a useful model of some hundred images. */
const MINUTES_DEFAULT = 15;
/** From a base, minutes are an upper end: rate and steps are found within them. */
const MINUTES_FROM_BASE = 5;

export const trainCommand: Command = {
  usage:
    "train --dataset NAME@V [--minutes M | --steps N] [--seed S] [--model NAME] [--architecture NAME | --base NAME@V] [--view VIEW] [--accept RULE=REASON] [--config JSON] [--project NAME]",
  about:
    "Trains on the training groups of a dataset version, watches the validation groups, and at the end scores the new " +
    "version on the test groups. The time becomes a number of steps before the first step; with the same steps and seed " +
    "the weights are the same to the byte. From a base and a time, the learning rate and the number of steps are found on " +
    "groups that are held out, and the run starts again from the released weights. A linker learns from the links that " +
    "people judged in the movies of the dataset version.",
  examples: [
    "cellfoundry train --dataset nuclei@1.0.0 --minutes 15 --model nuclei",
    "cellfoundry train --dataset ours@1.0.0 --base nuclei-fluorescence@1.2.0",
    "cellfoundry train --dataset movies@1.0.0 --base cell-linker@1.0.0 --model cell-linker",
  ],
  options: {
    dataset: { type: "string", value: "NAME@V", help: "Dataset version" },
    minutes: {
      type: "string",
      value: "M",
      help: `How long to train; default ${MINUTES_DEFAULT}, from a base at most ${MINUTES_FROM_BASE}`,
    },
    steps: { type: "string", value: "N", help: "Number of steps, instead of a time" },
    seed: { type: "string", value: "S", help: "Seed of everything random; default 0" },
    model: {
      type: "string",
      value: "NAME",
      help: "Line that gets the new version; default the dataset's name",
    },
    architecture: {
      type: "string",
      value: "NAME",
      help: "Network of the family: unet-8, unet-16 (default), unet-16-deep, unet-24-deep, unet-32; see docs/models.md",
    },
    base: { type: "string", value: "NAME@V", help: "Start from the weights of this version" },
    view: {
      type: "string",
      value: "VIEW",
      help: "Another split of the version, such as fold:1/5 or tranche:25; see `dataset splits`",
    },
    accept: datasetOptions.accept,
    ...engineOptions,
    config: {
      type: "string",
      value: "JSON",
      help: 'Changes of the training configuration, such as {"batchSize":4}',
    },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredOption(input, "dataset", trainCommand);
  const minutes = numberOption(input, "minutes", { low: 0.05, high: 24 * 60 });
  const steps = numberOption(input, "steps", { low: 1, high: 1_000_000, integer: true });
  if (minutes !== undefined && steps !== undefined) {
    throw usageError("Give --minutes or --steps, not both.", trainCommand);
  }
  const seed = numberOption(input, "seed", { low: 0, high: 0xffffffff, integer: true }) ?? 0;
  const base = textOption(input, "base");
  const architecture = textOption(input, "architecture");
  if (architecture !== undefined && base !== undefined) {
    throw usageError("Give --architecture or --base, not both.", trainCommand);
  }
  const config = configOption(input);
  await applyEngineOptions(input);
  const view = textOption(input, "view");
  if (view !== undefined) parseSplitView(view);
  const waivers = readWaivers(input, trainCommand);
  await withStore(input, async (opened) => {
    const { getDatasetVersion, getModelVersion } = await import("#store/index.ts");
    // Known first, so that a new version of a line that ships gets the next number.
    await ensureShippedModels(opened);
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const dataset = await getDatasetVersion(opened.store, reference, projectId);
    const modelName = textOption(input, "model") ?? dataset.name;
    const job = await followJob(opened, input, {
      kind: "train",
      projectId: dataset.projectId,
      title: `Train ${modelName} on ${dataset.name}@${dataset.version}`,
      params: {
        datasetVersionId: dataset.id,
        modelName,
        seed,
        ...(architecture === undefined ? {} : { architecture }),
        ...(config === undefined ? {} : { config }),
        ...(view === undefined ? {} : { view }),
        ...(waivers.length === 0 ? {} : { waivers }),
        ...(steps === undefined
          ? { minutes: minutes ?? (base === undefined ? MINUTES_DEFAULT : MINUTES_FROM_BASE) }
          : { steps }),
        ...(base === undefined ? {} : { baseModelVersionId: (await chosenModel(opened, base)).id }),
      },
    });
    const version = await getModelVersion(opened.store, String(job.result?.["modelVersionId"]));
    const tests = version.evaluations.filter(
      (one) => one.datasetVersionId === dataset.id && one.split === "test",
    );
    const fineTuning = await fineTuningOf(opened.store, version);
    const learned = await linkerReport(opened.store, version);
    input.out.result({ ...job.result, jobId: job.id, modelVersion: version, fineTuning }, () =>
      [
        versionReport(version),
        ...foundReport(fineTuning),
        ...learned,
        ...(tests.length === 0
          ? [
              "",
              "The dataset version has no test images, so the version was not scored and cannot be released.",
            ]
          : tests.flatMap((test) => ["", evaluationReport(test)])),
      ].join("\n"),
    );
  });
  return undefined;
}

/** What the run found out by itself; null when it was told. */
async function fineTuningOf(store: Store, { training }: ModelVersion): Promise<FineTuning | null> {
  if (training === null) return null;
  const { getTrainingRun } = await import("#store/index.ts");
  const { inputs } = await getTrainingRun(store, training.runId);
  return (inputs["fineTuning"] as FineTuning | undefined) ?? null;
}

function foundReport(found: FineTuning | null): string[] {
  return found === null ? [] : ["", ...fineTuningWords(found)];
}

/** What a linker learned from and gained, in sentences; nothing for other models. */
async function linkerReport(store: Store, version: ModelVersion): Promise<string[]> {
  if (version.contract["kind"] !== "linking") return [];
  const { modelCard } = await import("#store/index.ts");
  const { linkerWords } = await import("#jobs/index.ts");
  return linkerWords(await modelCard(store, version.id));
}

/** Only its form is checked here; the values where the run is set up. */
function configOption(input: CommandInput): Record<string, unknown> | undefined {
  const text = textOption(input, "config");
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through to the one refusal below.
  }
  throw usageError("--config is not a JSON object.", trainCommand);
}
