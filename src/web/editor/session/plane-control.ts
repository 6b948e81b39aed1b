/**
 * Which frame and slice is on the screen, and how one gets to another.
 *
 * Pixels and labels change together: a plane that is asked for is shown when its pixels are in memory, and never while a
 * stroke is under way, so that nobody draws on labels of one plane over pixels of another. Asking for a further plane
 * meanwhile forgets the first. When pixels cannot be read, the plane that was shown stays.
 */

import { isFoundryError } from "#core/errors.ts";
import {
  clampPlane,
  type PlaneAt,
  type PlaneAxis,
  type PlaneCounts,
  planeText,
  samePlane,
} from "../model/planes.ts";
import type { EditorState } from "./editor-state.ts";
import type { Store } from "./store.ts";

/** Pixels of planes, as the picture needs them. */
export interface PlanePixels {
  /** Whether everything of the plane that is in view is in memory. */
  isReady(plane: PlaneAt): boolean;
  /** Reads it. @throws FoundryError when the server does not give it. */
  load(plane: PlaneAt): Promise<void>;
  /** Reads what one is likely to look at next, as far as memory allows; a later call ends an earlier one. */
  prefetch(from: PlaneAt, axis: PlaneAxis, direction: 1 | -1): void;
}

export interface PlaneControlParts {
  readonly store: Store<EditorState>;
  readonly counts: PlaneCounts;
  /** Puts a plane on the screen. */
  readonly show: (plane: PlaneAt) => void;
  readonly isDrawing: () => boolean;
  readonly drawingEnded: () => Promise<void>;
  readonly schedule: (work: () => void, ms: number) => () => void;
  readonly note: (text: string) => void;
}

/** Frames a second. The fastest is what a screen and an eye still part; the picture waits for its pixels anyway. */
export const playRates = [2, 5, 10, 15, 30] as const;

export class PlaneControl {
  readonly #parts: PlaneControlParts;
  #pixels: PlanePixels | null = null;
  /** Counts requests: an answer to an older one is dropped. */
  #asked = 0;
  #callOff: (() => void) | null = null;

  constructor(parts: PlaneControlParts) {
    this.#parts = parts;
    parts.store.set({ planes: parts.counts });
  }

  attachPixels(pixels: PlanePixels | null): void {
    this.#pixels = pixels;
    pixels?.prefetch(this.#state.plane, this.playAxis ?? "t", 1);
  }

  /** Axis that is played: time where there is any, else depth. */
  get playAxis(): PlaneAxis | null {
    const { t, z } = this.#parts.counts;
    return t > 1 ? "t" : z > 1 ? "z" : null;
  }

  get #state(): EditorState {
    return this.#parts.store.get();
  }

  /** Asks for a plane; one outside the image becomes the nearest one inside. */
  goTo(plane: PlaneAt): void {
    const wanted = clampPlane(plane, this.#parts.counts);
    if (samePlane(wanted, this.#state.wanted)) return;
    const mine = ++this.#asked;
    this.#parts.store.set({ wanted });
    if (samePlane(wanted, this.#state.plane)) return;
    const pixels = this.#pixels;
    if (!this.#parts.isDrawing() && (pixels === null || pixels.isReady(wanted))) this.#show(wanted);
    else void this.#showWhenReady(wanted, mine, pixels);
  }

  step(axis: PlaneAxis, by: number): void {
    const { wanted } = this.#state;
    this.goTo({ ...wanted, [axis]: wanted[axis] + by });
  }

  /** Plays from here on, or stops. */
  toggle(axis: PlaneAxis | null = this.playAxis): void {
    if (this.#state.playing !== null || axis === null) {
      this.stop();
      return;
    }
    this.#parts.store.set({ playing: axis });
    this.#tick(axis);
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#parts.store.set({ playing: null });
  }

  setRate(rate: number): void {
    this.#parts.store.set({ rate });
  }

  close(): void {
    this.stop();
    this.#asked++;
    this.#pixels = null;
  }

  /** One step when the last one has arrived: a slow line plays slower, it does not leave out frames. */
  #tick(axis: PlaneAxis): void {
    this.#callOff = this.#parts.schedule(() => {
      const { plane, wanted, playing } = this.#state;
      if (playing !== axis) return;
      if (samePlane(plane, wanted)) {
        const next = plane[axis] + 1;
        this.goTo({ ...plane, [axis]: next < this.#parts.counts[axis] ? next : 0 });
      }
      this.#tick(axis);
    }, 1000 / this.#state.rate);
  }

  async #showWhenReady(wanted: PlaneAt, mine: number, pixels: PlanePixels | null): Promise<void> {
    try {
      await pixels?.load(wanted);
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      if (mine !== this.#asked) return;
      this.stop();
      this.#parts.store.set({ wanted: this.#state.plane });
      this.#parts.note(`Cannot show ${planeText(wanted, this.#parts.counts)}: ${error.message}`);
      return;
    }
    await this.#parts.drawingEnded();
    if (mine === this.#asked) this.#show(wanted);
  }

  #show(plane: PlaneAt): void {
    const before = this.#state.plane;
    this.#parts.show(plane);
    const axis: PlaneAxis = plane.t === before.t ? "z" : "t";
    const by = plane[axis] - before[axis];
    // From the last to the first is still forwards when it plays.
    const forwards = by > 0 || this.#state.playing !== null;
    this.#pixels?.prefetch(plane, axis, forwards ? 1 : -1);
  }
}
