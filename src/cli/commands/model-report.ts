/** Model versions and evaluations in words. */

import type { Evaluation, ModelVersion, Score } from "#store/index.ts";
import { counted, score, table } from "../output.ts";

/** Thresholds worth a line on a terminal; all are in the JSON. */
const SHOWN_THRESHOLDS = [0.5, 0.6, 0.7, 0.8, 0.9];

export function scoreTable(scores: readonly Score[]): string {
  return table(
    ["IoU", "AP", "F1", "precision", "recall", "PQ", "TP", "FP", "FN"],
    scores
      .filter((one) => SHOWN_THRESHOLDS.includes(one.threshold))
      .map((one) => [
        one.threshold.toFixed(2),
        score(one.averagePrecision),
        score(one.f1),
        score(one.precision),
        score(one.recall),
        score(one.panopticQuality),
        one.tp,
        one.fp,
        one.fn,
      ]),
  );
}

export function evaluationReport(evaluation: Evaluation): string {
  const { errors } = evaluation;
  return [
    `${evaluation.dataset}, ${evaluation.split}, ${evaluation.compartment}: ${counted(evaluation.imageCount, "image")} (${evaluation.metricVersion})`,
    scoreTable(evaluation.scores),
    "",
    `Cells: ${errors.correct} correct, ${errors.missed} missed, ${errors.gained} gained, ${errors.split} split, ` +
      `${errors.merge} merged, ${errors.catastrophe} in disorder.`,
    "",
    table(
      ["group", "images", "AP@0.5", "F1@0.5"],
      evaluation.groups.map((group) => [group.group, group.images, score(group.ap50), score(group.f1)]),
    ),
  ].join("\n");
}

export function versionReport(version: ModelVersion): string {
  const { dataset, training } = version;
  return [
    `${version.name}@${version.version}  ${version.stage}`,
    `weights       ${version.weightsDigest}`,
    `onnx          ${version.onnxDigest}  (${Math.round(version.onnxBytes / 1024)} KiB)`,
    `architecture  ${version.architecture}`,
    `licence       ${version.licence}`,
    ...(dataset === null ? [] : [`dataset       ${dataset.name}@${dataset.version}  ${dataset.digest}`]),
    ...(training === null
      ? []
      : [
          `training      ${training.steps} steps, seed ${training.seed}, ${training.device}`,
          `code          ${training.codeVersion}`,
          `lockfile      ${training.lockDigest}`,
          `base          ${training.baseModel ?? "none"}`,
        ]),
  ].join("\n");
}
