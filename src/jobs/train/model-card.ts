/** The card of a trained model version: what a person must know before using it, from facts of the run alone. */

import type { DatasetVersionDetail, SplitRole, TrainingRun } from "#store/index.ts";

export function modelCardOf(facts: {
  readonly dataset: DatasetVersionDetail;
  /** Keys of the groups of each role. */
  readonly groups: Readonly<Record<SplitRole, readonly string[]>>;
  readonly run: TrainingRun;
  /** Wall time of this process' part of the run. */
  readonly ms: number;
}): Record<string, unknown> {
  const { dataset, groups, run, ms } = facts;
  const validations = run.curve.filter((point) => point.validation !== null);
  const { terms, sentences, conflicts, attributions } = dataset.licenceReport;
  return {
    task: `instance segmentation of ${outlined(run)} in single planes`,
    trainedOn: `${dataset.name}@${dataset.version}`,
    datasetDigest: dataset.digest,
    datasetQuery: dataset.query,
    dataLicence: dataset.licence,
    dataTerms: { ...terms, sentences, conflicts },
    attributions,
    split: dataset.split,
    trainingGroups: groups.train,
    heldOutGroups: { validation: groups.validation, test: groups.test },
    acceptedLeaks: dataset.audit.findings
      .filter(({ waiver }) => waiver !== null)
      .map(({ text, waiver }) => ({ text, reason: waiver })),
    ...hiddenCells(dataset),
    inputs: run.inputs,
    seed: run.seed,
    steps: run.steps,
    lastValidation: validations.at(-1)?.validation ?? null,
    trainingMinutes: Math.round(ms / 6_000) / 10,
    limits:
      "Images unlike the training groups (other stains, magnifications, three-dimensional stacks) may be segmented " +
      "badly; look at the error classes per group before relying on counts.",
  };
}

/** What the label images that it learnt from did not show; nothing for most. */
function hiddenCells({ hidden }: DatasetVersionDetail): { readonly hiddenCells?: readonly string[] } {
  return hidden === null || hidden.notes.length === 0 ? {} : { hiddenCells: hidden.notes };
}

const words: Readonly<Record<string, string>> = {
  nuclear: "nuclei",
  wholeCell: "whole cells",
  cytoplasm: "cytoplasm",
};

/** What the run learnt to outline, for a sentence: "nuclei and whole cells". */
function outlined({ config }: TrainingRun): string {
  const { compartments } = config;
  const names = Array.isArray(compartments) ? compartments : ["nuclear"];
  return names.map((name) => words[String(name)] ?? String(name)).join(" and ");
}
