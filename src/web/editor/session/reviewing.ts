/** The keyboard pass of the plane on the screen: each plane has a queue of its own, kept while the page lives. */

import type { LabelCanvas } from "#core/edits/index.ts";
import { CellChecks, mendCell } from "../model/cell-checks.ts";
import type { Outcome } from "../model/gesture.ts";
import { planeKey } from "../model/planes.ts";
import type { LayerModel } from "./layer-model.ts";
import { ReviewDesk, type ReviewKey, type ReviewStep } from "./review-desk.ts";

export class Reviewing {
  readonly #model: LayerModel;
  readonly #now: () => number;
  readonly #checks = new CellChecks();
  readonly #desks = new Map<string, ReviewDesk>();

  /** @param now  milliseconds. */
  constructor(model: LayerModel, now: () => number) {
    this.#model = model;
    this.#now = now;
  }

  step(
    key: ReviewKey,
    version: number,
    selection: readonly string[],
    marked: ReadonlySet<string>,
  ): ReviewStep {
    return this.#deskOfPlane().step(key, version, selection, marked);
  }

  /** What needs no judgement about a cell, done; null when there is nothing of the kind. */
  mend(canvas: LabelCanvas, uid: string, newUid: () => string): Outcome | null {
    return mendCell(canvas, uid, this.#checks.findingsOf(canvas).get(uid) ?? [], newUid);
  }

  #deskOfPlane(): ReviewDesk {
    const key = planeKey(this.#model.plane);
    const found = this.#desks.get(key);
    if (found !== undefined) return found;
    const made = new ReviewDesk({
      cells: () => [...this.#model.cells.values()],
      findings: () => this.#checks.findingsOf(this.#model.canvas),
      shapeOf: (uid) => this.#model.canvas.shapes.get(uid),
      now: this.#now,
    });
    this.#desks.set(key, made);
    return made;
  }
}
