/**
 * Two features against each other, one point per cell; a line drawn around points selects their cells.
 *
 * Points are drawn on a canvas, because 100,000 elements of SVG would bring the page to a halt; axes and lasso are SVG
 * over it. Selected cells lie on top in the accent. Without a pointer the same is done by the fields of `GateFields`.
 */

import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { MeasureColumn } from "#core/measure/index.ts";
import { plural } from "../../ui/index.ts";
import { featureName } from "./feature-words.ts";
import type { PlotPoint, Range } from "./gate.ts";
import { PlotAxes, type PlotPlaces, plotPlaces } from "./plot-frame.tsx";
import { extentOf } from "./plot-scale.ts";
import { useWidth } from "./use-width.ts";

const height = 240;
/** Points of a lasso closer than this add nothing but work, px. */
const lassoStepPx = 2;

export function ScatterPlot({
  x,
  y,
  rows,
  selected,
  gate,
  onGate,
}: {
  x: MeasureColumn;
  y: MeasureColumn;
  rows: readonly number[];
  selected: readonly number[];
  /** The line last drawn, in values of the two features. */
  gate: readonly PlotPoint[] | null;
  onGate: (ring: readonly PlotPoint[]) => void;
}): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [drawn, setDrawn] = useState<readonly PlotPoint[] | null>(null);
  const rangeX = roomAround(extentOf(x.values, rows));
  const rangeY = roomAround(extentOf(y.values, rows));
  if (rangeX === null || rangeY === null)
    return <p className="text-sm text-quiet">No cell has a value of both features.</p>;
  const size = { width, height };
  const places = plotPlaces(size, rangeX, rangeY);
  const at = (event: PointerEvent<SVGSVGElement>): PlotPoint => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const line = drawn ?? gate?.map((point) => ({ x: places.x(point.x), y: places.y(point.y) })) ?? null;
  return (
    <div ref={frame} className="relative w-full" style={{ minHeight: height }}>
      {width > 0 && (
        <>
          <Points places={places} size={size} x={x} y={y} rows={rows} selected={selected} />
          <svg
            width={width}
            height={height}
            role="img"
            data-testid="measure-scatter"
            aria-label={`${featureName(y)} against ${featureName(x)}, ${plural(rows.length, "cell")}, ${selected.length} selected. The table has all values.`}
            className="absolute inset-0 touch-none select-none"
            style={{ cursor: "crosshair" }}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDrawn([at(event)]);
            }}
            onPointerMove={(event) => {
              if (drawn === null) return;
              const [last, next] = [drawn.at(-1) as PlotPoint, at(event)];
              if (Math.hypot(next.x - last.x, next.y - last.y) >= lassoStepPx) setDrawn([...drawn, next]);
            }}
            onPointerCancel={() => setDrawn(null)}
            onPointerUp={() => {
              setDrawn(null);
              if (drawn !== null && drawn.length > 2)
                onGate(drawn.map((point) => ({ x: places.xBack(point.x), y: places.yBack(point.y) })));
            }}
          >
            <PlotAxes size={size} x={rangeX} y={rangeY} xName={featureName(x)} yName={featureName(y)} />
            {line !== null && (
              <polygon
                points={line.map((point) => `${point.x},${point.y}`).join(" ")}
                className="fill-accent/15 stroke-accent"
                strokeWidth={1.5}
                strokeLinejoin="round"
              />
            )}
          </svg>
        </>
      )}
    </div>
  );
}

/** A little room, so that no point lies on an axis. */
function roomAround(range: Range | null): Range | null {
  if (range === null) return null;
  const room = (range.to - range.from) * 0.03;
  return { from: range.from - room, to: range.to + room };
}

interface PointsProps {
  readonly places: PlotPlaces;
  readonly size: { readonly width: number; readonly height: number };
  readonly x: MeasureColumn;
  readonly y: MeasureColumn;
  readonly rows: readonly number[];
  readonly selected: readonly number[];
}

function Points(props: PointsProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const accent = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null && accent.current !== null)
        drawPoints(canvas.current, accent.current, props);
    };
    draw();
    // Colours are those of the theme, read when they are drawn.
    const theme = window.matchMedia("(prefers-color-scheme: dark)");
    theme.addEventListener("change", draw);
    return () => theme.removeEventListener("change", draw);
  });
  return (
    <>
      <canvas ref={canvas} className="block text-quiet" style={{ ...props.size }} />
      <span ref={accent} hidden className="text-accent" />
    </>
  );
}

function drawPoints(canvas: HTMLCanvasElement, accent: HTMLElement, props: PointsProps): void {
  const { places, size, x, y, rows, selected } = props;
  const density = window.devicePixelRatio;
  canvas.width = Math.round(size.width * density);
  canvas.height = Math.round(size.height * density);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(density, density);
  const side = rows.length > 5_000 ? 2 : 3;
  const put = (row: number): void => {
    const [px, py] = [places.x(x.values[row] as number), places.y(y.values[row] as number)];
    if (Number.isFinite(px) && Number.isFinite(py))
      context.fillRect(px - side / 2, py - side / 2, side, side);
  };
  context.fillStyle = getComputedStyle(canvas).color;
  context.globalAlpha = rows.length > 5_000 ? 0.45 : 0.8;
  for (const row of rows) put(row);
  context.fillStyle = getComputedStyle(accent).color;
  context.globalAlpha = 1;
  for (const row of selected) put(row);
}
