/** `model show`: what a model version is, what it was made of, how well it does. */

import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { withStore } from "../open.ts";
import { evaluationReport, versionReport } from "./model-report.ts";

export const modelShowCommand: Command = {
  usage: "model show NAME@V",
  about:
    "Shows the card of a model version: data, split, seed, code, licence and scores. NAME alone means the released one.",
  examples: ["cellfoundry model show nuclei@1.0.0"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelShowCommand);
  await withStore(input, async (opened) => {
    const { modelCard } = await import("#store/index.ts");
    const version = await chosenModel(opened, reference);
    const card = await modelCard(opened.store, version.id);
    input.out.result({ ...version, card }, () =>
      [versionReport(version), ...version.evaluations.map((one) => `\n${evaluationReport(one)}`)].join("\n"),
    );
  });
  return undefined;
}
