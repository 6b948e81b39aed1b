/** `model diff`: what would happen to the cells of the pinned images if a model version took over. */

import { changeVerbs } from "#core/versions/index.ts";
import { chosenModel } from "../chosen-model.ts";
import { type Command, type CommandInput, requiredPositional, textOption } from "../command.ts";
import { followJob } from "../follow-job.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";

export const modelDiffCommand: Command = {
  usage: "model diff NAME@V [--against NAME@V] [--project NAME]",
  about:
    "Predicts the pinned images of a project with two model versions and lists which cells were added, removed, split, " +
    "merged and reshaped, image by image. Without --against the other one is the released version of the same line. A " +
    "release waits until this was done. Images are pinned with `images pin`.",
  examples: ["cellfoundry model diff nuclei@1.1.0 --project Retina"],
  options: {
    against: { type: "string", value: "NAME@V", help: "The version before; default the released one" },
  },
  run,
};

async function run(input: CommandInput): Promise<number | undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", modelDiffCommand);
  return withStore(input, async (opened) => {
    const { comparePinnedImages, releasedOfModel } = await import("#store/index.ts");
    const { id: projectId } = await chosenProject(opened, input);
    const version = await chosenModel(opened, reference);
    const named = textOption(input, "against");
    const against =
      named === undefined
        ? await releasedOfModel(opened.store, version.modelId)
        : await chosenModel(opened, named);
    if (against === null || against.id === version.id) {
      input.out.result(
        { against: null, differences: [], missing: [] },
        () => "There is no other version to compare with.",
      );
      return undefined;
    }
    await followJob(opened, input, {
      kind: "evaluate",
      projectId,
      title: `Compare ${version.name}@${version.version} on pinned images`,
      params: { modelVersionId: version.id, pinnedOf: projectId, againstId: against.id },
    });
    const result = await comparePinnedImages(opened.store, projectId, against.id, version.id);
    const names = {
      before: `${against.name}@${against.version}`,
      after: `${version.name}@${version.version}`,
    };
    const verbs = changeVerbs.filter((verb) => verb !== "reclassified");
    input.out.result({ ...names, ...result }, () =>
      [
        `${names.after} against ${names.before}`,
        result.differences.length === 0
          ? "No image is pinned in this project. Pin some: cellfoundry images pin ID ..."
          : table(
              ["image", "compartment", "cells before", "after", "identical", ...verbs],
              result.differences.map(({ image, compartment, before, after, identical, counts }) => [
                image.name,
                compartment,
                before,
                after,
                identical,
                ...verbs.map((verb) => counts[verb]),
              ]),
            ),
        ...result.missing.map(({ name }) => `${name}: could not be predicted by both`),
      ].join("\n"),
    );
    return result.missing.length > 0 ? 1 : undefined;
  });
}
