/** An evaluation in full, and two versions side by side, as tables. */

import {
  type Headline,
  type HeadlineName,
  headlineNames,
  type Interval,
  type ObjectScores,
  type ScoreComparison,
} from "#core/metrics/index.ts";
import type { EvaluationDetail } from "#store/index.ts";
import { counted, table } from "../output.ts";
import { evaluationReport } from "./model-report.ts";

const words: Readonly<Record<HeadlineName, string>> = {
  ap50: "AP@0.5",
  ap75: "AP@0.75",
  meanAp: "mSA (mean AP 0.5 to 0.95)",
  f1: "F1@0.5",
  precision: "precision@0.5",
  recall: "recall@0.5",
  pq: "PQ",
  sq: "SQ",
  rq: "RQ",
  aji: "AJI",
  ajiPlus: "AJI+",
  seg: "SEG",
  det: "DET",
  boundaryF: "boundary F",
  hausdorff95Px: "Hausdorff 95 %, px",
  areaBias: "area bias",
};

const show = (value: number | null | undefined): string =>
  value === null || value === undefined ? "-" : value.toFixed(3);
const showInterval = (interval: Interval | null | undefined): string =>
  interval === null || interval === undefined ? "-" : `${show(interval.low)} .. ${show(interval.high)}`;

/** The score with its interval: `0.752 (0.677 .. 0.823)`. */
const withInterval = (value: number | null, interval: Interval | null): string =>
  interval === null ? show(value) : `${show(value)} (${showInterval(interval)})`;

/** @param facet  only this field; all when undefined. */
export function fullReport(evaluation: EvaluationDetail, facet?: string): string {
  const { report } = evaluation;
  if (report === null) return evaluationReport(evaluation);
  const { intervals, agreement, headline } = report;
  const people = agreement?.comparison.scores;
  const tolerance = report.scores.settings.boundaryTolerance;
  return [
    evaluationReport(evaluation),
    "",
    `95 % intervals: ${intervals.method} over ${intervals.unitCount} ${intervals.unit}s, ${intervals.replicates} draws, seed ${intervals.seed}.` +
      (intervals.unit === "image"
        ? " Too few groups to draw: it speaks for more images of these groups, not for new ones."
        : ""),
    table(
      ["score", "value", "interval", ...(people === undefined ? [] : ["two people", "model there"])],
      headlineNames.map((name) => [
        words[name],
        show(headline[name]),
        showInterval(intervals.intervals[name]),
        ...(people === undefined ? [] : [show(people[name].a), show(people[name].b)]),
      ]),
    ),
    `Border tolerance ${tolerance.distance} ${tolerance.unit}; matching ${report.scores.settings.matcher}.`,
    ...leftOut(report.scores.uncounted),
    agreement === null
      ? "No image has labels of a second person; how well people agree is not known."
      : `Two people have outlined ${counted(agreement.imageCount, "image")} with ${agreement.referenceCount} cells.`,
    ...facetTables(evaluation, facet),
  ].join("\n");
}

/** Cells that no score counts; nothing where everything is annotated. */
export function leftOut(uncounted: ObjectScores["uncounted"] | undefined): string[] {
  const { predictions = 0, references = 0 } = uncounted ?? {};
  if (predictions + references === 0) return [];
  const ignored = references > 0 ? ` and ${counted(references, "reference cell")} in ignored places` : "";
  return [`Not counted: ${counted(predictions, "predicted cell")} where nobody annotated${ignored}.`];
}

function facetTables({ report }: EvaluationDetail, only: string | undefined): string[] {
  const facets = (report?.facets ?? []).filter(({ field }) => only === undefined || field === only);
  return [...Map.groupBy(facets, ({ field }) => field)].flatMap(([field, rows]) => [
    "",
    table(
      [field, "images", "groups", "cells", "AP@0.5", "F1@0.5", "mSA", "SEG", "boundary F", "area bias"],
      rows.map(({ value, imageCount, groupCount, referenceCount, headline, intervals }) => [
        value,
        imageCount,
        groupCount,
        referenceCount,
        withInterval(headline.ap50, intervals.intervals.ap50),
        withInterval(headline.f1, intervals.intervals.f1),
        ...scoresIn(headline, ["meanAp", "seg", "boundaryF", "areaBias"]),
      ]),
    ),
  ]);
}

const scoresIn = (headline: Headline, names: readonly HeadlineName[]): string[] =>
  names.map((name) => show(headline[name]));

export interface VersionComparison {
  /** `name@version` of the other version, and of the one asked for. */
  readonly a: string;
  readonly b: string;
  readonly compartment: string;
  readonly imageCount: number;
  readonly comparison: ScoreComparison;
  readonly cells: Readonly<Record<"both" | "won" | "lost" | "neither", number>>;
}

export function comparisonReport({ a, b, imageCount, comparison, cells }: VersionComparison): string {
  const { unit, unitCount, test, permutations, replicates, smallestP, scores } = comparison;
  return [
    "",
    `${b} against ${a} on ${counted(imageCount, "image")}: ${test} test (${permutations} permutations, smallest p ${show(smallestP)}) and paired bootstrap (${replicates} draws) over ${unitCount} ${unit}s.`,
    table(
      ["score", a, b, "difference", "95 % interval", "p"],
      headlineNames.map((name) => [
        words[name],
        show(scores[name].a),
        show(scores[name].b),
        show(scores[name].difference),
        showInterval(scores[name].interval),
        show(scores[name].p),
      ]),
    ),
    `Cells: ${cells.both} right in both, ${cells.won} only in ${b}, ${cells.lost} only in ${a}, ${cells.neither} in neither.`,
  ].join("\n");
}
