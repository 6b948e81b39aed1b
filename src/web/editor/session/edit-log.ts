/**
 * The person's undo stacks and the lines of the History tab: both follow from the log, and are kept in the editor's state.
 */

import { editFromWire, editToWire } from "#api/edits.ts";
import type { LoggedEdit, WireEdit } from "#api/index.ts";
import type { EditOperation } from "#core/edits/index.ts";
import {
  emptyHistory,
  extendHistory,
  forget,
  type History,
  historyOf,
  redoOperation,
  undoOperation,
} from "../model/history.ts";
import type { EditorState, HistoryLine } from "./editor-state.ts";
import { lineOf } from "./history-line.ts";
import type { Store } from "./store.ts";

/** Lines kept by the page; the log itself is complete on the server. */
const linesMax = 1_000;

export interface EditLogParts {
  readonly store: Store<EditorState>;
  readonly author: { readonly id: string; readonly name: string };
  /** Milliseconds. */
  readonly now: () => number;
}

export class EditLog {
  readonly #parts: EditLogParts;
  #history: History = emptyHistory;

  constructor(parts: EditLogParts) {
    this.#parts = parts;
  }

  /** Rebuilds everything from the server's log plus the edits that wait. */
  take(log: readonly LoggedEdit[], queued: readonly WireEdit[]): void {
    const known = new Set(log.map((edit) => edit.operationId));
    const waiting = queued.filter((edit) => !known.has(edit.operationId));
    // A person's agent has the id of the member. An import is taken back with the image, not by Ctrl+Z.
    const own = log.filter(
      ({ agent, born }) =>
        agent.kind === "person" && agent.id === this.#parts.author.id && born === undefined,
    );
    this.#set(historyOf([...own, ...waiting].map(editFromWire)));
    const lines = [
      ...log.map((edit) => lineOf(edit, edit.agent.name, edit.agent.kind, edit.at, "saved")),
      ...waiting.map((edit) => this.#ownLine(edit)),
    ];
    this.#parts.store.set({ history: lines.reverse() });
  }

  /** Edits that came from the log, in its order: those of others, and of this person on another page. */
  join(edits: readonly LoggedEdit[]): void {
    const { store, author } = this.#parts;
    const known = new Set(store.get().history.map(({ operationId }) => operationId));
    const fresh = edits.filter(({ operationId }) => !known.has(operationId));
    if (fresh.length === 0) return;
    for (const edit of fresh) {
      if (edit.agent.id === author.id) this.#set(extendHistory(this.#history, editFromWire(edit)));
    }
    const lines = fresh.map((edit) => lineOf(edit, edit.agent.name, edit.agent.kind, edit.at, "saved"));
    const history = [...lines.reverse(), ...store.get().history].slice(0, linesMax);
    store.set({ history, dirty: true });
  }

  /** One more edit by this person. @returns it as it is sent. */
  add(operation: EditOperation): WireEdit {
    const { store } = this.#parts;
    const edit = editToWire(operation);
    store.set({ history: [this.#ownLine(edit), ...store.get().history].slice(0, linesMax), dirty: true });
    this.#set(extendHistory(this.#history, operation));
    return edit;
  }

  /** The edit that takes back the newest one in force, or brings back the one taken back last; null when there is none. */
  step(kind: "undo" | "redo", operationId: string): EditOperation | null {
    return kind === "undo"
      ? undoOperation(this.#history, operationId)
      : redoOperation(this.#history, operationId);
  }

  /** It can be neither taken back nor brought back any more. */
  forget(operationId: string): void {
    this.#set(forget(this.#history, operationId));
  }

  refused(operationIds: readonly string[]): void {
    const ids = new Set(operationIds);
    this.#change(({ operationId }) => (ids.has(operationId) ? { state: "refused" } : null));
  }

  saved(results: readonly { readonly operationId: string; readonly seq: number }[]): void {
    const seqs = new Map(results.map(({ operationId, seq }) => [operationId, seq]));
    this.#change(({ operationId }) => {
      const seq = seqs.get(operationId);
      return seq === undefined ? null : { state: "saved", seq };
    });
  }

  #change(patch: (line: HistoryLine) => Partial<HistoryLine> | null): void {
    const { store } = this.#parts;
    const history = store.get().history.map((line) => {
      const fields = patch(line);
      return fields === null ? line : { ...line, ...fields };
    });
    store.set({ history });
  }

  dropLine(operationId: string): void {
    const { store } = this.#parts;
    store.set({ history: store.get().history.filter((line) => line.operationId !== operationId) });
  }

  #set(history: History): void {
    this.#history = history;
    this.#parts.store.set({ canUndo: history.done.length > 0, canRedo: history.undone.length > 0 });
  }

  #ownLine(edit: WireEdit): HistoryLine {
    const at = new Date(this.#parts.now()).toISOString();
    return lineOf(edit, this.#parts.author.name, "person", at, "waiting");
  }
}
