/**
 * The histogram of a channel with its limits on it: drag the nearer limit, double-click for the automatic ones.
 *
 * Heights are logarithmic. The line over the bars is the brightness that each intensity gets on the screen. The slider
 * below does the same for the keyboard.
 */

import { type PointerEvent, type ReactNode, useRef } from "react";
import { brightnessOf } from "../pixels/channel-brightness.ts";
import type { Limits } from "../pixels/contrast.ts";
import { type ChannelHistogram, logHeights } from "../pixels/histogram.ts";
import type { ChannelLook } from "../session/look.ts";

const [width, height] = [256, 44];
const curveSteps = 64;

export function ChannelPlot({
  channel,
  histogram,
  onLimits,
}: {
  channel: ChannelLook;
  histogram: ChannelHistogram | null;
  onLimits: (limits: Limits) => void;
}): ReactNode {
  const held = useRef<0 | 1 | null>(null);
  const [from, to] = channel.range;
  const x = (value: number): number => ((Math.min(to, Math.max(from, value)) - from) / (to - from)) * width;
  const valueAt = (event: PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    if (held.current === null) return;
    const value = valueAt(event);
    const least = (to - from) / 1000;
    const [low, high] = channel.limits;
    onLimits(
      held.current === 0 ? [Math.min(value, high - least), high] : [low, Math.max(value, low + least)],
    );
  };
  const curve = Array.from({ length: curveSteps + 1 }, (_, i) => {
    const value = from + (i / curveSteps) * (to - from);
    return `${x(value)},${height - 1 - brightnessOf(value, channel.limits, channel) * (height - 2)}`;
  }).join(" ");
  return (
    // The slider below has the same handles for the keyboard; a reader would only hear them twice.
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      data-testid={`channel-histogram-${channel.index}`}
      data-ready={histogram !== null}
      role="img"
      aria-label={wordsOf(channel, histogram)}
      className="h-11 w-full cursor-ew-resize touch-none rounded-sm bg-sunken select-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const value = valueAt(event);
        const [low, high] = channel.limits;
        held.current = Math.abs(value - low) <= Math.abs(value - high) ? 0 : 1;
        move(event);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        held.current = null;
      }}
      onPointerCancel={() => {
        held.current = null;
      }}
      onDoubleClick={() => onLimits(channel.automatic)}
    >
      {histogram !== null && <Bars histogram={histogram} />}
      <polyline
        points={curve}
        className="fill-none stroke-accent"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
      {channel.limits.map((limit, end) => (
        <line
          key={end === 0 ? "low" : "high"}
          x1={x(limit)}
          x2={x(limit)}
          y1={0}
          y2={height}
          className="stroke-ink"
          strokeWidth={1.5}
          strokeDasharray={end === 0 ? "3 2" : undefined}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}

function Bars({ histogram }: { histogram: ChannelHistogram }): ReactNode {
  const bars = logHeights(histogram.counts);
  const wide = width / bars.length;
  const line = bars.map((share, i) => `L${i * wide} ${height * (1 - share)}H${(i + 1) * wide}`).join("");
  return <path d={`M0 ${height}${line}L${width} ${height}Z`} className="fill-edge/70" />;
}

function wordsOf({ name, limits }: ChannelLook, histogram: ChannelHistogram | null): string {
  const shown = `${name} is black at ${short(limits[0])}, full at ${short(limits[1])}`;
  if (histogram === null || histogram.seen === null) return shown;
  return `${shown}; its pixels go from ${short(histogram.seen[0])} to ${short(histogram.seen[1])}, mean ${short(histogram.mean)}`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
