/** Looking up scores and comparing two evaluations. Pure. */

import type { ErrorCounts, Evaluation, Model, ModelVersion, Score } from "#api/index.ts";

/** The newest evaluation on test images: of the version's own dataset if there is one, else of any. */
export function testEvaluation(version: ModelVersion): Evaluation | undefined {
  const onTest = version.evaluations
    .filter((evaluation) => evaluation.split === "test")
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return onTest.find((evaluation) => evaluation.datasetVersionId === version.dataset?.versionId) ?? onTest[0];
}

/** Thresholds travel as numbers such as 0.5 or 0.55; a hair of difference is rounding, not another threshold. */
export function scoreAt(evaluation: Evaluation, threshold: number): Score | undefined {
  return evaluation.scores.find((score) => Math.abs(score.threshold - threshold) < 1e-6);
}

/** Error classes in the order they are shown, with what each means to a person who looks at the picture. */
export const errorClasses: readonly { key: keyof ErrorCounts; word: string; meaning: string }[] = [
  { key: "correct", word: "correct", meaning: "found, with the right shape" },
  { key: "split", word: "split", meaning: "one cell predicted as several" },
  { key: "merge", word: "merge", meaning: "several cells predicted as one" },
  { key: "missed", word: "missed", meaning: "a cell without a prediction" },
  { key: "gained", word: "gained", meaning: "a prediction where there is no cell" },
  { key: "catastrophe", word: "catastrophe", meaning: "a knot of cells and predictions" },
];

export function errorTotal(errors: ErrorCounts): number {
  return errorClasses.reduce((sum, { key }) => sum + errors[key], 0);
}

/** The released version of the same line to compare with, measured on the same items; undefined when there is none. */
export function releasedRival(
  models: readonly Model[],
  candidate: ModelVersion,
): { version: ModelVersion; evaluation: Evaluation } | undefined {
  const mine = testEvaluation(candidate);
  if (mine === undefined) return undefined;
  const rivals = models
    .filter((model) => model.id === candidate.modelId)
    .flatMap((model) => model.versions)
    .filter((version) => version.stage === "released" && version.id !== candidate.id)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  for (const version of rivals) {
    const evaluation = version.evaluations.find(
      (other) => other.datasetVersionId === mine.datasetVersionId && other.split === "test",
    );
    if (evaluation !== undefined) return { version, evaluation };
  }
  return undefined;
}
