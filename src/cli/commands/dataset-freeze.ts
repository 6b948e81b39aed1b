/** `dataset freeze`: accepted labels that a query selects become an immutable dataset version. */

import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { datasetOptions, readDatasetOptions } from "./dataset-options.ts";
import { datasetReport } from "./dataset-report.ts";

export const datasetFreezeCommand: Command = {
  usage:
    "dataset freeze NAME [--where Q] [--message TEXT] [--seed S] [--accept RULE=REASON] [--move GROUP=ROLE:REASON]",
  about:
    "Freezes the accepted labels of the images that a query selects. Images of one group stay on one side of the split, " +
    "and a group keeps its side for ever. Nothing is frozen while test images would leak into training. Freezing the same " +
    "content again gives the version that is there.",
  examples: [
    'cellfoundry dataset freeze nuclei --where "kind~fluorescence"',
    'cellfoundry dataset freeze nuclei --accept "unknownGroup=single dishes, one image each"',
  ],
  options: {
    ...datasetOptions,
    message: { type: "string", value: "TEXT", help: "What changed, for people" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const name = requiredPositional(input, 0, "NAME", datasetFreezeCommand);
  const options = readDatasetOptions(input, datasetFreezeCommand);
  await withStore(input, async (opened) => {
    const { freezeDataset, newestVersion } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const newest = await newestVersion(opened.store, project.id, name);
    const version = await freezeDataset(opened.store, opened.actor, {
      ...options,
      projectId: project.id,
      name,
      query: textOption(input, "where") ?? newest?.query ?? "",
      message: textOption(input, "message") ?? "",
    });
    input.out.result(version, () => datasetReport(version));
  });
  return undefined;
}
