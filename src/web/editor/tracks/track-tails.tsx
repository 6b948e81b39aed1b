/**
 * Tracks on the image: the way each cell came over the last frames, where it divided, the marked cell, and what the last
 * edit of links changed, before (dashed) and after.
 *
 * Drawn on a canvas over the picture: hundreds of ways with every move of the view would be too many elements.
 */

import { type ReactNode, useEffect, useRef } from "react";
import type { CellTrack, CellTracks, PlacedCell } from "#core/cell-tracks/index.ts";
import type { ObjectOrigin } from "#core/edits/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import type { ViewController } from "../view/view-controller.ts";
import { worldToScreen } from "../view/view-maths.ts";
import { type LastChange, type TracksDesk, tracksDeskOf } from "./tracks-desk.ts";

export function TrackTails({ session, view }: { session: EditorSession; view: ViewController }): ReactNode {
  const frames = useStore(session.store, (state) => state.planes.t);
  return frames > 1 ? <Tails desk={tracksDeskOf(session)} view={view} /> : null;
}

function Tails({ desk, view }: { desk: TracksDesk; view: ViewController }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let asked = 0;
    const draw = (): void => {
      asked = 0;
      if (canvas.current !== null) drawTails(canvas.current, desk, view);
    };
    const ask = (): void => {
      if (asked === 0) asked = requestAnimationFrame(draw);
    };
    const stops = [view.subscribe(ask), desk.store.subscribe(ask), desk.session.store.subscribe(ask)];
    ask();
    return () => {
      cancelAnimationFrame(asked);
      for (const stop of stops) stop();
    };
  }, [desk, view]);
  return (
    <canvas
      ref={canvas}
      data-testid="track-tails"
      className="pointer-events-none absolute inset-0 size-full"
    />
  );
}

type Pen = (from: PlacedCell, to: PlacedCell) => void;

function drawTails(canvas: HTMLCanvasElement, desk: TracksDesk, view: ViewController): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { height, width } = view.viewport;
  const ratio = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const { tails, tailFrames, marked, last } = desk.store.get();
  const { session } = desk;
  const { plane, selection, history } = session.state;
  const place = ({ y, x }: PlacedCell) => worldToScreen(view.view, view.viewport, { y: y + 0.5, x: x + 0.5 });
  const pen =
    (colour: string, thick: number, dash: readonly number[] = []): Pen =>
    (from, to) => {
      const [a, b] = [place(from), place(to)];
      for (const [style, extra] of [
        ["rgb(0 0 0 / 0.55)", 2],
        [colour, 0],
      ] as const) {
        context.beginPath();
        context.setLineDash(dash);
        context.strokeStyle = style;
        context.lineWidth = thick + extra;
        context.moveTo(a.x, a.y);
        context.lineTo(b.x, b.y);
        context.stroke();
      }
    };
  context.lineCap = "round";
  let drawn = 0;
  const showsLast = last !== null && last.operationId === history[0]?.operationId;
  if (tails || showsLast || marked !== null) {
    const tracks = desk.tracks();
    if (tails) {
      for (const track of tracks.tracks) {
        if (track.first > plane.t || track.last < plane.t - 1) continue;
        const colour = `rgb(${session.model.colourOf(track.cells[0]?.uid ?? "").join(" ")})`;
        const isChosen = selection.some((uid) => tracks.trackOf(uid) === track);
        drawn += drawWay(track, tracks, plane.t, tailFrames, pen(colour, isChosen ? 3 : 1.5));
      }
    }
    if (showsLast) drawChange(last, tracks, pen);
    const cell = marked === null ? undefined : tracks.cellOf(marked);
    if (cell !== undefined) drawMark(context, place(cell), cell.t - plane.t);
  }
  canvas.dataset["ways"] = String(drawn);
}

/** The way of a track over the last frames, and its parent's where it was born on the way. @returns 1 when any was drawn. */
function drawWay(track: CellTrack, tracks: CellTracks, t: number, frames: number, pen: Pen): number {
  let [at, from]: [CellTrack | undefined, number] = [track, t - frames];
  let later: PlacedCell | undefined;
  let lines = 0;
  while (at !== undefined) {
    for (const cell of at.cells.toReversed()) {
      if (cell.t > t) continue;
      if (later !== undefined) {
        pen(cell, later);
        lines++;
      }
      later = cell;
      if (cell.t <= from) return Math.min(1, lines);
    }
    at = tracks.tracks[at.parent];
    from = t - frames;
  }
  return Math.min(1, lines);
}

function drawChange(
  { changes }: LastChange,
  tracks: CellTracks,
  pen: (colour: string, thick: number, dash?: readonly number[]) => Pen,
): void {
  const line = (uid: string, origin: ObjectOrigin | null, draw: Pen): void => {
    const [to, from] = [tracks.cellOf(uid), origin === null ? undefined : tracks.cellOf(origin.uid)];
    if (to !== undefined && from !== undefined) draw(from, to);
  };
  for (const { uid, before } of changes) line(uid, before, pen("rgb(255 170 120)", 1.5, [4, 4]));
  for (const { uid, after } of changes) line(uid, after, pen("white", 2.5));
}

/** A ring around the marked cell's place, and how many frames away it is. */
function drawMark(context: CanvasRenderingContext2D, at: { x: number; y: number }, away: number): void {
  context.setLineDash([]);
  for (const [style, width] of [
    ["rgb(0 0 0 / 0.6)", 4],
    ["white", 1.75],
  ] as const) {
    context.beginPath();
    context.strokeStyle = style;
    context.lineWidth = width;
    context.arc(at.x, at.y, 9, 0, 2 * Math.PI);
    context.stroke();
  }
  if (away === 0) return;
  context.font = "600 11px sans-serif";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 0.7)";
  context.fillStyle = "white";
  const text = `${away > 0 ? "+" : "−"}${Math.abs(away)}`;
  context.strokeText(text, at.x + 12, at.y + 4);
  context.fillText(text, at.x + 12, at.y + 4);
}
