/**
 * Spots over the picture: points in the colour of their kind, a line to the cell of the selected one, the draft of a search.
 *
 * On a canvas of its own, because 100,000 elements would bring the page to a halt. It takes clicks only while spots are
 * drawn; everything else (wheel, panning, keys) goes on to the surface below.
 */

import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { ImageDetail } from "#api/index.ts";
import type { Point } from "#core/array/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { useView } from "../view/use-view.ts";
import type { ViewController } from "../view/view-controller.ts";
import { scaleOf, screenToWorld, worldToScreen } from "../view/view-maths.ts";
import { spotDeskOf } from "./spot-desk-of.ts";

/** A pointer this near to a spot means it, screen px. */
const reachScreenPx = 9;

export function SpotLayer({
  image,
  session,
  view,
}: {
  image: ImageDetail;
  session: EditorSession;
  view: ViewController;
}): ReactNode {
  const desk = spotDeskOf(session, image);
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = useView(view);
  const version = useStore(session.store, (state) => state.version);
  const plane = useStore(session.store, (state) => state.plane);
  const { shown, editing, hidden, selected } = useStore(desk.store, (state) => state);
  const draft = useStore(desk.draft.store, (state) => state);
  const [dragged, setDragged] = useState<{ readonly uid: string; readonly to: Point } | null>(null);
  const { width, height } = view.viewport;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the spots in the model.
  useEffect(() => {
    desk.seen = [...view.seenBox()];
    const context = canvas.current?.getContext("2d") ?? null;
    if (context === null) return;
    const ratio = window.devicePixelRatio;
    context.canvas.width = width * ratio;
    context.canvas.height = height * ratio;
    context.scale(ratio, ratio);
    const place = ({ y, x }: Point) => worldToScreen(current, { width, height }, { y: y + 0.5, x: x + 0.5 });
    const radius = Math.min(7, Math.max(2, scaleOf(current)));
    const dot = (at: Point, colour: string, filled: boolean): void => {
      const { x, y } = place(at);
      if (x < -8 || y < -8 || x > width + 8 || y > height + 8) return;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.lineWidth = 1.5;
      context.strokeStyle = filled ? "rgb(0 0 0 / 0.7)" : colour;
      context.fillStyle = colour;
      if (filled) context.fill();
      context.stroke();
    };
    if (shown) {
      for (const spot of desk.spotsAt(plane)) {
        if (hidden.has(spot.kind)) continue;
        const at = dragged?.uid === spot.uid ? dragged.to : spot;
        dot(at, `rgb(${desk.colourOf(spot.kind).join(" ")})`, true);
        if (spot.uid !== selected) continue;
        const { x, y } = place(at);
        context.strokeStyle = "white";
        context.strokeRect(x - radius - 4, y - radius - 4, 2 * radius + 8, 2 * radius + 8);
      }
    }
    const { found, count } = draft;
    if (draft.phase === "ready" && found !== null)
      for (let i = 0; i < count; i++)
        dot({ y: found.y[i] as number, x: found.x[i] as number }, "rgb(255 255 255)", false);
  }, [desk, view, current, width, height, version, plane, shown, hidden, selected, draft, dragged]);

  const worldOf = (event: PointerEvent<HTMLCanvasElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = screenToWorld(current, view.viewport, {
      x: event.clientX - box.left,
      y: event.clientY - box.top,
    });
    return { y: at.y - 0.5, x: at.x - 0.5 };
  };
  const reach = reachScreenPx / scaleOf(current);
  return (
    <canvas
      ref={canvas}
      data-testid="spot-layer"
      data-spots={session.model.beside.spots.size}
      className="absolute inset-0 size-full"
      style={{ pointerEvents: editing ? "auto" : "none", cursor: "crosshair", touchAction: "none" }}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.altKey) return;
        event.stopPropagation();
        session.touch();
        const at = worldOf(event);
        const found = desk.spotNear(at, reach);
        if (found !== null && event.shiftKey) {
          desk.remove([found.uid]);
          return;
        }
        desk.click(at, reach);
        if (found === null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged({ uid: found.uid, to: found });
      }}
      onPointerMove={(event) => {
        if (dragged === null) return;
        event.stopPropagation();
        setDragged({ ...dragged, to: worldOf(event) });
      }}
      onPointerUp={(event) => {
        if (dragged === null) return;
        event.stopPropagation();
        setDragged(null);
        const { spots } = session.model.beside;
        const from = spots.get(dragged.uid);
        // A click that trembles is no move.
        const moved =
          from !== undefined &&
          Math.hypot(from.y - dragged.to.y, from.x - dragged.to.x) > 2 / scaleOf(current);
        if (moved) desk.move(dragged.uid, dragged.to);
      }}
      onPointerCancel={() => setDragged(null)}
    />
  );
}
