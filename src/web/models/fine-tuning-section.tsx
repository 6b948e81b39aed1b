/** What a fine-tuning chose by itself, what it gained on held-out groups, and what more labels would bring. */

import type { ReactNode } from "react";
import type { FineTuning } from "#api/index.ts";
import { fineTuningGains, fineTuningWords } from "#api/index.ts";
import { formatCount, formatScore } from "../ui/index.ts";
import { forecastScale } from "./forecast-scale.ts";

export function FineTuningSection({ found }: { found: FineTuning }): ReactNode {
  const { forecast } = found;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">{fineTuningWords(found).join(" ")}</p>
      {forecast !== null && fineTuningGains(found) === true && <ForecastPicture forecast={forecast} />}
    </div>
  );
}

const frame = { width: 420, height: 180, left: 40, right: 44, top: 10, bottom: 34 };

function ForecastPicture({ forecast }: { forecast: NonNullable<FineTuning["forecast"]> }): ReactNode {
  const { points, ahead } = forecast;
  const scores = [...points.map(({ score }) => score), ...ahead.flatMap(({ low, high }) => [low, high])];
  const cells = [...points, ...ahead].map((one) => one.cells);
  const { x, y } = forecastScale(cells, scores, frame);
  const last = points.at(-1);
  const line = points.map((point) => `${x(point.cells)},${y(point.score)}`).join(" ");
  const start = last === undefined ? [] : [{ cells: last.cells, low: last.score, high: last.score }];
  const band = [...start, ...ahead];
  const area = [
    ...band.map((one) => `${x(one.cells)},${y(one.high)}`),
    ...band.toReversed().map((one) => `${x(one.cells)},${y(one.low)}`),
  ].join(" ");
  return (
    <figure>
      <svg
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        className="w-full max-w-[420px]"
        role="img"
        aria-label="Score by number of labelled cells"
      >
        <polygon points={area} className="fill-accent-wash" />
        <polyline points={line} fill="none" className="stroke-accent" strokeWidth={2} />
        {points.map((point) => (
          <g key={point.cells}>
            <circle cx={x(point.cells)} cy={y(point.score)} r={4} className="fill-accent" />
            <text x={x(point.cells)} y={y(point.score) - 8} textAnchor="middle" className="fill-ink text-xs">
              {formatScore(point.score)}
            </text>
          </g>
        ))}
        {ahead.map((one) => (
          <line
            key={one.cells}
            x1={x(one.cells)}
            x2={x(one.cells)}
            y1={y(one.low)}
            y2={y(one.high)}
            className="stroke-accent"
            strokeDasharray="3 3"
          />
        ))}
        {cells.map((count) => (
          <text
            key={count}
            x={x(count)}
            y={frame.height - 16}
            textAnchor="middle"
            className="fill-quiet text-xs"
          >
            {formatCount(count)}
          </text>
        ))}
        <text x={frame.width / 2} y={frame.height - 2} textAnchor="middle" className="fill-quiet text-xs">
          labelled cells
        </text>
      </svg>
    </figure>
  );
}
