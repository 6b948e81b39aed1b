/** `evaluate`: a model version on a split of a dataset version. */

import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredOption, textOption, usageError } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { evaluationReport } from "./model-report.ts";

const splits = ["train", "validation", "test"] as const;

export const evaluateCommand: Command = {
  usage: "evaluate --model NAME@V --dataset NAME@V [--split test] [--project NAME]",
  about:
    "Scores a model version on a split of a dataset version: average precision and F1 by IoU, error classes, groups.",
  examples: ["cellfoundry evaluate --model nuclei@1.0.0 --dataset nuclei@1.0.0 --split test"],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    dataset: { type: "string", value: "NAME@V", help: "Dataset version" },
    split: { type: "string", value: "ROLE", help: `${splits.join(", ")}; default test` },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const model = requiredOption(input, "model", evaluateCommand);
  const reference = requiredOption(input, "dataset", evaluateCommand);
  const split = splits.find((role) => role === (textOption(input, "split") ?? "test"));
  if (split === undefined) throw usageError(`--split is one of ${splits.join(", ")}.`, evaluateCommand);
  await withStore(input, async (opened) => {
    const { evaluationFor, getDatasetVersion } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const dataset = await getDatasetVersion(opened.store, reference, projectId);
    const version = await chosenModel(opened, model);
    await followJob(opened, input, {
      kind: "evaluate",
      projectId: dataset.projectId,
      title: `Evaluate ${version.name}@${version.version} on ${dataset.name}@${dataset.version}, ${split}`,
      params: { modelVersionId: version.id, datasetVersionId: dataset.id, split },
    });
    const evaluation = await evaluationFor(opened.store, version.id, dataset.id, split);
    if (evaluation === null) throw new Error("internal: the evaluation was not stored");
    input.out.result({ model: `${version.name}@${version.version}`, ...evaluation }, () =>
      [`${version.name}@${version.version}`, evaluationReport(evaluation)].join("\n"),
    );
  });
  return undefined;
}
