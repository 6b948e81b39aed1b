/**
 * Below the image: a slider for time and one for depth, each only where the image has that axis, with play and speed.
 *
 * The thumb follows the hand at once; the picture follows when its pixels are there. Its height is known before the first
 * pixel, so nothing moves.
 */

import { Pause, Play, StepBack, StepForward } from "lucide-react";
import type { ReactNode } from "react";
import type { ImageDetail } from "#api/index.ts";
import { classNames, formatDuration, IconButton } from "../../ui/index.ts";
import { intervalOf } from "../model/frame-interval.ts";
import type { PlaneAxis } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { playRates } from "../session/plane-control.ts";
import { useStore } from "../session/store.ts";

const axisNames: Readonly<Record<PlaneAxis, string>> = { t: "Frame", z: "Slice" };

export function Timeline({ image, session }: { image: ImageDetail; session: EditorSession }): ReactNode {
  const planes = useStore(session.store, (state) => state.planes);
  const axes = (["t", "z"] as const).filter((axis) => planes[axis] > 1);
  if (axes.length === 0) return null;
  const intervalMs = intervalOf(image);
  return (
    <section
      aria-label="Time and depth"
      data-testid="timeline"
      className="flex shrink-0 flex-col border-t border-line bg-panel px-2 py-1"
    >
      {axes.map((axis, row) => (
        <AxisRow
          key={axis}
          axis={axis}
          session={session}
          intervalMs={axis === "t" ? intervalMs : null}
          hasTime={intervalMs !== null && planes.t > 1}
          withRate={row === 0}
        />
      ))}
    </section>
  );
}

function AxisRow({
  axis,
  session,
  intervalMs,
  hasTime,
  withRate,
}: {
  axis: PlaneAxis;
  session: EditorSession;
  intervalMs: number | null;
  /** Some row says the time: all keep room for it, so that the sliders are of one length. */
  hasTime: boolean;
  withRate: boolean;
}): ReactNode {
  const count = useStore(session.store, (state) => state.planes[axis]);
  const wanted = useStore(session.store, (state) => state.wanted[axis]);
  const shown = useStore(session.store, (state) => state.plane[axis]);
  const playing = useStore(session.store, (state) => state.playing === axis);
  const name = axisNames[axis];
  const word = name.toLowerCase();
  const time = intervalMs === null ? null : formatDuration(wanted * intervalMs);
  return (
    <div className="flex h-9 items-center gap-1 text-sm" data-testid={`axis-${axis}`}>
      <span className="w-10 text-quiet">{name}</span>
      <IconButton
        label={playing ? "Stop" : `Play along ${axis === "t" ? "time" : "depth"}`}
        data-testid={`play-${axis}`}
        aria-pressed={playing}
        onClick={() => session.planes.toggle(axis)}
      >
        {playing ? (
          <Pause aria-hidden="true" className="size-4" />
        ) : (
          <Play aria-hidden="true" className="size-4" />
        )}
      </IconButton>
      <IconButton
        label={`Previous ${word}`}
        disabled={wanted === 0}
        onClick={() => session.planes.step(axis, -1)}
      >
        <StepBack aria-hidden="true" className="size-4" />
      </IconButton>
      <IconButton
        label={`Next ${word}`}
        disabled={wanted === count - 1}
        onClick={() => session.planes.step(axis, 1)}
      >
        <StepForward aria-hidden="true" className="size-4" />
      </IconButton>
      <input
        type="range"
        aria-label={name}
        aria-valuetext={`${wanted + 1} of ${count}${time === null ? "" : `, ${time}`}`}
        min={1}
        max={count}
        step={1}
        value={wanted + 1}
        onChange={(event) => {
          session.planes.stop();
          const at = Number(event.currentTarget.value) - 1;
          session.planes.goTo({ ...session.state.wanted, [axis]: at });
        }}
        className="h-6 min-w-16 flex-1 accent-accent"
        data-testid={`slider-${axis}`}
      />
      <span
        className={classNames("w-16 shrink-0 text-right tabular-nums", shown !== wanted && "text-quiet")}
        data-testid={`at-${axis}`}
      >
        {wanted + 1} / {count}
      </span>
      {hasTime && <span className="w-18 shrink-0 truncate text-right text-quiet tabular-nums">{time}</span>}
      <span className="w-26 shrink-0 text-right">{withRate && <Rate session={session} />}</span>
    </div>
  );
}

function Rate({ session }: { session: EditorSession }): ReactNode {
  const rate = useStore(session.store, (state) => state.rate);
  return (
    <select
      aria-label="Speed of playing"
      title="Speed of playing"
      data-testid="play-rate"
      className="h-6 rounded-md border border-edge bg-raised px-1 text-sm"
      value={rate}
      onChange={(event) => session.planes.setRate(Number(event.currentTarget.value))}
    >
      {playRates.map((one) => (
        <option key={one} value={one}>
          {one} a second
        </option>
      ))}
    </select>
  );
}
