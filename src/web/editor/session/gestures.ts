/** The gesture under way: begun, shown while it grows, finished as one outcome or called off. */

import { isFoundryError } from "#core/errors.ts";
import {
  type Bench,
  beginGesture,
  extendGestureInPlace,
  finishGesture,
  type Gesture,
  type Outcome,
  previewPixels,
  type StrokePoint,
  type StrokeTool,
} from "../model/gesture.ts";
import type { SessionView } from "./session-parts.ts";

export interface GestureParts {
  readonly bench: () => Bench;
  readonly view: () => SessionView | null;
  readonly newId: () => string;
  readonly onProblem: (text: string) => void;
}

export class Gestures {
  readonly #parts: GestureParts;
  #gesture: Gesture | null = null;
  /** Points of the stroke that are on the screen already. */
  #shown = 0;
  #waiters: (() => void)[] = [];

  constructor(parts: GestureParts) {
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#gesture !== null;
  }

  begin(tool: StrokeTool, at: StrokePoint, cuts = false): void {
    this.cancel();
    this.#gesture = beginGesture(tool, this.#parts.bench(), at, this.#parts.newId, cuts);
    this.#shown = 0;
    this.#show(this.#gesture);
  }

  extend(points: readonly StrokePoint[]): void {
    const gesture = this.#gesture;
    if (gesture !== null && extendGestureInPlace(gesture, points)) this.#show(gesture);
  }

  /** What the gesture came to; null when there is none, `outcome` null when it changes nothing. */
  finish(): { readonly kind: Gesture["kind"]; readonly outcome: Outcome | null } | null {
    const gesture = this.#gesture;
    if (gesture === null) return null;
    const outcome = this.#try(() => finishGesture(this.#parts.bench(), gesture, this.#parts.newId));
    this.#end();
    return { kind: gesture.kind, outcome };
  }

  cancel(): void {
    if (this.#gesture !== null) this.#end();
  }

  /** Resolves when no gesture is under way. */
  ended(): Promise<void> {
    if (this.#gesture === null) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #show(gesture: Gesture): void {
    const view = this.#parts.view();
    if (gesture.kind === "cut") {
      view?.previewLine([gesture.from, gesture.to]);
      return;
    }
    if (gesture.kind === "lasso") {
      view?.previewLine(gesture.points);
      return;
    }
    // The last point shown is where the newest segment starts; thinning may have moved it.
    const from = Math.min(this.#shown, gesture.points.length - 1);
    const shape = this.#try(() => previewPixels(this.#parts.bench(), gesture, from));
    this.#shown = gesture.points.length;
    if (shape === null) return;
    const isNew = gesture.kind === "paint" && gesture.isNew;
    view?.previewStroke({ uid: gesture.uid ?? "", isNew, erases: gesture.kind === "erase", shape });
  }

  #end(): void {
    this.#gesture = null;
    this.#parts.view()?.previewEnded();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #try<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      this.#parts.onProblem(error.message);
      return null;
    }
  }
}
