/**
 * The ruler: while it is out, dragging on the image lays a line and tells its length; its ends can be moved.
 *
 * It lies beside the surface and takes the pointer before the tools do, with the main button only: zooming and panning
 * work as ever. The four fields do the same for the keyboard.
 */

import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Point } from "#core/array/index.ts";
import { IconButton } from "../../ui/index.ts";
import { endAt, type RulerLine, rulerLength, rulerText } from "./ruler.ts";
import { useView } from "./use-view.ts";
import type { ViewController } from "./view-controller.ts";
import { type ScreenPoint, worldToPixel, worldToScreen } from "./view-maths.ts";

/** An end is taken hold of from this far, screen px. */
const reachPx = 10;

export function RulerLayer({
  view,
  mpp,
  surface,
  onClose,
}: {
  view: ViewController;
  mpp: { readonly y: number; readonly x: number } | null;
  /** The element the picture is in; its pointer events are taken. */
  surface: () => HTMLElement | null;
  onClose: () => void;
}): ReactNode {
  const current = useView(view);
  const [line, setLine] = useState<RulerLine | null>(null);
  useRulerPointer(view, surface, line, setLine);
  const place = ({ y, x }: Point): ScreenPoint =>
    worldToScreen(current, view.viewport, { y: y + 0.5, x: x + 0.5 });
  const measured = line === null ? null : rulerLength(line, mpp);
  const ends = line === null ? null : ([place(line.from), place(line.to)] as const);
  return (
    <>
      {ends !== null && (
        <svg
          aria-hidden="true"
          className="pointer-events-none absolute inset-0 size-full"
          data-testid="ruler-line"
        >
          <g strokeLinecap="round">
            <line
              x1={ends[0].x}
              y1={ends[0].y}
              x2={ends[1].x}
              y2={ends[1].y}
              stroke="black"
              strokeOpacity="0.7"
              strokeWidth="4"
            />
            <line
              x1={ends[0].x}
              y1={ends[0].y}
              x2={ends[1].x}
              y2={ends[1].y}
              stroke="white"
              strokeWidth="1.5"
            />
          </g>
          {ends.map(({ x, y }, i) => (
            <circle
              key={i === 0 ? "from" : "to"}
              cx={x}
              cy={y}
              r="4"
              fill="white"
              stroke="black"
              strokeOpacity="0.7"
            />
          ))}
        </svg>
      )}
      <section
        aria-label="Ruler"
        className="absolute top-3 left-3 z-10 flex flex-col gap-2 rounded-md border border-line bg-raised px-3 py-2 text-sm text-ink shadow-pop"
      >
        <div className="flex items-center gap-2">
          <output data-testid="ruler-text" className="font-semibold">
            {measured === null ? "Drag on the image." : rulerText(measured)}
          </output>
          {measured !== null && measured.px > 0 && (
            <span className="text-quiet">{Math.round(measured.angleDeg)}°</span>
          )}
          <IconButton label="Put the ruler away" className="ml-auto size-6!" onClick={onClose}>
            <X aria-hidden="true" className="size-3.5" />
          </IconButton>
        </div>
        <EndFields line={line} onChange={setLine} />
      </section>
    </>
  );
}

const nowhere: RulerLine = { from: { y: 0, x: 0 }, to: { y: 0, x: 0 } };

function EndFields({
  line,
  onChange,
}: {
  line: RulerLine | null;
  onChange: (line: RulerLine) => void;
}): ReactNode {
  const shown = line ?? nowhere;
  return (
    <div className="flex items-center gap-1 text-xs text-quiet">
      {(["from", "to"] as const).map((end) => (
        <span key={end} className="inline-flex items-center gap-1">
          {end}
          {(["x", "y"] as const).map((axis) => (
            <input
              key={axis}
              type="number"
              step="1"
              className="control h-6! w-14 px-1! text-xs"
              aria-label={`${end} ${axis}, px`}
              value={Math.round(shown[end][axis] * 10) / 10}
              onChange={(event) => {
                const value = event.currentTarget.valueAsNumber;
                if (Number.isFinite(value)) onChange({ ...shown, [end]: { ...shown[end], [axis]: value } });
              }}
            />
          ))}
        </span>
      ))}
    </div>
  );
}

function useRulerPointer(
  view: ViewController,
  surface: () => HTMLElement | null,
  line: RulerLine | null,
  setLine: (line: RulerLine) => void,
): void {
  const latest = useRef(line);
  latest.current = line;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `surface` finds the same element each time.
  useEffect(() => {
    const abort = new AbortController();
    const options = { capture: true, signal: abort.signal };
    let held: 0 | 1 | null = null;
    const screenOf = (event: PointerEvent): ScreenPoint | null => {
      const box = surface()?.getBoundingClientRect();
      return box === undefined ? null : { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const pixelOf = (screen: ScreenPoint): Point => worldToPixel(view.toWorld(screen));
    const place = ({ y, x }: Point): ScreenPoint =>
      worldToScreen(view.view, view.viewport, { y: y + 0.5, x: x + 0.5 });
    const down = (event: PointerEvent): void => {
      const element = surface();
      const screen = screenOf(event);
      const inside = event.target instanceof Node && element?.contains(event.target) === true;
      if (!inside || screen === null || event.button !== 0 || !event.isPrimary) return;
      event.stopPropagation();
      event.preventDefault();
      const known = latest.current;
      held = known === null ? null : endAt([place(known.from), place(known.to)], screen, reachPx);
      if (held !== null) return;
      held = 1;
      const at = pixelOf(screen);
      setLine({ from: at, to: at });
    };
    const move = (event: PointerEvent): void => {
      const [known, screen] = [latest.current, screenOf(event)];
      if (held === null || known === null || screen === null) return;
      event.stopPropagation();
      const at = pixelOf(screen);
      setLine(held === 0 ? { ...known, from: at } : { ...known, to: at });
    };
    const up = (event: PointerEvent): void => {
      if (held === null) return;
      event.stopPropagation();
      held = null;
    };
    window.addEventListener("pointerdown", down, options);
    window.addEventListener("pointermove", move, options);
    window.addEventListener("pointerup", up, options);
    window.addEventListener("pointercancel", up, options);
    return () => abort.abort();
  }, [view]);
}
