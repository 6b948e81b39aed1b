/** Scores with their intervals, what people reach among themselves, and how everything was measured. */

import type { ReactNode } from "react";
import type { EvaluationReportWire } from "#api/index.ts";
import { Facts, formatPercent, plural, Section } from "../ui/index.ts";
import type { EvaluationTabProps } from "./evaluation-search.ts";
import { FacetTable } from "./facet-table.tsx";
import { IntervalBar } from "./interval-bar.tsx";
import { useScoreRows } from "./score-rows.tsx";
import { formatInterval, formatP, formatValue, scoreWords, unitWords } from "./score-words.ts";

export function ScoresTab({
  evaluation,
  report,
  search,
  onShow,
}: EvaluationTabProps & { report: EvaluationReportWire }): ReactNode {
  const { names, button } = useScoreRows();
  const { intervals, agreement } = report;
  const noun = intervals.unit === "group" ? "new groups" : "more images of these groups";
  return (
    <div className="flex max-w-5xl flex-col gap-10">
      <Section
        title="Scores"
        note={`${formatPercent(intervals.level)} intervals for ${noun}, by drawing ${unitWords(intervals.unit, intervals.unitCount)}`}
        actions={button}
      >
        <table className="table">
          <caption className="sr-only">Scores with intervals</caption>
          <thead>
            <tr>
              <th>Score</th>
              <th className="num">Value</th>
              <th>
                <span className="sr-only">Picture</span>
              </th>
              <th className="num">Interval</th>
              {agreement !== null && <th className="num">Two people</th>}
              {agreement !== null && <th className="num">Model there</th>}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const { name: word, meaning, kind } = scoreWords[name];
              const people = agreement?.comparison.scores[name];
              return (
                <tr key={name}>
                  <td>
                    {word} <span className="text-quiet">· {meaning}</span>
                  </td>
                  <td className="num font-semibold">{formatValue(name, report.headline[name] ?? null)}</td>
                  <td className="w-36 align-middle!">
                    {kind === "share" && (
                      <IntervalBar
                        value={report.headline[name] ?? null}
                        interval={intervals.intervals[name]}
                        ceiling={people?.a}
                      />
                    )}
                  </td>
                  <td className="num whitespace-nowrap">{formatInterval(name, intervals.intervals[name])}</td>
                  {agreement !== null && <td className="num">{formatValue(name, people?.a ?? null)}</td>}
                  {agreement !== null && <td className="num">{formatValue(name, people?.b ?? null)}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
        <LeftOut report={report} />
        <Ceiling report={report} />
      </Section>
      <FacetTable report={report} search={search} onShow={onShow} />
      <Section title="How it was measured">
        <Facts
          rows={[
            ["Metric version", evaluation.metricVersion],
            ["Matching", `maximum assignment by IoU (${report.settings.matcher})`],
            ["Measured pairs", `IoU at least ${report.settings.measuredIou}: area and distance of borders`],
            [
              "Border tolerance",
              `${report.settings.boundaryTolerance.distance} ${report.settings.boundaryTolerance.unit === "um" ? "µm" : "px"}`,
            ],
            [
              "Error classes",
              `correct above IoU ${report.settings.errors.correctIou}; related from ${report.settings.errors.relatedIou}`,
            ],
            [
              "Intervals",
              `${intervals.method} over ${unitWords(intervals.unit, intervals.unitCount)}, ${intervals.replicates} draws, seed ${intervals.seed}`,
            ],
            ["Foreground IoU", formatValue("ap50", report.foreground.iou)],
          ]}
        />
      </Section>
    </div>
  );
}

/** Cells that no score counts; nothing where everything is annotated. */
function LeftOut({ report: { uncounted } }: { report: EvaluationReportWire }): ReactNode {
  const { predictions = 0, references = 0 } = uncounted ?? {};
  if (predictions + references === 0) return null;
  const seen = `${plural(predictions, "predicted cell")} where nobody annotated`;
  return (
    <p className="text-sm text-quiet">
      Not counted: {seen}
      {references > 0 && ` and ${plural(references, "reference cell")} in ignored places`}.
    </p>
  );
}

function Ceiling({ report: { agreement } }: { report: EvaluationReportWire }): ReactNode {
  if (agreement === null) {
    return (
      <p className="text-sm text-quiet">
        No image has labels of a second person, so nobody knows how well people agree here. Import a second
        set of labels under a name, and evaluate again.
      </p>
    );
  }
  const { p, difference } = agreement.comparison.scores.f1 ?? { p: null, difference: null };
  return (
    <p className="text-sm text-quiet">
      On {plural(agreement.imageCount, "image")} with labels of two people, the second person reaches what
      stands under “Two people” (the tick). The model is{" "}
      {difference === null || difference < 0 ? "below" : "at or above"} that; p = {formatP(p)} for F1.
    </p>
  );
}
