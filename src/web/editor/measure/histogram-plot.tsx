/**
 * How one feature is spread over the cells; a range dragged over it selects the cells in it.
 *
 * What is selected stands in the accent before the grey of all. Without a pointer the same is done by the two fields of
 * `GateFields`.
 */

import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { MeasureColumn } from "#core/measure/index.ts";
import { plural } from "../../ui/index.ts";
import { featureName } from "./feature-words.ts";
import type { Range } from "./gate.ts";
import { PlotAxes, plotMargin, plotPlaces } from "./plot-frame.tsx";
import { binRows, extentOf, shortNumber } from "./plot-scale.ts";
import { useWidth } from "./use-width.ts";

const height = 170;
const binCount = 36;

export function HistogramPlot({
  column,
  rows,
  selected,
  gate,
  onGate,
}: {
  column: MeasureColumn;
  rows: readonly number[];
  /** Rows of selected cells. */
  selected: readonly number[];
  gate: Range | null;
  onGate: (range: Range) => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [drag, setDrag] = useState<Range | null>(null);
  const range = extentOf(column.values, rows);
  if (range === null) return <p className="text-sm text-quiet">No cell has a value of this feature.</p>;
  const bins = binRows(column.values, rows, range, binCount);
  const chosen = binRows(column.values, selected, range, binCount);
  const most = Math.max(1, ...bins.counts);
  const size = { width, height };
  const places = plotPlaces(size, range, { from: 0, to: most });
  const step = (range.to - range.from) / binCount;
  const at = (event: PointerEvent<SVGSVGElement>): number => {
    const px = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(range.to, Math.max(range.from, places.xBack(px)));
  };
  const shown = drag ?? gate;
  const [from, to] =
    shown === null ? [0, 0] : [Math.min(shown.from, shown.to), Math.max(shown.from, shown.to)];
  return (
    <div ref={frame} className="w-full" style={{ minHeight: height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          data-testid="measure-histogram"
          aria-label={`${featureName(column)} of ${plural(rows.length, "cell")}, from ${shortNumber(range.from)} to ${shortNumber(range.to)}; at most ${most} in a bar of ${shortNumber(step)}. The table has all values.`}
          className="touch-none select-none"
          style={{ cursor: "crosshair" }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ from: at(event), to: at(event) });
          }}
          onPointerMove={(event) => drag !== null && setDrag({ from: drag.from, to: at(event) })}
          onPointerCancel={() => setDrag(null)}
          onPointerUp={() => {
            setDrag(null);
            if (drag !== null && drag.from !== drag.to)
              onGate({ from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) });
          }}
        >
          {shown !== null && from !== to && (
            <rect
              x={places.x(Math.max(from, range.from))}
              width={Math.max(1, places.x(Math.min(to, range.to)) - places.x(Math.max(from, range.from)))}
              y={plotMargin.top}
              height={height - plotMargin.top - plotMargin.bottom}
              className="fill-accent-wash stroke-accent"
            />
          )}
          {[...bins.counts].map((count, i) => {
            const x = places.x(range.from + i * step);
            const wide = Math.max(1, places.x(range.from + (i + 1) * step) - x - 1);
            const own = chosen.counts[i] as number;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
              <g key={i}>
                <rect
                  x={x}
                  width={wide}
                  y={places.y(count)}
                  height={places.y(0) - places.y(count)}
                  className="fill-edge"
                >
                  <title>{`${shortNumber(range.from + i * step)} to ${shortNumber(range.from + (i + 1) * step)}: ${plural(count, "cell")}`}</title>
                </rect>
                {own > 0 && (
                  <rect
                    x={x}
                    width={wide}
                    y={places.y(own)}
                    height={places.y(0) - places.y(own)}
                    className="pointer-events-none fill-accent"
                  />
                )}
              </g>
            );
          })}
          <PlotAxes
            size={size}
            x={range}
            y={{ from: 0, to: most }}
            xName={featureName(column)}
            yName="Cells"
          />
        </svg>
      )}
    </div>
  );
}
