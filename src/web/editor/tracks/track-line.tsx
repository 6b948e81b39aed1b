/** One track of the chart: its runs, gaps between them, number, events, and the line to its daughters. */

import type { ReactNode } from "react";
import { type CellTrack, runsOfTrack } from "#core/cell-tracks/index.ts";
import type { CellEvent, EventKind, EventSide } from "#core/edits/index.ts";
import { rowPx } from "./chart-scale.ts";

const eventSigns: Readonly<Record<EventKind, string>> = { entry: "⇤", exit: "⇥", death: "✕", fusion: "⋎" };

export function TrackLine({
  track,
  row,
  rowOf,
  xOf,
  framePx,
  colour,
  eventOf,
  look,
  quiet,
}: {
  track: CellTrack;
  row: number;
  rowOf: (index: number) => number | undefined;
  /** Left edge of a frame. */
  xOf: (t: number) => number;
  framePx: number;
  colour: readonly [number, number, number];
  eventOf: (uid: string, side: EventSide) => CellEvent | null;
  look: "chosen" | "relative" | "other";
  /** Something is chosen: the rest steps back. */
  quiet: boolean;
}): ReactNode {
  const y = (row + 0.5) * rowPx;
  const runs = runsOfTrack(track);
  const daughters = track.daughters.flatMap((index) => rowOf(index) ?? []);
  const [start, end] = [track.cells[0], track.cells.at(-1)];
  const begins = start === undefined ? null : eventOf(start.uid, "start");
  const ends = end === undefined ? null : eventOf(end.uid, "end");
  const thick = look === "chosen" ? 8 : 5;
  const fill = `rgb(${colour.join(" ")})`;
  return (
    <g data-testid="track-row" data-track={track.number ?? "new"} data-look={look}>
      <g opacity={quiet && look === "other" ? 0.45 : 1}>
        {daughters.length > 0 && (
          <path
            d={daughters
              .map((other) => `M${xOf(track.last + 1)} ${y}V${(other + 0.5) * rowPx}h${Math.min(3, framePx)}`)
              .join("")}
            className="fill-none stroke-ink"
            strokeWidth={look === "other" ? 1 : 1.75}
          />
        )}
        {runs.length > 1 && (
          <path
            d={`M${xOf(track.first)} ${y}H${xOf(track.last)}`}
            stroke={fill}
            strokeWidth={1}
            strokeDasharray="2 2"
          />
        )}
        {runs.map(([from, to]) => (
          <rect
            key={from}
            x={xOf(from)}
            y={y - thick / 2}
            width={Math.max(1.5, xOf(to + 1) - xOf(from) - (framePx > 4 ? 1 : 0))}
            height={thick}
            rx={1.5}
            fill={fill}
            stroke="black"
            strokeOpacity={0.35}
            strokeWidth={0.75}
          />
        ))}
      </g>
      <text
        x={Math.max(2, xOf(track.first) - 4)}
        y={y + 4}
        textAnchor="end"
        className={look === "chosen" ? "fill-ink font-semibold" : "fill-quiet"}
        fontSize={10.5}
      >
        {track.number ?? "new"}
      </text>
      {begins !== null && (
        <text x={xOf(track.first) + 2} y={y - 3} className="fill-ink" fontSize={10}>
          {eventSigns[begins.kind]}
        </text>
      )}
      {ends !== null && (
        <text x={xOf(track.last + 1) + 2} y={y + 4} className="fill-ink" fontSize={11}>
          {eventSigns[ends.kind]}
        </text>
      )}
    </g>
  );
}
