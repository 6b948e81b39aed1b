/** `dataset diff`: what a dataset version changed against the one before it, image by image. */

import type { ObjectVerbs } from "#store/index.ts";
import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";
import { changesText } from "./dataset-report.ts";

export const datasetDiffCommand: Command = {
  usage: "dataset diff NAME@V",
  about:
    "Tells what a version changed against the version before it: images added, left, relabelled, described anew or " +
    "moved, and what became of the cells of each touched image.",
  examples: ["cellfoundry dataset diff nuclei@2.0.0"],
  options: {},
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", datasetDiffCommand);
  await withStore(input, async (opened) => {
    const { datasetImageChanges, getDatasetVersion } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const version = await getDatasetVersion(opened.store, reference, projectId);
    const images = await datasetImageChanges(opened.store, version.id);
    input.out.result({ version: version.version, changes: version.changes, images }, () =>
      version.changes === null
        ? `${version.name}@${version.version} is the first version.`
        : [
            `${version.name}@${version.version}: ${changesText(version.changes)}.`,
            ...(images.length === 0
              ? []
              : [
                  "",
                  table(
                    ["image", "what", "cells"],
                    images.map(({ name, kind, verbs }) => [
                      name,
                      kind,
                      verbs === null ? "" : verbsText(verbs),
                    ]),
                  ),
                ]),
          ].join("\n"),
    );
  });
  return undefined;
}

const verbsText = (verbs: ObjectVerbs): string =>
  Object.entries(verbs)
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${count} ${verb}`)
    .join(", ");
