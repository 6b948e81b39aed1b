/** `dataset card`: the card of a dataset version as Markdown. */

import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";

export const datasetCardCommand: Command = {
  usage: "dataset card NAME@V",
  about:
    "Prints the card of a dataset version: what it holds, its split and licence, what was checked, what changed.",
  examples: ["cellfoundry dataset card nuclei@1.0.0 > CARD.md"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", datasetCardCommand);
  await withStore(input, async (opened) => {
    const { datasetCard, getDatasetVersion } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const card = datasetCard(await getDatasetVersion(opened.store, reference, projectId));
    input.out.result(card, () => card.markdown);
  });
  return undefined;
}
