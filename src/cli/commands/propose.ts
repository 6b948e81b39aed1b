/** `propose`: a model version pre-labels images of a project. */

import { parseQuery } from "#core/select/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredOption, textOption } from "../command.ts";
import { followJob, noteFailures } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted } from "../output.ts";

export const proposeCommand: Command = {
  usage: "propose --model NAME@V [--where Q] [--project NAME]",
  about:
    "Lets a model version propose cells. Objects that a person made or corrected are kept. Without --where, images that " +
    "no person has labelled.",
  examples: ['cellfoundry propose --model nuclei@1.0.0 --where "status=unlabelled"'],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    where: { type: "string", value: "Q", help: "Metadata query" },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const reference = requiredOption(input, "model", proposeCommand);
  const where = textOption(input, "where");
  return withStore(input, async (opened) => {
    const { imageIdsForQuery } = await import("#store/index.ts");
    const project = await chosenProject(opened, input);
    const version = await chosenModel(opened, reference);
    const imageIds =
      where === undefined ? [] : await imageIdsForQuery(opened.store, project.id, parseQuery(where));
    const job = await followJob(opened, input, {
      kind: "propose",
      projectId: project.id,
      title: `Propose cells with ${version.name}@${version.version}`,
      params: { modelVersionId: version.id, imageIds },
    });
    noteFailures(input.out, job.items);
    const result = job.result ?? {};
    input.out.result(
      { ...result, items: job.items, jobId: job.id },
      () =>
        `Proposed ${counted(Number(result["cells"] ?? 0), "cell")} in ${counted(Number(result["images"] ?? 0), "image")}.`,
    );
    return job.items.some((item) => item.state === "failed") ? 1 : 0;
  });
}
