/** Corrections per 100 cells and seconds per cell, image by image: whether the model leaves less to do. Its table is one click away. */

import { type ReactNode, useState } from "react";
import { useEffort } from "../client/index.ts";
import { Button, Problem } from "../ui/index.ts";
import { type EffortPoint, effortPoints, effortSentence } from "./effort-points.ts";

const [width, height, left, bottom] = [320, 120, 26, 14];

export function EffortCurve({ projectId }: { projectId: string }): ReactNode {
  const effort = useEffort(projectId);
  const [table, setTable] = useState(false);
  // One line, as for a project without corrections: nothing below moves when the answer comes.
  if (effort.isPending) {
    return (
      <p role="status" className="text-sm text-quiet">
        Counting corrections …
      </p>
    );
  }
  if (effort.data === undefined)
    return <Problem error={effort.error} onRetry={() => void effort.refetch()} />;
  const points = effortPoints(effort.data.images);
  if (points.length === 0) {
    return (
      <p className="text-sm text-quiet">The curve begins with the first image that a person corrects.</p>
    );
  }
  const sentence = effortSentence(points);
  return (
    <figure className="flex flex-col gap-2" data-testid="effort" data-images={points.length}>
      {table ? <EffortTable points={points} /> : <Plot points={points} />}
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-quiet">
        <Key className="bg-accent" text="corrections per 100 cells" />
        <Key className="bg-quiet" text="seconds per cell" />
        <Button look="quiet" size="small" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "Show curve" : "Show table"}
        </Button>
      </figcaption>
      {sentence !== null && <p className="text-sm">{sentence}</p>}
    </figure>
  );
}

function Key({ className, text }: { className: string; text: string }): ReactNode {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={`h-0.5 w-3 ${className}`} />
      {text}
    </span>
  );
}

function Plot({ points }: { points: readonly EffortPoint[] }): ReactNode {
  const most = ceiling(Math.max(...points.map(({ correctionsPer100 }) => correctionsPer100)));
  const slowest = ceiling(Math.max(...points.map(({ secondsPerCell }) => secondsPerCell)));
  const last = points.at(-1) as EffortPoint;
  const x = (k: number): number => left + ((k + 0.5) * (width - 2 * left)) / points.length;
  const y = (share: number): number => 4 + (1 - share) * (height - bottom - 8);
  const line = (value: (point: EffortPoint) => number): string =>
    points.map((point, k) => `${x(k).toFixed(1)},${y(value(point)).toFixed(1)}`).join(" ");
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${points.length} images; the last one took ${last.correctionsPer100.toFixed(0)} corrections per 100 cells and ${last.secondsPerCell.toFixed(1)} seconds per cell`}
      className="w-full max-w-140"
    >
      {[0, 0.5, 1].map((share) => (
        <g key={share} className="text-quiet" fontSize="9" fill="currentColor">
          <line x1={left} x2={width - left} y1={y(share)} y2={y(share)} className="stroke-line" />
          <text x={left - 4} y={y(share) + 3} textAnchor="end">
            {number(share * most)}
          </text>
          <text x={width - left + 4} y={y(share) + 3}>
            {number(share * slowest)}
          </text>
        </g>
      ))}
      {points.map(
        ({ isNewModel, imageId, proposedBy }, k) =>
          isNewModel && (
            <line
              key={imageId}
              x1={(x(k) + x(k - 1)) / 2}
              x2={(x(k) + x(k - 1)) / 2}
              y1={y(1)}
              y2={y(0)}
              className="stroke-quiet"
              strokeDasharray="2 2"
            >
              <title>{`From here on: ${proposedBy ?? "no proposals"}`}</title>
            </line>
          ),
      )}
      <g fill="none" strokeWidth="1.75">
        <polyline points={line(({ secondsPerCell }) => secondsPerCell / slowest)} className="stroke-quiet" />
        <polyline
          points={line(({ correctionsPer100 }) => correctionsPer100 / most)}
          className="stroke-accent"
        />
      </g>
      {points.map((point, k) => (
        <circle
          key={point.imageId}
          cx={x(k)}
          cy={y(point.correctionsPer100 / most)}
          r="2.5"
          className="fill-accent"
        >
          <title>{`${point.name}: ${point.corrections} corrections in ${point.cells} cells`}</title>
        </circle>
      ))}
      <text
        x={width / 2}
        y={height - 2}
        fontSize="9"
        textAnchor="middle"
        fill="currentColor"
        className="text-quiet"
      >
        images, in the order they were done
      </text>
    </svg>
  );
}

function EffortTable({ points }: { points: readonly EffortPoint[] }): ReactNode {
  return (
    <div className="max-h-64 overflow-auto">
      <table className="table w-full text-xs">
        <caption className="sr-only">Effort of each image, the first one first</caption>
        <thead>
          <tr>
            <th>Image</th>
            <th className="num">Corrected</th>
            <th className="num">s per cell</th>
            <th>Proposed by</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.imageId}>
              <td className="max-w-24 truncate" title={point.name}>
                {point.name}
              </td>
              <td className="num">
                {point.corrections} of {point.cells}
              </td>
              <td className="num">{point.secondsPerCell.toFixed(1)}</td>
              <td className="max-w-24 truncate" title={point.proposedBy ?? undefined}>
                {point.proposedBy ?? "nobody"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The next of 1, 2, 5 times a power of ten. */
function ceiling(value: number): number {
  if (!(value > 0)) return 1;
  const decade = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((k) => k * decade >= value) ?? 10) * decade;
}

const number = (value: number): string => String(Number(value.toPrecision(2)));
