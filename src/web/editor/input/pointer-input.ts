/**
 * Mouse, pen and fingers on the image.
 *
 * One finger or the left button works with the tool; Space, the middle button or two fingers move the view. Where a pen
 * was ever used, the pen draws and fingers move the view, and touches beside the pen are the hand that holds it. Moves are
 * taken with all their coalesced points, so that fast strokes stay round. Listens on one element and cleans up after itself.
 */

import type { Point } from "#core/array/index.ts";
import { pressureRadius } from "#core/edits/index.ts";
import type { StrokePoint } from "../model/gesture.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { ViewController } from "../view/view-controller.ts";
import { type ScreenPoint, worldToPixel } from "../view/view-maths.ts";
import { meaningOfWheel } from "./wheel.ts";

export interface PointerParts {
  readonly surface: HTMLElement;
  readonly session: EditorSession;
  readonly view: ViewController;
  /** Pixel under the pointer (centres at whole numbers); null when it left. */
  readonly onHover: (at: Point | null, screen: ScreenPoint | null) => void;
  readonly onPanning: (panning: boolean) => void;
}

/** A pointer that moved less than this between down and up was a click, in screen pixels. */
const clickReachPx = 4;

const isStroke = (tool: string): tool is "brush" | "eraser" | "split" | "lasso" =>
  tool === "brush" || tool === "eraser" || tool === "split" || tool === "lasso";

/** The other end of a pen and the button at its side, as pointer events number them. */
const penEraserButton = 5;
const penSideButton = 2;

/** A touch this soon after the pen was seen is the hand that holds it. */
const palmMs = 700;

type Mode = "none" | "tool" | "box" | "pan" | "click";

export class PointerInput {
  readonly #parts: PointerParts;
  readonly #abort = new AbortController();
  readonly #touches = new Map<number, ScreenPoint>();
  #mode: Mode = "none";
  #pointerId = -1;
  #down: ScreenPoint = { x: 0, y: 0 };
  #last: ScreenPoint = { x: 0, y: 0 };
  #penAt = -Infinity;
  /** A pen lies on the surface; held still, it sends nothing for as long as it likes. */
  #penDown = false;
  /** Radius of the pen's last point, so that tremor does not show. */
  #penRadius: number | undefined;
  #spaceHeld = false;
  #spacePanned = false;

