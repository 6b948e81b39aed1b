/** `propose`: a model version pre-labels images of a project. */

import { parseQuery } from "#core/select/index.ts";
import type { ImageFit } from "#jobs/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, numberOption, requiredOption, textOption } from "../command.ts";
import { followJob, noteFailures } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { counted } from "../output.ts";

export const proposeCommand: Command = {
  usage: "propose --model NAME@V [--where Q] [--project NAME]",
  about:
    "Lets a model version propose cells. Objects that a person made or corrected are kept. Without --where, images that " +
    "no person has labelled.",
  examples: [
    'cellfoundry propose --model nuclei@1.0.0 --where "status=unlabelled"',
    'cellfoundry propose --model nuclei --where "name=well-A1" --touching 1 --diameter 24',
  ],
  options: {
    model: { type: "string", value: "NAME@V", help: "Model version; NAME alone means the released one" },
    where: { type: "string", value: "Q", help: "Metadata query" },
    touching: {
      type: "string",
      value: "N",
      help: "Touching cells: -2 (kept together) to 2 (cut apart); 0 as the model does",
    },
    faint: {
      type: "string",
      value: "N",
      help: "Faint cells: -2 (left out) to 2 (taken); 0 as the model does",
    },
    diameter: {
      type: "string",
      value: "PX",
      help: "About how wide cells are, pixels of the image, in place of the model's own look",
    },
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const reference = requiredOption(input, "model", proposeCommand);
  const where = textOption(input, "where");
  const fit = fitOf(input);
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
      params: { modelVersionId: version.id, imageIds, ...(fit === null ? {} : { fit }) },
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

/** Null where nothing is said. */
function fitOf(input: CommandInput): ImageFit | null {
  const steps = { low: -2, high: 2, integer: true };
  const fit = {
    touching: numberOption(input, "touching", steps),
    faint: numberOption(input, "faint", steps),
    diameterPx: numberOption(input, "diameter", { low: 2, high: 2000 }),
  };
  const said = Object.entries(fit).filter(([, value]) => value !== undefined);
  return said.length === 0 ? null : Object.fromEntries(said);
}
