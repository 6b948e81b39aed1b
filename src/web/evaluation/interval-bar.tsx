/** A score from 0 to 1 with its interval, as a line with a dot; the numbers stand beside it. */

import type { ReactNode } from "react";

interface Range {
  readonly low: number;
  readonly high: number;
}

const WIDTH = 120;
const HEIGHT = 14;

export function IntervalBar({
  value,
  interval,
  ceiling,
}: {
  value: number | null;
  interval: Range | null | undefined;
  /** What people reach among themselves: a tick. */
  ceiling?: number | null | undefined;
}): ReactNode {
  const x = (share: number): number => 2 + (WIDTH - 4) * Math.max(0, Math.min(1, share));
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      className="block"
    >
      <line x1={2} x2={WIDTH - 2} y1={HEIGHT / 2} y2={HEIGHT / 2} className="stroke-line" strokeWidth="2" />
      {interval !== null && interval !== undefined && (
        <line
          x1={x(interval.low)}
          x2={x(interval.high)}
          y1={HEIGHT / 2}
          y2={HEIGHT / 2}
          className="stroke-accent"
          strokeWidth="5"
          strokeOpacity="0.45"
        />
      )}
      {ceiling !== null && ceiling !== undefined && (
        <line
          x1={x(ceiling)}
          x2={x(ceiling)}
          y1={1}
          y2={HEIGHT - 1}
          className="stroke-ink"
          strokeWidth="1.5"
        />
      )}
      {value !== null && <circle cx={x(value)} cy={HEIGHT / 2} r="3.5" className="fill-accent" />}
    </svg>
  );
}
