/**
 * Keeps the cells in step with the server: sends edits, reads the cells again, sets refused edits aside.
 *
 * When the server refuses an edit, the canvas is built again from what the server has plus what still waits, so the
 * screen never shows more than is or will be true.
 */

import { editFromWire } from "#api/edits.ts";
import type { EditResult, LoggedEdit, WireEdit } from "#api/index.ts";
import type { Outcome } from "../model/gesture.ts";
import { type PlaneAt, planeOfChanges } from "../model/planes.ts";
import type { JournalEntry } from "../sync/journal.ts";
import { SyncQueue } from "../sync/queue.ts";
import type { EditLog } from "./edit-log.ts";
import type { EditorState } from "./editor-state.ts";
import type { LayerModel } from "./layer-model.ts";
import { rebasedOutcome } from "./rebased-outcome.ts";
import type { SessionParts } from "./session-parts.ts";
import type { Store } from "./store.ts";

export interface SavingParts {
  readonly session: SessionParts;
  readonly store: Store<EditorState>;
  readonly model: LayerModel;
  readonly log: EditLog;
  /** Resolves when no stroke is under way. */
  readonly gesturesEnded: () => Promise<void>;
  /** All cells may be others now. */
  readonly cellsReplaced: () => void;
  readonly mayEdit: () => boolean;
  readonly commit: (outcome: Outcome) => void;
  readonly goTo: (plane: PlaneAt) => void;
  readonly note: (text: string) => void;
}

export class Saving {
  readonly #parts: SavingParts;
  readonly #queue: SyncQueue;
  /** Counts acknowledged edits. */
  #acknowledged = 0;

  constructor(parts: SavingParts) {
    this.#parts = parts;
    const { layerId, journal, post, now, random, schedule } = parts.session;
    this.#queue = new SyncQueue({
      layerId,
      journal,
      post,
      now,
      random,
      schedule,
      onStatus: (sync) => parts.store.set({ sync }),
      onSaved: (results) => this.#take(results),
      onRefused: (entries) => this.#rollBack(entries),
    });
  }

  /** Sends what an earlier page left behind. */
  async restore(): Promise<void> {
    await this.#queue.restore();
    await this.#queue.settled();
  }

  send(edit: WireEdit): void {
    this.#queue.add(edit);
  }

  /** Rebuilds history from the server's log plus the edits that wait. */
  takeLog(log: readonly LoggedEdit[]): void {
    this.#parts.log.take(log, this.#queue.waitingEdits);
  }

  /** Reads the cells from the server again and puts waiting edits on top. A stroke under way is finished first. */
  async reload(): Promise<void> {
    const { session, store, model, gesturesEnded, cellsReplaced } = this.#parts;
    for (;;) {
      const before = this.#acknowledged;
      const answer = await session.readObjects();
      await gesturesEnded();
      // Edits saved meanwhile may or may not be in the answer: read again rather than guess.
      if (before !== this.#acknowledged) continue;
      const waiting = this.#queue.waitingEdits.map(editFromWire);
      model.load(answer.objects, waiting, { kind: "person", name: session.author.name });
      store.set({ seq: Math.max(store.get().seq, answer.seq) });
      cellsReplaced();
      return;
    }
  }

  /** Waits until the server has everything; false when it cannot be reached or something else is in the way. */
  settled(): Promise<boolean> {
    return this.#queue.settled();
  }

  retryNow(): void {
    this.#queue.retryNow();
  }

  async discardRefused(operationId: string): Promise<void> {
    await this.#queue.discard(operationId);
    this.#parts.log.dropLine(operationId);
  }

  /** Applies a refused edit to the cells as they are now, as a new edit; the refused one is gone then. */
  async retryRefused(entry: JournalEntry): Promise<void> {
    const { model, mayEdit, commit, goTo, note } = this.#parts;
    if (!mayEdit()) return;
    const outcome = rebasedOutcome(model, editFromWire(entry.edit));
    if (outcome === null) note("Nothing is left of this edit: the cells are as it wanted them.");
    else {
      commit(outcome);
      goTo(planeOfChanges(outcome.changes, model.plane));
    }
    await this.discardRefused(entry.operationId);
  }

  close(): void {
    this.#queue.close();
  }

  #take(results: readonly Extract<EditResult, { state: "saved" }>[]): void {
    const { store, model, log } = this.#parts;
    this.#acknowledged += results.length;
    for (const result of results) model.setLabels(result.labels);
    log.mark(
      results.map((result) => result.operationId),
      "saved",
    );
    const newest = Math.max(store.get().seq, ...results.map((result) => result.seq));
    store.set({ seq: newest, version: store.get().version + 1 });
  }

  async #rollBack(entries: readonly JournalEntry[]): Promise<void> {
    const { log, note } = this.#parts;
    for (const entry of entries) log.forget(entry.operationId);
    log.mark(
      entries.map((entry) => entry.operationId),
      "refused",
    );
    const reason = entries[0]?.refusal?.message ?? "";
    note(`${entries.length === 1 ? "An edit was" : `${entries.length} edits were`} not taken. ${reason}`);
    await this.reload();
  }
}
