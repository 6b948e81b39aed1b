/** Holds the view, moves it, and tells those who draw. Flights between views take under 200 ms, or no time at all. */

import {
  clampView,
  fitView,
  keepOnImage,
  panBy,
  type ScreenPoint,
  type Size,
  screenToWorld,
  type View,
  viewBetween,
  viewOfBox,
  type WorldPoint,
  zoomAt,
} from "./view-maths.ts";

const flightMs = 180;

export class ViewController {
  readonly image: Size;
  #viewport: Size = { height: 0, width: 0 };
  #view: View;
  /** True until someone moved: then a resize fits the image anew. */
  #fitted: boolean;
  #flight = 0;
  readonly #listeners = new Set<() => void>();

  /** @param start  view to begin with (from the address); null fits the image. */
  constructor(image: Size, start: View | null) {
    this.image = image;
    this.#view = start ?? { zoom: 0, target: { y: image.height / 2, x: image.width / 2 } };
    this.#fitted = start === null;
  }

  get view(): View {
    return this.#view;
  }

  /** Whether the image is shown whole, as it is at first. */
  get fitted(): boolean {
    return this.#fitted;
  }

  get viewport(): Size {
    return this.#viewport;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  resize(viewport: Size): void {
    this.#viewport = viewport;
    if (this.#fitted) this.#view = fitView(this.image, viewport);
    this.#tell();
  }

  toWorld(point: ScreenPoint): WorldPoint {
    return screenToWorld(this.#view, this.#viewport, point);
  }

  /** Pixels of the image that are in view: [y0, x0, y1, x1). */
  seenBox(): readonly [number, number, number, number] {
    const [from, to] = [
      this.toWorld({ x: 0, y: 0 }),
      this.toWorld({ x: this.#viewport.width, y: this.#viewport.height }),
    ];
    return [
      Math.max(0, Math.floor(from.y)),
      Math.max(0, Math.floor(from.x)),
      Math.min(this.image.height, Math.ceil(to.y)),
      Math.min(this.image.width, Math.ceil(to.x)),
    ];
  }

  zoomAt(anchor: ScreenPoint, delta: number): void {
    this.#move(clampView(zoomAt(this.#view, this.#viewport, anchor, delta), this.image));
  }

  panBy(dx: number, dy: number): void {
    this.#move(clampView(panBy(this.#view, dx, dy), this.image));
  }

  /** Zooms about the middle, for keys and buttons. */
  zoomBy(delta: number): void {
    this.zoomAt({ x: this.#viewport.width / 2, y: this.#viewport.height / 2 }, delta);
  }

  fit(): void {
    this.flyTo(fitView(this.image, this.#viewport));
    this.#fitted = true;
  }

  /** Shows a cell with its surroundings; stays at the present zoom when the cell is large enough in it. */
  flyToBox(box: readonly [number, number, number, number]): void {
    const seen = viewOfBox(box, this.#viewport);
    const near = Math.abs(seen.zoom - this.#view.zoom) < 1;
    const goal = near ? { ...seen, zoom: this.#view.zoom } : seen;
    this.flyTo(keepOnImage(goal, this.image, this.#viewport));
  }

  /** Shows a view at once, as if moved by hand. */
  goTo(view: View): void {
    this.#move(clampView(view, this.image));
  }

  flyTo(view: View): void {
    const to = clampView(view, this.image);
    const from = this.#view;
    const still = typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;
    const flight = ++this.#flight;
    this.#fitted = false;
    if (still || this.#viewport.width === 0) {
      this.#view = to;
      this.#tell();
      return;
    }
    const started = performance.now();
    const step = (): void => {
      if (flight !== this.#flight) return;
      const share = (performance.now() - started) / flightMs;
      this.#view = viewBetween(from, to, share);
      this.#tell();
      if (share < 1) requestAnimationFrame(step);
    };
    step();
  }

  #move(view: View): void {
    this.#flight++;
    this.#fitted = false;
    this.#view = view;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
