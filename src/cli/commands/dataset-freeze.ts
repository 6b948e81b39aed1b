/** `dataset freeze`: accepted labels that a query selects become an immutable dataset version. */

import { type Command, type CommandInput, numberOption, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { datasetReport } from "./dataset-report.ts";

export const datasetFreezeCommand: Command = {
  usage: "dataset freeze NAME [--where Q] [--message TEXT] [--seed S]",
  about:
    "Freezes the accepted labels of the images that a query selects. Images of one group stay on one side of the split, " +
    "and a group keeps its side for ever. Freezing the same content again gives the version that is there.",
  examples: ['cellfoundry dataset freeze nuclei --where "kind~fluorescence"'],
  options: {
    where: { type: "string", value: "Q", help: "Metadata query; default everything that is accepted" },
    message: { type: "string", value: "TEXT", help: "What changed, for people" },
    seed: { type: "string", value: "S", help: "Seed of the split of new groups; default 0" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const name = requiredPositional(input, 0, "NAME", datasetFreezeCommand);
  const seed = numberOption(input, "seed", { low: 0, high: 0xffffffff, integer: true }) ?? 0;
  await withStore(input, async (opened) => {
    const { freezeDataset } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const version = await freezeDataset(opened.store, opened.actor, {
      projectId: project.id,
      name,
      query: textOption(input, "where") ?? "",
      message: textOption(input, "message") ?? "",
      seed,
    });
    input.out.result(version, () => datasetReport(version));
  });
  return undefined;
}
