/**
 * Edits the server did not take: what they and the present cells disagree about, and what a person decides.
 *
 * Nothing of either side is lost by a decision: the other side's work is in the log and can be taken back to; what is
 * thrown away here can be brought back as long as the page is open.
 */

import { editFromWire } from "#api/edits.ts";
import { besideCount, type EditOperation } from "#core/edits/index.ts";
import { type ConflictChoice, conflictsOf, type EditConflict, settledChanges } from "../model/conflict.ts";
import type { Outcome } from "../model/gesture.ts";
import { type PlaneAt, planeOfChanges } from "../model/planes.ts";
import type { JournalEntry } from "../sync/journal.ts";
import type { LayerModel } from "./layer-model.ts";
import { rebasedBeside } from "./rebased-beside.ts";
import { Store } from "./store.ts";

export interface SetAsideParts {
  readonly model: LayerModel;
  readonly newId: () => string;
  readonly mayEdit: () => boolean;
  readonly commit: (outcome: Outcome) => void;
  readonly goTo: (plane: PlaneAt) => void;
  readonly note: (text: string) => void;
  readonly discard: (operationId: string) => Promise<void>;
  readonly putBack: (entry: JournalEntry) => Promise<void>;
}

/** More than anyone brings back. */
const thrownMax = 50;

export class SetAside {
  /** Edits thrown away on this page, newest first. */
  readonly store = new Store<{ readonly thrown: readonly JournalEntry[] }>({ thrown: [] });
  readonly #parts: SetAsideParts;

  constructor(parts: SetAsideParts) {
    this.#parts = parts;
  }

  /** What has to be decided before an edit can be made; empty when it can be as far as other cells leave room. */
  conflictsOf(entry: JournalEntry): EditConflict[] {
    const { model } = this.#parts;
    const { overlapAllowed } = model.canvas;
    return conflictsOf(editFromWire(entry.edit), (uid) => model.shapeOf(uid), overlapAllowed);
  }

  /** Makes a new edit of what was decided, less what lies on other cells by now; the refused one is gone then. */
  async settle(entry: JournalEntry, choices: ReadonlyMap<string, ConflictChoice>): Promise<void> {
    const { model, mayEdit, commit, goTo, note, newId } = this.#parts;
    if (!mayEdit()) return;
    const operation = editFromWire(entry.edit);
    const changes = settledChanges(
      operation,
      (uid) => model.shapeOf(uid),
      (plane) => model.canvasAt(plane),
      choices,
      newId,
      model.canvas.overlapAllowed,
    );
    const beside = rebasedBeside(model, operation);
    const isNothing = changes.length + besideCount(beside) === 0;
    if (isNothing) note(nothingLeft(choices));
    else {
      commit({ ...outcomeOf(operation, changes), ...beside });
      goTo(planeOfChanges(changes, model.plane));
    }
    const gaveWay = isNothing || [...choices.values()].includes("theirs");
    await (gaveWay ? this.discard(entry) : this.#parts.discard(entry.operationId));
  }

  /** Makes the edit as far as it goes: what it wanted, less what lies on other cells. Conflicts are decided for it. */
  again(entry: JournalEntry): Promise<void> {
    return this.settle(entry, new Map(this.conflictsOf(entry).map(({ id }) => [id, "mine"])));
  }

  async discard(entry: JournalEntry): Promise<void> {
    await this.#parts.discard(entry.operationId);
    this.store.set({ thrown: [entry, ...this.store.get().thrown].slice(0, thrownMax) });
  }

  async bringBack(entry: JournalEntry): Promise<void> {
    await this.#parts.putBack(entry);
    this.store.set({ thrown: this.store.get().thrown.filter((one) => one !== entry) });
  }
}

function outcomeOf(operation: EditOperation, changes: EditOperation["changes"]): Outcome {
  const kind = operation.kind === "undo" || operation.kind === "redo" ? "reshape" : operation.kind;
  const selection = changes.filter(({ after }) => after !== null).map(({ uid }) => uid);
  return { kind, tool: operation.tool, changes, selection };
}

function nothingLeft(choices: ReadonlyMap<string, ConflictChoice>): string {
  const kept = [...choices.values()];
  if (kept.includes("theirs")) return "Theirs stays as it is.";
  if (kept.includes("both"))
    return "Nothing is left of yours beside theirs: all its pixels are in other cells.";
  return "Nothing is left of this edit: the cells are as it wanted them.";
}
