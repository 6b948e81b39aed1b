/** `images export`: the images of a query with their accepted labels as files, without freezing a version. */

import type { Command, CommandInput } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { exportOptions, runExport } from "./export-options.ts";
import { chosenImages, queryOptions } from "./images-query.ts";

export const imagesExportCommand: Command = {
  usage: "images export [--where Q] --format F --out DIR [--zip]",
  about:
    "Writes the images of a query with their accepted labels as files. For training and for passing on, freeze a dataset " +
    "version and export that: it has a split, a licence and a digest.",
  examples: ['cellfoundry images export --where "organ under lung" --format ome-zarr --out lung'],
  options: { ...queryOptions, ...exportOptions },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const { text, search } = chosenImages(input);
  await withStore(input, async (opened) => {
    const project = await chosenProject(opened, input);
    await runExport(opened, input, imagesExportCommand, {
      projectId: project.id,
      title: `Export images of ${project.name}`,
      params: { selection: { query: text, ...(search === undefined ? {} : { search }) } },
    });
  });
  return undefined;
}
