/** One field of the metadata at a time: where the model is good, where it is not, with intervals. */

import type { ReactNode } from "react";
import type { EvaluationReportWire } from "#api/index.ts";
import { Choice, Empty, formatCount, Section } from "../ui/index.ts";
import type { EvaluationSearch } from "./evaluation-search.ts";
import { IntervalBar } from "./interval-bar.tsx";
import { fieldWord, formatInterval, formatValue } from "./score-words.ts";

export function FacetTable({
  report,
  search,
  onShow,
}: {
  report: EvaluationReportWire;
  search: EvaluationSearch;
  onShow: (next: EvaluationSearch) => void;
}): ReactNode {
  const fields = [...new Set(report.facets.map(({ field }) => field))];
  // The field that tells images apart best comes first: the one with most values.
  const busiest = fields.toSorted((a, b) => valuesOf(report, b).length - valuesOf(report, a).length)[0];
  const field = fields.find((one) => one === search.field) ?? busiest;
  if (field === undefined) {
    return (
      <Section title="By facet">
        <Empty title="No facets">The images say nothing about organ, platform or cell line.</Empty>
      </Section>
    );
  }
  const hardestFirst = valuesOf(report, field).toSorted(
    (a, b) => (a.headline.ap50 ?? 0) - (b.headline.ap50 ?? 0),
  );
  return (
    <Section
      title="By facet"
      note="hardest first"
      actions={
        <Choice
          label="Facet"
          hideLabel
          className="w-44"
          items={fields.map((one) => ({ value: one, label: fieldWord(one) }))}
          value={field}
          onChange={(next) => onShow({ field: next })}
        />
      }
    >
      <table className="table">
        <caption className="sr-only">Scores by {fieldWord(field)}</caption>
        <thead>
          <tr>
            <th>{fieldWord(field)}</th>
            <th className="num">Images</th>
            <th className="num">Groups</th>
            <th className="num">Cells</th>
            <th className="num">AP@0.5</th>
            <th>
              <span className="sr-only">Picture</span>
            </th>
            <th className="num">Interval</th>
            <th className="num">F1@0.5</th>
            <th className="num">SEG</th>
            <th className="num">Area bias</th>
          </tr>
        </thead>
        <tbody>
          {hardestFirst.map(({ value, headline, intervals, ...counts }) => (
            <tr key={value} className="hover:bg-hover">
              <td>
                <button
                  type="button"
                  className="rounded-md text-left underline-offset-2 hover:text-accent hover:underline"
                  onClick={() => onShow({ tab: "cells", field, value })}
                >
                  {value}
                  <span className="sr-only">, show its cells</span>
                </button>
              </td>
              <td className="num">{formatCount(counts.imageCount)}</td>
              <td className="num">{formatCount(counts.groupCount)}</td>
              <td className="num">{formatCount(counts.referenceCount)}</td>
              <td className="num font-semibold">{formatValue("ap50", headline.ap50 ?? null)}</td>
              <td className="w-36 align-middle!">
                <IntervalBar value={headline.ap50 ?? null} interval={intervals.intervals.ap50} />
              </td>
              <td className="num whitespace-nowrap">{formatInterval("ap50", intervals.intervals.ap50)}</td>
              <td className="num">{formatValue("f1", headline.f1 ?? null)}</td>
              <td className="num">{formatValue("seg", headline.seg ?? null)}</td>
              <td className="num">{formatValue("areaBias", headline.areaBias ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

const valuesOf = (report: EvaluationReportWire, field: string) =>
  report.facets.filter((one) => one.field === field);
