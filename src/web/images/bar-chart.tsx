/** A histogram in SVG with its table behind it. The colour is the accent; nothing is told by colour alone. */

import { type ReactNode, useState } from "react";
import { Button, formatCount } from "../ui/index.ts";

export interface Bar {
  /** Below the bar. */
  readonly label: string;
  /** In the table and for readers; default the label. */
  readonly name?: string;
  readonly images: number;
  readonly cells: number;
}

/** About as wide as a chart is on the screen, so that its words have the size of the others. */
const WIDTH = 460;
const HEIGHT = 180;
/** Room for the largest count above the bars and the labels below. */
const TOP = 18;
const BOTTOM = 22;
/** Labels closer than this run into each other. */
const LABEL_WIDTH = 38;

export function BarChart({
  title,
  note,
  unit,
  bars,
  of,
}: {
  title: string;
  note?: string;
  /** Of the labels; "" for none. */
  unit: string;
  bars: readonly Bar[];
  /** What the height counts. */
  of: "images" | "cells";
}): ReactNode {
  const [table, setTable] = useState(false);
  const most = Math.max(1, ...bars.map((bar) => bar[of]));
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="flex items-baseline gap-2">
        <span className="font-semibold">{title}</span>
        <span className="text-sm text-quiet">
          {[unit, note ?? ""].filter((text) => text !== "").join(", ")}
        </span>
        <Button
          look="quiet"
          size="small"
          className="ml-auto"
          aria-pressed={table}
          aria-label={`${table ? "Show chart" : "Show table"}: ${title}`}
          onClick={() => setTable(!table)}
        >
          {table ? "Show chart" : "Show table"}
        </Button>
      </figcaption>
      {bars.length === 0 ? (
        <p className="text-sm text-quiet">Nothing to show.</p>
      ) : table ? (
        <BarTable title={title} unit={unit} bars={bars} />
      ) : (
        <Bars bars={bars} of={of} most={most} title={title} />
      )}
    </figure>
  );
}

function Bars({
  bars,
  of,
  most,
  title,
}: {
  bars: readonly Bar[];
  of: "images" | "cells";
  most: number;
  title: string;
}): ReactNode {
  const pitch = WIDTH / bars.length;
  const width = Math.min(40, pitch - 2);
  const high = HEIGHT - TOP - BOTTOM;
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / pitch));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${title}: ${bars.length} bars, the largest ${formatCount(most)} ${of}. The table has all numbers.`}
      className="w-full max-w-xl text-xs"
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} className="stroke-edge" />
      {bars.map((bar, index) => {
        const height = (bar[of] / most) * high;
        const x = index * pitch + (pitch - width) / 2;
        return (
          <g key={bar.label}>
            <rect x={x} y={HEIGHT - BOTTOM - height} width={width} height={height} className="fill-accent">
              <title>{`${bar.name ?? bar.label}: ${formatCount(bar[of])} ${of}`}</title>
            </rect>
            {bar[of] === most && (
              <text
                x={x + width / 2}
                y={HEIGHT - BOTTOM - height - 4}
                textAnchor="middle"
                className="fill-ink"
                fontSize={12}
              >
                {formatCount(most)}
              </text>
            )}
            {index % every === 0 && (
              <text x={x + width / 2} y={HEIGHT - 6} textAnchor="middle" className="fill-quiet" fontSize={12}>
                {bar.label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function BarTable({ title, unit, bars }: { title: string; unit: string; bars: readonly Bar[] }): ReactNode {
  return (
    <table className="table">
      <caption className="sr-only">{title}</caption>
      <thead>
        <tr>
          <th>{unit === "" ? title : unit}</th>
          <th className="num">Images</th>
          <th className="num">Cells</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.label}>
            <td>{bar.name ?? bar.label}</td>
            <td className="num">{formatCount(bar.images)}</td>
            <td className="num">{formatCount(bar.cells)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
