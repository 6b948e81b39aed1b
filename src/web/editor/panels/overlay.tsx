/** Over the picture: the brush at its true size, the line of a cut or a lasso, scale bar and read-out. */

import type { ReactNode } from "react";
import type { Point } from "#core/array/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { Hover } from "../session/hover.ts";
import { type Store, useStore } from "../session/store.ts";
import { scaleBar } from "../view/scale-bar.ts";
import { useView } from "../view/use-view.ts";
import type { ViewController } from "../view/view-controller.ts";
import { scaleOf, worldToScreen } from "../view/view-maths.ts";

export function Overlay({
  session,
  view,
  hover,
  line,
  panning,
}: {
  session: EditorSession;
  view: ViewController;
  hover: Store<Hover>;
  line: readonly Point[] | null;
  panning: boolean;
}): ReactNode {
  const screen = useStore(hover, (state) => state.screen);
  const tool = useStore(session.store, (state) => state.tool);
  const newCell = useStore(session.store, (state) => state.newCell);
  const radius = useStore(session.store, (state) => state.radius);
  const current = useView(view);
  const circle = !panning && screen !== null && (tool === "brush" || tool === "eraser");
  const point = (at: Point) => worldToScreen(current, view.viewport, { y: at.y + 0.5, x: at.x + 0.5 });
  const way = (line ?? [])
    .map(point)
    .map(({ x, y }) => `${x},${y}`)
    .join(" ");
  // A pixel whose centre lies within the radius is painted: half a pixel more reaches its edge.
  const radiusPx = (radius + 0.5) * scaleOf(current);
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute inset-0 size-full">
      {circle && (
        <g transform={`translate(${screen.x} ${screen.y})`} fill="none" data-testid="brush-cursor">
          <circle r={radiusPx} stroke="black" strokeOpacity="0.6" strokeWidth="3" />
          <circle
            r={radiusPx}
            stroke="white"
            strokeWidth="1.25"
            strokeDasharray={tool === "eraser" ? "4 3" : undefined}
          />
          {newCell && <path d="M-4 0H4M0-4V4" stroke="white" strokeWidth="1.25" />}
        </g>
      )}
      {way !== "" && (
        <g fill="none" strokeLinecap="round" strokeLinejoin="round">
          <polyline points={way} stroke="black" strokeOpacity="0.6" strokeWidth="4" />
          <polyline points={way} stroke="white" strokeWidth="1.5" />
        </g>
      )}
    </svg>
  );
}

export function ScaleBarView({ view, mppX }: { view: ViewController; mppX: number | null }): ReactNode {
  const bar = scaleBar(scaleOf(useView(view)), mppX);
  return (
    <div className="pointer-events-none absolute right-3 bottom-3 flex flex-col items-center gap-0.5 rounded-md bg-bench/75 px-2 pt-1 pb-1.5 text-xs text-on-bench">
      <span data-testid="scale-text">{bar.text}</span>
      <span className="h-1 rounded-full bg-white shadow-[0_0_2px_black]" style={{ width: bar.lengthPx }} />
    </div>
  );
}

export function ReadOut({
  session,
  view,
  hover,
}: {
  session: EditorSession;
  view: ViewController;
  hover: Store<Hover>;
}): ReactNode {
  const { at, uid, values } = useStore(hover, (state) => state);
  const zoom = scaleOf(useView(view));
  const cell = uid === undefined ? undefined : session.model.cells.get(uid);
  return (
    <div
      data-testid="read-out"
      className="pointer-events-none absolute bottom-3 left-3 flex gap-3 rounded-md bg-bench/75 px-2 py-1 text-xs text-on-bench"
    >
      <span>{Math.round(zoom * 100)} %</span>
      {at !== null && (
        <>
          <span>
            x {Math.round(at.x)} y {Math.round(at.y)}
          </span>
          {values.length > 0 && <span>{values.map(valueText).join(" / ")}</span>}
          {cell !== undefined && (
            <span>
              cell {cell.number ?? "new"}
              {cell.confidence !== null && `, ${Math.round(cell.confidence * 100)} % sure`}
            </span>
          )}
        </>
      )}
    </div>
  );
}

const valueText = (value: number | null): string =>
  value === null ? "–" : Number.isInteger(value) ? String(value) : value.toPrecision(4);

/** A short line that appears when something could not be done, and goes away by itself. */
export function NoteLine({ session }: { session: EditorSession }): ReactNode {
  const note = useStore(session.store, (state) => state.note);
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-3 flex justify-center px-4">
      {note !== null && (
        <span
          data-testid="note"
          className="rounded-md border border-line bg-raised px-3 py-1.5 text-sm text-ink shadow-pop"
        >
          {note}
        </span>
      )}
    </div>
  );
}
