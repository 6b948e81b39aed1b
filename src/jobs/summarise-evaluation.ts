/** From the sums of the images of an evaluation to what is kept of it: scores for lists and the gate, groups, report. */

import {
  addTallies,
  defaultTallySettings,
  type MatchScores,
  makeEvaluationReport,
  scoresOf,
} from "#core/metrics/index.ts";
import type { GroupScore, NewEvaluation, NewEvaluationImage, Score } from "#store/index.ts";

/** Scores for lists and the gate, and the report behind them. */
export function summarise(images: readonly NewEvaluationImage[], metricVersion: string): NewEvaluation {
  const report = makeEvaluationReport(images, defaultTallySettings);
  const { correct, missed, gained, split, merge, catastrophe } = report.scores.errors;
  return {
    metricVersion,
    imageCount: images.length,
    scores: report.scores.byThreshold.map(toScore),
    errors: { correct, missed, gained, split, merge, catastrophe },
    groups: scoreGroups(images),
    report,
    images,
  };
}

/** One line per leakage group, by name, so that the worst kind of image can be seen. */
function scoreGroups(images: readonly NewEvaluationImage[]): GroupScore[] {
  const groups = [...Map.groupBy(images, ({ group }) => group)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([group, members]) => {
    const total = addTallies(
      members.map(({ tally }) => tally),
      defaultTallySettings.thresholds.length,
    );
    const at50 = scoresOf(total, defaultTallySettings).byThreshold.find(({ threshold }) => threshold === 0.5);
    return { group, images: members.length, ap50: at50?.averagePrecision ?? 0, f1: at50?.f1 ?? 0 };
  });
}

function toScore(score: MatchScores): Score {
  const { threshold, tp, fp, fn, precision, recall, f1, averagePrecision, panopticQuality } = score;
  return { threshold, tp, fp, fn, precision, recall, f1, averagePrecision, panopticQuality };
}
