/** The keyboard pass of the plane on the screen: each plane has a queue of its own, kept while the page lives. */

import type { LabelCanvas } from "#core/edits/index.ts";
import { CellChecks, mendCell } from "../model/cell-checks.ts";
import type { Outcome } from "../model/gesture.ts";
import { planeKey } from "../model/planes.ts";
import type { EditorState } from "./editor-state.ts";
import type { LayerModel } from "./layer-model.ts";
import { marksAfter, ReviewDesk, type ReviewKey } from "./review-desk.ts";
import type { Store } from "./store.ts";

export interface ReviewingParts {
  readonly model: LayerModel;
  readonly store: Store<EditorState>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Brings a cell into view and selects it. */
  readonly show: (uid: string) => void;
  /** Makes an edit of what a tool comes to; runs `otherwise` when that is nothing. */
  readonly edit: (work: Work, otherwise: () => void) => void;
  /** A cell was found right. */
  readonly accept: (uid: string) => void;
  /** Hands the cell over to the hand. */
  readonly draw: () => void;
  readonly note: (text: string) => void;
}

type Work = (canvas: LabelCanvas, newUid: () => string) => Outcome | null;

export class Reviewing {
  readonly #parts: ReviewingParts;
  readonly #checks = new CellChecks();
  readonly #desks = new Map<string, ReviewDesk>();

  constructor(parts: ReviewingParts) {
    this.#parts = parts;
  }

  /** What needs no judgement is mended at once when a person asks for it; the rest is for the hand. */
  press(key: ReviewKey): void {
    const { store, show, edit, accept, draw, note } = this.#parts;
    const { version, selection, reviewed } = store.get();
    const step = this.#deskOfPlane().step(key, version, selection, reviewed);
    store.set({ progress: step.progress, reviewed: marksAfter(reviewed, step) });
    const { uid } = step;
    if (key === "accept") for (const one of step.reviewed) if (!reviewed.has(one)) accept(one);
    if (uid === null) note("All cells are reviewed.");
    else show(uid);
    if (step.fixing && uid !== null) edit((canvas, newUid) => this.#mend(canvas, uid, newUid), draw);
  }

  #mend(canvas: LabelCanvas, uid: string, newUid: () => string): Outcome | null {
    return mendCell(canvas, uid, this.#checks.findingsOf(canvas).get(uid) ?? [], newUid);
  }

  #deskOfPlane(): ReviewDesk {
    const { model, now } = this.#parts;
    const key = planeKey(model.plane);
    const found = this.#desks.get(key);
    if (found !== undefined) return found;
    const made = new ReviewDesk({
      cells: () => [...model.cells.values()],
      findings: () => this.#checks.findingsOf(model.canvas),
      shapeOf: (uid) => model.canvas.shapes.get(uid),
      now,
    });
    this.#desks.set(key, made);
    return made;
  }
}
