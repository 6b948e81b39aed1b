/** `dataset propose`: what the next version of a dataset would be, without freezing it. */

import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { datasetOptions, readDatasetOptions } from "./dataset-options.ts";
import { previewReport } from "./dataset-report.ts";

export const datasetProposeCommand: Command = {
  usage: "dataset propose NAME [--where Q] [--accept RULE=REASON] [--move GROUP=ROLE:REASON]",
  about:
    "Runs the query of the newest version again and tells what changed since, which number the next version would get " +
    "and why, how it would be split, its licence, and every leak that stands in the way.",
  examples: ["cellfoundry dataset propose nuclei"],
  options: datasetOptions,
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const name = requiredPositional(input, 0, "NAME", datasetProposeCommand);
  const options = readDatasetOptions(input, datasetProposeCommand);
  await withStore(input, async (opened) => {
    const { newestVersion, previewDataset } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const newest = await newestVersion(opened.store, project.id, name);
    const query = textOption(input, "where") ?? newest?.query ?? "";
    const preview = await previewDataset(opened.store, project.id, { ...options, name, query });
    input.out.result({ name, query, ...preview }, () => previewReport(name, preview));
  });
  return undefined;
}
