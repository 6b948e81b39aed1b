/** `dataset audit`: looks for leaks between the roles of a frozen dataset version. */

import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { auditText } from "./dataset-report.ts";

export const datasetAuditCommand: Command = {
  usage: "dataset audit NAME@V [--base MODEL@V]",
  about:
    "Looks for the same pixels (also flipped or turned), look-alikes, shared regions, frames of one movie and groups on " +
    "two sides of the split; with --base also for test images that this model was trained on. Ends with 1 when a finding " +
    "blocks.",
  examples: ["cellfoundry dataset audit nuclei@1.0.0 --base nuclei-fluorescence@1.2.0"],
  options: { base: { type: "string", value: "MODEL@V", help: "Model that a training would start from" } },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const reference = requiredPositional(input, 0, "NAME@V", datasetAuditCommand);
  const base = textOption(input, "base");
  return withStore(input, async (opened) => {
    const { auditDatasetVersion, getDatasetVersion } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const version = await getDatasetVersion(opened.store, reference, projectId);
    const baseId = base === undefined ? undefined : (await chosenModel(opened, base)).id;
    const audit = await auditDatasetVersion(opened.store, version, { baseModelVersionId: baseId });
    input.out.result(audit, () => auditText(audit));
    return audit.blocking > 0 ? 1 : 0;
  });
}
