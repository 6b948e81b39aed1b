/** Pointing with the arrow keys: a place on the image that every tool takes for a click. */

import type { Point } from "#core/array/index.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { ViewController } from "../view/view-controller.ts";
import { scaleOf } from "../view/view-maths.ts";

/** One press moves this far on the screen, but at least one pixel of the image: zoomed in, it is exact. */
const stepScreenPx = 8;

/** First press: the middle of the selected cell, or of what is in view. The view follows a place that leaves it. */
export function movePointer(
  direction: "left" | "right" | "up" | "down",
  session: EditorSession,
  view: ViewController,
): void {
  const { pointer } = session.state;
  if (pointer === null) {
    session.pointAt(startOf(session, view));
    return;
  }
  const step = Math.max(1, Math.round(stepScreenPx / scaleOf(view.view)));
  const dy = direction === "up" ? -step : direction === "down" ? step : 0;
  const dx = direction === "left" ? -step : direction === "right" ? step : 0;
  const y = Math.min(view.image.height - 1, Math.max(0, pointer.y + dy));
  const x = Math.min(view.image.width - 1, Math.max(0, pointer.x + dx));
  session.pointAt({ y, x });
  const [y0, x0, y1, x1] = view.seenBox();
  const isSeen = y >= y0 && x >= x0 && y < y1 && x < x1;
  if (!isSeen) view.panBy(-dx * scaleOf(view.view), -dy * scaleOf(view.view));
}

function startOf(session: EditorSession, view: ViewController): Point {
  const [only] = session.state.selection;
  const shown = session.state.selection.length === 1 ? session.model.cells.get(only as string) : undefined;
  const [y0, x0, y1, x1] = shown === undefined ? view.seenBox() : shown.box;
  return { y: Math.floor((y0 + y1 - 1) / 2), x: Math.floor((x0 + x1 - 1) / 2) };
}

/** Space where the arrow keys point: what the mouse would do there. Lines and boxes begin, and a box ends, by one each. */
export function pressAt(at: Point, session: EditorSession): void {
  const { tool, readOnly } = session.state;
  if ((tool === "threshold" || tool === "region") && readOnly === null) {
    const boxes = tool === "region" ? session.part : session.drafts;
    if (boxes.boxBegun) boxes.endBox(at);
    else boxes.beginBox(at);
  } else if (tool === "brush" || tool === "eraser") {
    session.begin(tool, at);
    session.finish();
  } else if (tool === "split" || tool === "lasso") {
    if (session.gestureActive) session.extend([at]);
    else session.begin(tool, at);
  } else session.click(at, false);
}