  constructor(parts: PointerParts) {
    this.#parts = parts;
    const { surface } = parts;
    const { signal } = this.#abort;
    surface.addEventListener("pointerdown", (event) => this.#onDown(event), { signal });
    surface.addEventListener("pointermove", (event) => this.#onMove(event), { signal });
    surface.addEventListener("pointerup", (event) => this.#onUp(event, false), { signal });
    surface.addEventListener("pointercancel", (event) => this.#onUp(event, true), { signal });
    surface.addEventListener("pointerleave", () => parts.onHover(null, null), { signal });
    surface.addEventListener("wheel", (event) => this.#onWheel(event), { signal, passive: false });
    surface.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  }

  close(): void {
    this.#abort.abort();
  }

  /** Space went down: until it comes up, dragging pans. */
  holdSpace(): void {
    if (this.#spaceHeld) return;
    this.#spaceHeld = true;
    this.#spacePanned = false;
    this.#parts.onPanning(true);
  }

  /** Space came up. @returns whether it was a tap, not a hold for panning. */
  releaseSpace(): boolean {
    if (!this.#spaceHeld) return false;
    this.#spaceHeld = false;
    this.#parts.onPanning(this.#mode === "pan");
    return !this.#spacePanned;
  }

  #screen(event: MouseEvent): ScreenPoint {
    const box = this.#parts.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #pixel(screen: ScreenPoint): Point {
    return worldToPixel(this.#parts.view.toWorld(screen));
  }

  /** Where a pointer is, for a stroke; a pen also says how wide. */
  #strokePoint(event: PointerEvent): StrokePoint {
    const at = this.#pixel(this.#screen(event));
    if (event.pointerType !== "pen") return at;
    const { radius } = this.#parts.session.state;
    this.#penRadius = pressureRadius(radius, event.pressure, this.#penRadius);
    return { ...at, radius: this.#penRadius };
  }

  /** Whether this is the palm beside the pen. Notes when the pen was seen. */
  #isPalm(event: PointerEvent): boolean {
    if (event.pointerType === "pen") this.#penAt = event.timeStamp;
    if (event.pointerType !== "touch") return false;
    return this.#penDown || event.timeStamp - this.#penAt < palmMs;
  }

  #onDown(event: PointerEvent): void {
    const { surface, session } = this.#parts;
    if (this.#isPalm(event)) return;
    surface.focus({ preventScroll: true });
    if (event.pointerType === "pen") {
      this.#dropTouches();
      this.#penDown = true;
    }
    const screen = this.#screen(event);
    if (event.pointerType === "touch") this.#touches.set(event.pointerId, screen);
    if (this.#touches.size === 2) {
      // The first finger was the beginning of a pinch, not of a stroke.
      session.cancelGesture();
      this.#mode = "pan";
      return;
    }
    if (this.#mode !== "none" || this.#touches.size > 2) return;
    this.#pointerId = event.pointerId;
    this.#down = screen;
    this.#last = screen;
    capture(surface, event.pointerId);
    if (this.#meansPan(event)) {
      event.preventDefault();
      this.#mode = "pan";
      this.#spacePanned = this.#spaceHeld;
      this.#parts.onPanning(true);
      return;
    }
    session.pointAt(null);
    const erases = event.pointerType === "pen" && event.button === penEraserButton;
    if (event.button !== 0 && !erases) return;
    const tool = erases ? "eraser" : session.state.tool;
    if (isStroke(tool)) {
      this.#mode = "tool";
      this.#penRadius = undefined;
      session.begin(tool, this.#strokePoint(event), event.shiftKey);
    } else if ((tool === "threshold" || tool === "region") && session.state.readOnly === null) {
      this.#mode = "box";
      this.#boxes.beginBox(this.#pixel(screen));
    } else {
      this.#mode = "click";
    }
  }

  /** The middle button, Space held, a pen's side button; and a finger where a pen draws, unless the tool only clicks. */
  #meansPan(event: PointerEvent): boolean {
    if (event.button === 1 || (event.button === 0 && this.#spaceHeld)) return true;
    if (event.pointerType === "pen") return event.button === penSideButton;
    const { tool } = this.#parts.session.state;
    const draws = isStroke(tool) || tool === "threshold" || tool === "region";
    return event.pointerType === "touch" && this.#penAt > -Infinity && draws;
  }

  /** Who takes the box that is dragged. */
  get #boxes(): Pick<EditorSession["drafts"], "beginBox" | "moveBox" | "endBox"> {
    const { session } = this.#parts;
    return session.state.tool === "region" ? session.part : session.drafts;
  }

  /** The palm was there before the pen: what it began is called off. */
  #dropTouches(): void {
    if (this.#touches.size === 0) return;
    this.#touches.clear();
    this.#parts.session.cancelGesture();
    this.#mode = "none";
    this.#pointerId = -1;
  }

  #onMove(event: PointerEvent): void {
    const { session, view, onHover } = this.#parts;
    if (this.#isPalm(event)) return;
    // A finger that was no finger when it came down is none later.
    if (event.pointerType === "touch" && !this.#touches.has(event.pointerId)) return;
    const screen = this.#screen(event);
    session.touch();
    if (event.pointerType === "touch" && this.#touches.size >= 2) {
      this.#pinch(event.pointerId, screen);
      return;
    }
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, screen);
    onHover(this.#pixel(screen), screen);
    if (event.pointerId !== this.#pointerId) return;
    if (this.#mode === "tool") {
      session.extend(coalesced(event).map((one) => this.#strokePoint(one)));
    } else if (this.#mode === "box") {
      this.#boxes.moveBox(this.#pixel(screen));
    } else if (this.#mode === "pan") {
      view.panBy(screen.x - this.#last.x, screen.y - this.#last.y);
    } else if (this.#mode === "click" && distance(screen, this.#down) > clickReachPx && this.#dragsBox) {
      this.#mode = "box";
      session.drafts.beginBox(this.#pixel(this.#down));
      session.drafts.moveBox(this.#pixel(screen));
    } else if (this.#mode === "click" && distance(screen, this.#down) > clickReachPx) {
      // Dragging with a tool that clicks moves the image: there is nothing else it could mean.
      this.#mode = "pan";
      this.#parts.onPanning(true);
      view.panBy(screen.x - this.#last.x, screen.y - this.#last.y);
    }
    this.#last = screen;
  }

  #onUp(event: PointerEvent, canceled: boolean): void {
    const { session } = this.#parts;
    if (event.pointerType === "pen") {
      this.#penDown = false;
      this.#penAt = event.timeStamp;
    }
    const wasTouch = this.#touches.delete(event.pointerId);
    if (wasTouch && this.#touches.size > 0) return;
    if (event.pointerId !== this.#pointerId && !wasTouch) return;
    const mode = this.#mode;
    this.#mode = "none";
    this.#pointerId = -1;
    if (mode === "pan") this.#parts.onPanning(this.#spaceHeld);
    if (mode === "tool") {
      if (canceled) session.cancelGesture();
      else session.finish();
    }
    if (mode === "box") {
      if (canceled) session.cancelGesture();
      else this.#boxes.endBox(this.#pixel(this.#screen(event)));
    }
    if (mode === "click" && !canceled)
      session.click(this.#pixel(this.#screen(event)), event.shiftKey, event.altKey);
  }

  /** Whether a drag with a tool that clicks is a box around a cell. */
  get #dragsBox(): boolean {
    const { tool, readOnly } = this.#parts.session.state;
    return tool === "prompt" && readOnly === null;
  }

  #pinch(pointerId: number, screen: ScreenPoint): void {
    const { view } = this.#parts;
    const other = [...this.#touches].find(([id]) => id !== pointerId)?.[1];
    const before = this.#touches.get(pointerId);
    if (other === undefined || before === undefined) return;
    this.#touches.set(pointerId, screen);
    const middle = { x: (screen.x + other.x) / 2, y: (screen.y + other.y) / 2 };
    view.panBy((screen.x - before.x) / 2, (screen.y - before.y) / 2);
    const spread = distance(before, other);
    if (spread > 0) view.zoomAt(middle, Math.log2(Math.max(1, distance(screen, other)) / spread));
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const meaning = meaningOfWheel(event);
    if (meaning.kind === "pan") this.#parts.view.panBy(meaning.dx, meaning.dy);
    else this.#parts.view.zoomAt(this.#screen(event), meaning.delta);
  }
}

const distance = (a: ScreenPoint, b: ScreenPoint): number => Math.hypot(a.x - b.x, a.y - b.y);

function coalesced(event: PointerEvent): PointerEvent[] {
  const events = typeof event.getCoalescedEvents === "function" ? event.getCoalescedEvents() : [];
  return events.length > 0 ? events : [event];
}

/** Capture fails for pointers that are gone already; then there is nothing to capture. */
function capture(element: HTMLElement, pointerId: number): void {
  try {
    element.setPointerCapture(pointerId);
  } catch {
    // The pointer was lifted between the event and now.
  }
}
