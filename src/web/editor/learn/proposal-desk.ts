/**
 * The proposals of the plane on the screen: which are taken at the present threshold, accepting them, leaving out the rest.
 *
 * The threshold moves nothing: proposals below it stay in the layer as ghosts (a dotted outline) until somebody accepts or
 * removes them. Accepting is an edit like any other, so it is journalled, and undone, like any other.
 */

import type { Outcome } from "../model/gesture.ts";
import type { EditorState } from "../session/editor-state.ts";
import type { CellInfo, LayerModel } from "../session/layer-model.ts";
import type { SessionView } from "../session/session-parts.ts";
import { Store } from "../session/store.ts";

export interface ProposalCounts {
  /** Proposals nobody has touched, at or above the threshold. */
  readonly above: number;
  /** Ghosts. */
  readonly below: number;
  /** Cells that a person drew, changed or accepted. */
  readonly touched: number;
}

export interface ProposalDeskParts {
  readonly model: LayerModel;
  readonly store: Store<EditorState>;
  readonly view: () => SessionView | null;
  readonly mayEdit: () => boolean;
  readonly commit: (outcome: Outcome) => void;
  readonly note: (text: string) => void;
}

/** Cells that one edit accepts or removes; more are several edits. */
const cellsPerEdit = 5_000;

export class ProposalDesk {
  readonly threshold = new Store<{ readonly value: number }>({ value: 0 });
  readonly #parts: ProposalDeskParts;

  constructor(parts: ProposalDeskParts) {
    this.#parts = parts;
  }

  isGhost(uid: string): boolean {
    const cell = this.#parts.model.cells.get(uid);
    return cell !== undefined && this.#isBelow(cell);
  }

  /** @param value  0..1; 0 takes every proposal. Cost: O(cells of the plane). */
  setThreshold(value: number): void {
    const next = Math.min(1, Math.max(0, value));
    const before = this.threshold.get().value;
    if (next === before) return;
    const [low, high] = [Math.min(before, next), Math.max(before, next)];
    this.threshold.set({ value: next });
    const changed = this.#cells().filter(
      ({ untouched, confidence }) =>
        untouched && confidence !== null && confidence >= low && confidence < high,
    );
    this.#parts.view()?.cellsChanged(changed.map(({ uid }) => uid));
  }

  counts(): ProposalCounts {
    let [above, below, touched] = [0, 0, 0];
    for (const cell of this.#cells()) {
      if (!cell.untouched) touched++;
      else if (this.#isBelow(cell)) below++;
      else above++;
    }
    return { above, below, touched };
  }

  /** How many untouched proposals have a confidence in each of `bins` equal parts of 0..1. */
  histogram(bins: number): number[] {
    const counts = Array.from({ length: bins }, () => 0);
    for (const { untouched, confidence } of this.#cells()) {
      if (!untouched || confidence === null) continue;
      const bin = Math.min(bins - 1, Math.floor(confidence * bins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts;
  }

  /** All proposals at or above the threshold become the person's. */
  acceptAbove(): void {
    this.#accept(this.#cells().filter((cell) => cell.untouched && !this.#isBelow(cell)));
  }

  /** The selected proposals, whatever the threshold; else the one pointed at. */
  acceptSelected(hovered: string | undefined): void {
    const { selection } = this.#parts.store.get();
    const uids = selection.length > 0 ? selection : hovered === undefined ? [] : [hovered];
    const cells = uids.map((uid) => this.#parts.model.cells.get(uid)).filter((cell) => cell !== undefined);
    if (cells.length === 0) this.#parts.note("Point at a proposed cell, or select some, to accept them.");
    else if (cells.some(({ untouched }) => untouched)) this.#accept(cells);
    else this.#parts.note("Accepted already: a person made or checked it.");
  }

  /** The doubt queue's "right": silent where there is nothing to accept. */
  acceptReviewed(uid: string): void {
    const cell = this.#parts.model.cells.get(uid);
    if (cell?.untouched === true && this.#parts.store.get().readOnly === null) this.#accept([cell]);
  }

  /** Ghosts leave the layer. @returns how many. */
  removeBelow(): number {
    const ghosts = this.#cells().filter((cell) => this.#isBelow(cell));
    if (ghosts.length === 0 || !this.#parts.mayEdit()) return 0;
    for (const part of partsOf(ghosts)) {
      const changes = part.flatMap(({ uid }) => {
        const before = this.#parts.model.canvas.shapes.get(uid);
        return before === undefined ? [] : [{ uid, before, after: null }];
      });
      this.#parts.commit({ kind: "delete", tool: "below-threshold", changes, selection: [] });
    }
    return ghosts.length;
  }

  #accept(cells: readonly CellInfo[]): void {
    const open = cells.filter(({ untouched }) => untouched);
    if (open.length === 0 || !this.#parts.mayEdit()) return;
    const { selection } = this.#parts.store.get();
    for (const part of partsOf(open)) {
      const accepts = part.map(({ uid }) => ({ uid, accepted: true }));
      this.#parts.commit({ kind: "accept", tool: "accept", changes: [], selection, accepts });
    }
  }

  #cells(): CellInfo[] {
    return [...this.#parts.model.cells.values()];
  }

  #isBelow({ untouched, confidence }: CellInfo): boolean {
    return untouched && confidence !== null && confidence < this.threshold.get().value;
  }
}

function partsOf<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / cellsPerEdit);
  return Array.from({ length: count }, (_, k) => list.slice(k * cellsPerEdit, (k + 1) * cellsPerEdit));
}
