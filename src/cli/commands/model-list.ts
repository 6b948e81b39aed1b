/** `model list`: models and their versions. */

import { ensureShippedModels } from "../chosen-model.ts";
import type { Command, CommandInput } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { score, table } from "../output.ts";

export const modelListCommand: Command = {
  usage: "model list [--project NAME]",
  about:
    "Lists models with their versions and stages; with --project only those of the project and those that ship.",
  examples: ["cellfoundry model list"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  await withStore(input, async (opened) => {
    await ensureShippedModels(opened);
    const { listModels } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const models = await listModels(opened.store, projectId);
    const rows = models.flatMap((model) =>
      model.versions.map((version) => {
        const test = version.evaluations.find((evaluation) => evaluation.split === "test");
        const at50 = test?.scores.find((one) => one.threshold === 0.5);
        const { dataset } = version;
        return [
          `${version.name}@${version.version}`,
          version.stage,
          dataset === null ? "-" : `${dataset.name}@${dataset.version}`,
          at50 === undefined ? "-" : score(at50.averagePrecision),
          at50 === undefined ? "-" : score(at50.f1),
          version.createdAt.slice(0, 16).replace("T", " "),
        ];
      }),
    );
    input.out.result({ models }, () =>
      rows.length === 0
        ? "No model yet. Train one: cellfoundry train --dataset NAME@V"
        : table(["version", "stage", "dataset", "AP@0.5", "F1@0.5", "made"], rows),
    );
  });
  return undefined;
}
