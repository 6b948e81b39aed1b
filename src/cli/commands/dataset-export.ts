/** `dataset export`: a frozen version as files for other programs. */

import { type Command, type CommandInput, requiredPositional } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { exportOptions, runExport } from "./export-options.ts";

export const datasetExportCommand: Command = {
  usage: "dataset export NAME@V --format F --out DIR [--zip]",
  about:
    "Writes a dataset version as files, with its metadata, split, licence, provenance and a short Python program that " +
    "loads it. The same version gives the same files; SHA256SUMS lists their digests.",
  examples: ["cellfoundry dataset export nuclei@1.0.0 --format coco --out nuclei-coco"],
  options: exportOptions,
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", datasetExportCommand);
  await withStore(input, async (opened) => {
    const { getDatasetVersion } = await import("#store/index.ts");
    const named = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const version = await getDatasetVersion(opened.store, reference, named);
    await runExport(opened, input, datasetExportCommand, {
      projectId: version.projectId,
      title: `Export ${version.name} ${version.version}`,
      params: { datasetVersionId: version.id },
    });
  });
  return undefined;
}
