/** AP and F1 over the matching threshold: a small picture, and the table behind it. */

import type { ReactNode } from "react";
import type { Evaluation, Score } from "#api/index.ts";
import { formatCount, formatScore } from "../ui/index.ts";

const WIDTH = 592;
const HEIGHT = 148;
const LEFT = 28;
const BOTTOM = 20;

export function ScorePicture({
  evaluation,
  rival,
}: {
  evaluation: Evaluation;
  rival?: { name: string; evaluation: Evaluation } | undefined;
}): ReactNode {
  if (evaluation.scores.length < 2) return null;
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="flex flex-wrap gap-4 text-sm">
        <Key className="bg-accent">AP of this version</Key>
        {rival !== undefined && <Key className="bg-quiet">AP of {rival.name}</Key>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full max-w-148"
        role="img"
        aria-label="AP by IoU threshold"
      >
        {[0, 0.5, 1].map((value) => (
          <g key={value} className="text-quiet">
            <line x1={LEFT} x2={WIDTH} y1={yOf(value)} y2={yOf(value)} className="stroke-line" />
            <text x={LEFT - 6} y={yOf(value) + 4} textAnchor="end" className="fill-current text-[11px]">
              {value}
            </text>
          </g>
        ))}
        {evaluation.scores.map((score, index) => (
          <text
            key={score.threshold}
            x={xOf(index, evaluation.scores.length)}
            y={HEIGHT - 4}
            textAnchor="middle"
            className="fill-quiet text-[11px]"
          >
            {score.threshold.toFixed(2)}
          </text>
        ))}
        {rival !== undefined && (
          <polyline
            points={lineOf(rival.evaluation.scores)}
            className="fill-none stroke-quiet"
            strokeWidth="1.5"
            strokeDasharray="4 3"
          />
        )}
        <polyline points={lineOf(evaluation.scores)} className="fill-none stroke-accent" strokeWidth="2" />
      </svg>
    </figure>
  );
}

export function ScoreTable({ evaluation }: { evaluation: Evaluation }): ReactNode {
  return (
    <table className="table">
      <caption className="sr-only">Scores by IoU threshold</caption>
      <thead>
        <tr>
          <th className="num">IoU</th>
          <th className="num">AP</th>
          <th className="num">F1</th>
          <th className="num">Precision</th>
          <th className="num">Recall</th>
          <th className="num">PQ</th>
          <th className="num">TP / FP / FN</th>
        </tr>
      </thead>
      <tbody>
        {evaluation.scores.map((score) => (
          <tr key={score.threshold}>
            <td className="num">{score.threshold.toFixed(2)}</td>
            <td className="num">{formatScore(score.averagePrecision)}</td>
            <td className="num">{formatScore(score.f1)}</td>
            <td className="num">{formatScore(score.precision)}</td>
            <td className="num">{formatScore(score.recall)}</td>
            <td className="num">{formatScore(score.panopticQuality)}</td>
            <td className="num">
              {formatCount(score.tp)} / {formatCount(score.fp)} / {formatCount(score.fn)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Key({ className, children }: { className: string; children: ReactNode }): ReactNode {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className={`h-0.5 w-4 ${className}`} />
      {children}
    </span>
  );
}

const xOf = (index: number, count: number): number => LEFT + 8 + ((WIDTH - LEFT - 28) * index) / (count - 1);
const yOf = (value: number): number => 8 + (HEIGHT - BOTTOM - 12) * (1 - value);
const lineOf = (scores: readonly Score[]): string =>
  scores.map((score, index) => `${xOf(index, scores.length)},${yOf(score.averagePrecision)}`).join(" ");
