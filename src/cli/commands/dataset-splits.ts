/** `dataset splits`: folds, leave-one-out and tranches of a frozen dataset version, with what each holds. */

import { formatSplitView, parseSplitView, type SplitView, splitRoles } from "#core/select/index.ts";
import type { DatasetItem, DatasetVersionDetail } from "#store/index.ts";
import {
  type Command,
  type CommandInput,
  numberOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { chosenProject, withStore } from "../open.ts";
import { table } from "../output.ts";

/** Sizes of the nested parts of the training set that a learning curve is made of. */
const tranches = [5, 10, 25, 50, 75, 100];

export const datasetSplitsCommand: Command = {
  usage: "dataset splits NAME@V [--folds K] [--leave-out FIELD] [--tranches] [--view VIEW]",
  about:
    "Lists other splits of a frozen version, each computed from its items and seed: K folds by group, each value of a " +
    "field left out for testing in turn, or parts of the training set of which each contains the smaller ones. Give the " +
    "name of one to `train --view`. With --view, lists the images of that one.",
  examples: [
    "cellfoundry dataset splits nuclei@1.0.0 --folds 5",
    "cellfoundry dataset splits nuclei@1.0.0 --view leave-out:platform=CODEX --json",
  ],
  options: {
    folds: { type: "string", value: "K", help: "Number of folds" },
    "leave-out": { type: "string", value: "FIELD", help: "Field of the metadata, such as platform or lab" },
    tranches: { type: "boolean", help: "5, 10, 25, 50, 75 and 100 % of the training groups" },
    view: { type: "string", value: "VIEW", help: "One split by name, with its images" },
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const reference = requiredPositional(input, 0, "NAME@V", datasetSplitsCommand);
  const folds = numberOption(input, "folds", { low: 2, high: 100, integer: true });
  const field = textOption(input, "leave-out");
  const one = textOption(input, "view");
  await withStore(input, async (opened) => {
    const { datasetItemsInView, getDatasetVersion } = await import("#store/index.ts");
    const projectId = input.options.has("project") ? (await chosenProject(opened, input)).id : undefined;
    const version = await getDatasetVersion(opened.store, reference, projectId);
    if (one !== undefined) {
      const items = await datasetItemsInView(opened.store, version, parseSplitView(one));
      input.out.result({ view: one, items }, () =>
        table(
          ["role", "group", "cells", "image"],
          items.map((item) => [item.role, item.group, item.cellCount, item.name]),
        ),
      );
      return;
    }
    const rows: ReturnType<typeof summary>[] = [];
    for (const view of viewsOf(version, { folds, field, tranches: input.options.has("tranches") })) {
      rows.push(summary(view, await datasetItemsInView(opened.store, version, view)));
    }
    input.out.result({ dataset: `${version.name}@${version.version}`, splits: rows }, () =>
      table(
        ["view", "train", "validation", "test", "training groups"],
        rows.map((row) => [row.view, row.train, row.validation, row.test, row.trainingGroups]),
      ),
    );
  });
  return undefined;
}

function viewsOf(
  version: DatasetVersionDetail,
  wanted: {
    readonly folds: number | undefined;
    readonly field: string | undefined;
    readonly tranches: boolean;
  },
): SplitView[] {
  const { folds, field } = wanted;
  const views: SplitView[] = [];
  for (let fold = 1; folds !== undefined && fold <= folds; fold++) views.push({ kind: "fold", folds, fold });
  if (field !== undefined) {
    const values = version.strata.filter((stratum) => stratum.field === field).map(({ value }) => value);
    if (values.length === 0) {
      const known = [...new Set(version.strata.map((stratum) => stratum.field))].join(", ");
      throw usageError(
        `The version has no values of "${field}"; it has ${known || "none at all"}.`,
        datasetSplitsCommand,
      );
    }
    views.push(...values.map((value): SplitView => ({ kind: "leaveOut", field, value })));
  }
  if (wanted.tranches)
    views.push(...tranches.map((percent): SplitView => ({ kind: "tranche", percent, by: "group" })));
  return views.length === 0 ? [{ kind: "whole" }] : views;
}

function summary(view: SplitView, items: readonly DatasetItem[]) {
  const [train, validation, test] = splitRoles.map(
    (role) => items.filter((item) => item.role === role).length,
  );
  const groups = new Set(items.filter((item) => item.role === "train").map(({ group }) => group));
  return {
    view: formatSplitView(view),
    train: train ?? 0,
    validation: validation ?? 0,
    test: test ?? 0,
    trainingGroups: groups.size,
  };
}
