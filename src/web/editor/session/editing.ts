/**
 * Makes edits: what a tool came to is applied to the cells at once, noted in the log, and handed on to be saved.
 *
 * Everything that changes cells goes through here, undo and redo too, so that there is one place where the cells, the
 * log and the journal are kept in step.
 */

import type { WireEdit } from "#api/index.ts";
import { carriedTypes, type TypesChange } from "#core/cell-types/index.ts";
import { besideCount, type EditOperation, type LabelCanvas, tracksOfEdit } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import type { ActivityClock } from "../model/activity-clock.ts";
import type { Outcome } from "../model/gesture.ts";
import { type PlaneAt, planeOfChanges } from "../model/planes.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import type { EditLog } from "./edit-log.ts";
import type { CellAuthor, LayerModel } from "./layer-model.ts";
import { addReach } from "./reach.ts";
import type { SessionView } from "./session-parts.ts";
import { withKeptTracks } from "./with-kept-tracks.ts";

export interface EditingParts {
  readonly model: LayerModel;
  readonly log: EditLog;
  readonly clock: ActivityClock;
  readonly authorName: string;
  readonly newId: () => string;
  readonly view: () => SessionView | null;
  readonly mayEdit: () => boolean;
  readonly select: (uids: readonly string[]) => void;
  readonly goTo: (plane: PlaneAt) => void;
  /** Cells have changed. */
  readonly changed: () => void;
  readonly send: (edit: WireEdit, operation: EditOperation, authors: readonly CellAuthor[]) => void;
  readonly note: (text: string) => void;
}

export class Editing {
  readonly #parts: EditingParts;
  /** Whether edits of masks in a movie link what they make to the tracks around. */
  keepsTracks = true;

  constructor(parts: EditingParts) {
    this.#parts = parts;
  }

  /** Runs a tool and makes an edit of what it comes to, or does `otherwise` when that is nothing. */
  run(work: (canvas: LabelCanvas, newUid: () => string) => Outcome | null, otherwise?: () => void): void {
    const { model, newId, mayEdit } = this.#parts;
    if (!mayEdit()) return;
    const outcome = this.attempt(() => work(model.canvas, newId));
    if (outcome) this.commit(outcome);
    else if (outcome === null) otherwise?.();
  }

  commit(outcome: Outcome): void {
    const { model, newId, clock, note, select } = this.#parts;
    const types = this.#typesAfter(outcome);
    const operation: EditOperation = {
      operationId: newId(),
      kind: outcome.kind,
      tool: outcome.tool,
      changes: outcome.changes,
      msSpent: clock.lap(),
      ...tracksOfEdit(this.keepsTracks ? withKeptTracks(model, outcome) : outcome),
      ...(outcome.accepts === undefined ? {} : { accepts: outcome.accepts }),
      ...(outcome.spots === undefined ? {} : { spots: outcome.spots }),
      ...(types.length === 0 ? {} : { types }),
    };
    if (Math.max(operation.changes.length, besideCount(operation)) > changesPerEditMax) {
      note(`One edit can change at most ${changesPerEditMax} cells or spots.`);
      return;
    }
    if (!this.#applyAndSend(operation)) note("The cells changed meanwhile; please draw again.");
    else select(outcome.selection);
  }

  undo(): void {
    this.#step("undo", "take back");
  }

  redo(): void {
    this.#step("redo", "bring back");
  }

  /** @returns what the work gives; undefined when it cannot be done, which is said then. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      this.#parts.note(error.message);
      return undefined;
    }
  }

  #step(kind: "undo" | "redo", verb: string): void {
    const { model, log, clock, newId, mayEdit, goTo, note } = this.#parts;
    if (!mayEdit()) return;
    const operation = log.step(kind, newId());
    if (operation === null) {
      note(`Nothing to ${verb}.`);
      return;
    }
    if (this.#applyAndSend({ ...operation, msSpent: clock.lap() })) {
      goTo(planeOfChanges(operation.changes, model.plane));
      return;
    }
    log.forget(operation.undoes ?? "");
    note(`Cannot ${verb}: the cell was changed since by someone else.`);
  }

  /** What a tool did to types, and what follows for cells that were split, merged or copied. */
  #typesAfter(outcome: Outcome): readonly TypesChange[] {
    const { model } = this.#parts;
    return outcome.types ?? carriedTypes(outcome, (uid) => model.typesOf(uid));
  }

  #applyAndSend(operation: EditOperation): boolean {
    const { model, log, authorName, view, changed, send } = this.#parts;
    const author = { kind: "person", name: authorName } as const;
    const authors = model.authorsOf(operation.changes.map(({ uid }) => uid));
    const reach = new Set<string>();
    addReach(operation, model, reach);
    const box = this.attempt(() => model.apply(operation, author));
    if (box === undefined) return false;
    addReach(operation, model, reach);
    const edit = log.add(operation);
    view()?.cellsChanged([...reach]);
    if (box !== null) view()?.canvasChanged(box);
    changed();
    send(edit, operation, authors);
    return true;
  }
}
