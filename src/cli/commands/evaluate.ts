/** `evaluate`: a model version on a split of a dataset version. */

import type { EvaluationDetail, ModelVersion, Store } from "#store/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredOption, textOption, usageError } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { comparisonReport, fullReport, type VersionComparison } from "./evaluation-report.ts";
import { evaluationReport } from "./model-report.ts";

const splits = ["train", "validation", "test"] as const;

export const evaluateCommand: Command = {
  usage:
    "evaluate --model NAME@V --dataset NAME@V [--split test] [--report] [--facet FIELD] [--against NAME@V] [--project NAME]",
  about:
    "Scores a model version on a split of a dataset version: average precision and F1 by IoU, error classes, groups. " +
    "With --report all scores with 95 % intervals, by facet, and the agreement of two people where there are labels of " +
    "both. With --against the difference to another version on the same images, with its significance.",
  examples: [
    "cellfoundry evaluate --model nuclei@1.0.0 --dataset nuclei@1.0.0 --split test",
    "cellfoundry evaluate --model nuclei@1.1.0 --dataset nuclei@1.0.0 --report --against nuclei@1.0.0",
  ],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    dataset: { type: "string", value: "NAME@V", help: "Dataset version" },
    split: { type: "string", value: "ROLE", help: `${splits.join(", ")}; default test` },
    report: { type: "boolean", help: "All scores with intervals, by facet" },
    facet: {
      type: "string",
      value: "FIELD",
      help: "With --report: only this facet, such as organ or density",
    },
    against: { type: "string", value: "NAME@V", help: "Another version to compare with on the same images" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const model = requiredOption(input, "model", evaluateCommand);
  const reference = requiredOption(input, "dataset", evaluateCommand);
  const split = splits.find((role) => role === (textOption(input, "split") ?? "test"));
  if (split === undefined) throw usageError(`--split is one of ${splits.join(", ")}.`, evaluateCommand);
  await withStore(input, async (opened) => {
    const { evaluationsFor, getDatasetVersion, getEvaluation } = await import("#store/index.ts");
    const { METRIC_VERSION } = await import("#jobs/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const dataset = await getDatasetVersion(opened.store, reference, projectId);
    const evaluate = async (version: ModelVersion): Promise<EvaluationDetail[]> => {
      await followJob(opened, input, {
        kind: "evaluate",
        projectId: dataset.projectId,
        title: `Evaluate ${version.name}@${version.version} on ${dataset.name}@${dataset.version}, ${split}`,
        params: { modelVersionId: version.id, datasetVersionId: dataset.id, split },
      });
      const all = await evaluationsFor(opened.store, version.id, dataset.id, split);
      const current = all.filter(({ metricVersion }) => metricVersion === METRIC_VERSION);
      return Promise.all(current.map(({ id }) => getEvaluation(opened.store, id)));
    };
    const version = await chosenModel(opened, model);
    const against = textOption(input, "against");
    const others = against === undefined ? [] : await evaluate(await chosenModel(opened, against));
    const evaluations = await evaluate(version);
    const [first, ...further] = evaluations;
    if (first === undefined) throw new Error("internal: the evaluation was not stored");
    const comparisons = await compareAll(opened.store, others, evaluations);
    const isReport = input.options.get("report") === true;
    const facet = textOption(input, "facet");
    const { report, ...plain } = first;
    input.out.result(
      {
        ...plain,
        ...(isReport ? { report } : {}),
        ...(further.length > 0 ? { further } : {}),
        ...(against === undefined ? {} : { comparisons }),
      },
      () =>
        [
          `${version.name}@${version.version}`,
          ...evaluations.map((one) => (isReport ? fullReport(one, facet) : evaluationReport(one))),
          ...comparisons.map(comparisonReport),
        ].join("\n"),
    );
  });
  return undefined;
}

/** The evaluations of two versions side by side, compartment by compartment. */
async function compareAll(
  store: Store,
  others: readonly EvaluationDetail[],
  evaluations: readonly EvaluationDetail[],
): Promise<VersionComparison[]> {
  const { countFlips, pairEvaluations, readOutcomes } = await import("#store/index.ts");
  const { compareScores, defaultTallySettings } = await import("#core/metrics/index.ts");
  const found: VersionComparison[] = [];
  for (const b of evaluations) {
    const a = others.find(({ compartment }) => compartment === b.compartment);
    if (a === undefined) continue;
    const pairs = await pairEvaluations(store, a, b);
    found.push({
      a: a.model,
      b: b.model,
      compartment: b.compartment,
      imageCount: pairs.length,
      comparison: compareScores(
        pairs.map((pair) => ({ group: pair.b.group, a: pair.a.tally, b: pair.b.tally })),
        b.report?.scores.settings ?? defaultTallySettings,
      ),
      cells: await countFlips(pairs, (digest) => readOutcomes(store, digest)),
    });
  }
  return found;
}
