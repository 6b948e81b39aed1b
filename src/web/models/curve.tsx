/** The learning curve: loss per step, and AP@0.5 on validation images on its own axis; its table is one click away. */

import "uplot/dist/uPlot.min.css";
import { type ReactNode, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import type { CurvePoint } from "#api/index.ts";
import { Button, formatCount, formatScore } from "../ui/index.ts";
import { curveColumns, curveRows, fifths, niceCeiling } from "./curve-data.ts";

const HEIGHT = 220;

export function LearningCurve({
  points,
  steps,
}: {
  points: readonly CurvePoint[];
  steps: number;
}): ReactNode {
  const [table, setTable] = useState(false);
  if (points.length === 0) return <p className="text-sm text-quiet">The curve begins with the first step.</p>;
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="flex items-center gap-4 text-sm">
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="h-0.5 w-4 bg-quiet" />
          Loss
        </span>
        <span className="inline-flex items-center gap-2">
          <span aria-hidden="true" className="h-0.5 w-4 bg-accent" />
          AP@0.5 on validation images
        </span>
        <Button
          look="quiet"
          size="small"
          className="ml-auto"
          aria-pressed={table}
          onClick={() => setTable(!table)}
        >
          {table ? "Show curve" : "Show table"}
        </Button>
      </figcaption>
      {table ? <CurveTable points={points} /> : <CurvePlot points={points} steps={steps} />}
    </figure>
  );
}

function CurvePlot({ points, steps }: { points: readonly CurvePoint[]; steps: number }): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(points);
  latest.current = points;
  const scheme = useColourScheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of theme draws the plot anew with its colours
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new uPlot(plotOptions(element, steps), curveColumns(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [steps, scheme]);
  useEffect(() => plot.current?.setData(curveColumns(points)), [points]);

  const last = points.at(-1);
  return (
    <div
      ref={frame}
      role="img"
      aria-label={
        last === undefined
          ? "Learning curve"
          : `Learning curve up to step ${formatCount(last.step)}, loss ${formatScore(last.loss)}`
      }
      style={{ height: HEIGHT }}
    />
  );
}

function plotOptions(element: HTMLElement, steps: number): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => resolveColour(element, style.getPropertyValue(`--color-${name}`));
  const axis = { stroke: colour("quiet"), font: `11px ${style.fontFamily}`, ticks: { show: false } };
  const grid = { stroke: colour("line"), width: 1 };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [0, Math.max(1, steps, max)] },
      loss: { range: (_plot, _min, max) => [0, niceCeiling(max)] },
      ap: { range: [0, 1] },
    },
    axes: [
      { ...axis, grid, label: "step", labelSize: 16, labelFont: axis.font, size: 28 },
      // Both axes have five divisions, so that one set of grid lines serves both.
      { ...axis, grid, scale: "loss", size: 44, splits: (_plot, _index, _min, max) => fifths(max) },
      { ...axis, grid: { show: false }, scale: "ap", side: 1, size: 36, splits: () => fifths(1) },
    ],
    series: [
      {},
      { scale: "loss", stroke: colour("quiet"), width: 1.25, points: { show: false } },
      { scale: "ap", stroke: colour("accent"), width: 2, spanGaps: true, points: { show: true, size: 5 } },
    ],
  };
}

/** A canvas does not know `light-dark()`: the browser resolves it on an element first. */
function resolveColour(parent: HTMLElement, value: string): string {
  const probe = document.createElement("span");
  probe.style.color = value;
  parent.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function useColourScheme(): "light" | "dark" {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = () => setDark(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, [query]);
  return dark ? "dark" : "light";
}

function CurveTable({ points }: { points: readonly CurvePoint[] }): ReactNode {
  return (
    <div
      className="overflow-y-auto"
      style={{ height: HEIGHT }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className="table">
        <caption className="sr-only">Learning curve</caption>
        <thead>
          <tr>
            <th className="num">Step</th>
            <th className="num">Loss</th>
            <th className="num">AP@0.5</th>
            <th className="num">F1</th>
          </tr>
        </thead>
        <tbody>
          {curveRows(points).map((point) => (
            <tr key={point.step}>
              <td className="num">{formatCount(point.step)}</td>
              <td className="num">{formatScore(point.loss)}</td>
              <td className="num">{point.validation === null ? "" : formatScore(point.validation.ap50)}</td>
              <td className="num">{point.validation === null ? "" : formatScore(point.validation.f1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
