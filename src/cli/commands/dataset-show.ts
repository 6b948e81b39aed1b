/** `dataset show`: one dataset version, or the list of them. */

import type { Dataset, DatasetItem, Store } from "#store/index.ts";
import { type Command, type CommandInput, flagOption } from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";
import { datasetReport } from "./dataset-report.ts";

export const datasetShowCommand: Command = {
  usage: "dataset show [NAME@V] [--items]",
  about:
    "Shows a dataset version with its split and its changes; without a name, the dataset versions of the project.",
  examples: ["cellfoundry dataset show nuclei@1.0.0 --items"],
  options: { items: { type: "boolean", help: "List the images too" } },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const [reference] = input.positionals;
  await withStore(input, async (opened) => {
    const { getDatasetVersion, listDatasets } = await import("#store/index.ts");
    if (reference === undefined) {
      const project = await chosenProject(opened, input);
      const datasets = await listDatasets(opened.store, project.id);
      input.out.result({ project: project.name, datasets }, () => listText(datasets));
      return;
    }
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const version = await getDatasetVersion(opened.store, reference, projectId);
    if (!flagOption(input, "items")) {
      input.out.result(version, () => datasetReport(version));
      return;
    }
    const items = await allItems(opened.store, version.id);
    input.out.result({ ...version, items }, () => `${datasetReport(version)}\n\n${itemsText(items)}`);
  });
  return undefined;
}

async function allItems(store: Store, versionId: string): Promise<DatasetItem[]> {
  const { readDatasetItems } = await import("#store/index.ts");
  const items: DatasetItem[] = [];
  for await (const item of readDatasetItems(store, versionId)) items.push(item);
  return items;
}

const itemsText = (items: readonly DatasetItem[]): string =>
  table(
    ["split", "group", "cells", "image"],
    items.map((item) => [item.role, item.group, item.cellCount, item.name]),
  );

function listText(datasets: readonly Dataset[]): string {
  if (datasets.length === 0) return "No dataset yet. Freeze one: cellfoundry dataset freeze NAME --where Q";
  return table(
    ["dataset", "train", "validation", "test", "query", "made"],
    datasets.flatMap((dataset) =>
      dataset.versions.map((version) => [
        `${version.name}@${version.version}`,
        version.split.train.images,
        version.split.validation.images,
        version.split.test.images,
        version.query === "" ? "(everything)" : version.query,
        version.createdAt.slice(0, 16).replace("T", " "),
      ]),
    ),
  );
}
