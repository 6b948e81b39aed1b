/** Axes of a small plot: lines, round marks and names, in SVG; what is plotted lies between them. */

import type { ReactNode } from "react";
import type { Range } from "./gate.ts";
import { roundMarks, shortNumber } from "./plot-scale.ts";

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** Room for the marks' numbers, px. */
export const plotMargin = { left: 62, right: 8, top: 8, bottom: 34 } as const;

export interface PlotPlaces {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xBack: (px: number) => number;
  readonly yBack: (px: number) => number;
}

/** From values to pixels of the plot and back. */
export function plotPlaces({ width, height }: PlotSize, x: Range, y: Range): PlotPlaces {
  const { left, right, top, bottom } = plotMargin;
  const [wide, high] = [width - left - right, height - top - bottom];
  const [spanX, spanY] = [x.to - x.from, y.to - y.from];
  return {
    x: (value) => left + ((value - x.from) / spanX) * wide,
    y: (value) => top + (1 - (value - y.from) / spanY) * high,
    xBack: (px) => x.from + ((px - left) / wide) * spanX,
    yBack: (px) => y.from + (1 - (px - top) / high) * spanY,
  };
}

export function PlotAxes({
  size,
  x,
  y,
  xName,
  yName,
}: {
  size: PlotSize;
  x: Range;
  y: Range;
  xName: string;
  yName: string;
}): ReactNode {
  const places = plotPlaces(size, x, y);
  const { left, right, top, bottom } = plotMargin;
  const floor = size.height - bottom;
  return (
    <g className="fill-quiet stroke-none" fontSize={11}>
      <path
        d={`M${left} ${top}V${floor}H${size.width - right}`}
        className="fill-none stroke-edge"
        strokeWidth={1}
      />
      {roundMarks(x, 4).map((mark) => (
        <text
          key={mark}
          x={places.x(mark)}
          y={floor + 14}
          // The number of a mark at the end of the axis would be cut off.
          textAnchor={places.x(mark) > size.width - 24 ? "end" : "middle"}
        >
          {shortNumber(mark)}
        </text>
      ))}
      {roundMarks(y, 4).map((mark) => (
        <text key={mark} x={left - 5} y={places.y(mark) + 4} textAnchor="end">
          {shortNumber(mark)}
        </text>
      ))}
      <text x={(left + size.width - right) / 2} y={size.height - 4} textAnchor="middle" className="fill-ink">
        {xName}
      </text>
      <text
        transform={`translate(10 ${(top + floor) / 2}) rotate(-90)`}
        textAnchor="middle"
        className="fill-ink"
      >
        {yName}
      </text>
    </g>
  );
}
