/**
 * Keeps the cells in step with the server: sends edits, takes in those of others, sets refused ones aside.
 *
 * When the server refuses an edit it is taken off the cells, so the screen never shows more than is or will be true. Where
 * the log cannot be followed (a model's proposal, a gap) the cells are read whole and what still waits is put on top.
 */

import { editFromWire } from "#api/edits.ts";
import type { EditResult, LoggedEdit, WireEdit } from "#api/index.ts";
import type { BoundingBox } from "#core/array/index.ts";
import type { EditOperation } from "#core/edits/index.ts";
import type { Outcome } from "../model/gesture.ts";
import type { PlaneAt } from "../model/planes.ts";
import type { JournalEntry } from "../sync/journal.ts";
import { SyncQueue } from "../sync/queue.ts";
import type { EditLog } from "./edit-log.ts";
import type { EditorState } from "./editor-state.ts";
import { Joining } from "./joining.ts";
import type { CellAuthor, LayerModel } from "./layer-model.ts";
import type { SessionParts } from "./session-parts.ts";
import { SetAside } from "./set-aside.ts";
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
  /** Some cells were changed by others. */
  readonly cellsJoined: (uids: readonly string[], boxes: readonly BoundingBox[]) => void;
  readonly mayEdit: () => boolean;
  readonly commit: (outcome: Outcome) => void;
  readonly goTo: (plane: PlaneAt) => void;
  readonly note: (text: string) => void;
}

/** An edit of this page with its place in the log. */
interface PlacedEdit {
  readonly operation: EditOperation;
  readonly seq: number;
}

type Saved = Extract<EditResult, { state: "saved" }>;

/** Our own edits are told by the live stream too; their answer comes sooner than this, and nothing need be read then. */
const hearMs = 120;

export class Saving {
  readonly setAside: SetAside;
  readonly #parts: SavingParts;
  readonly #queue: SyncQueue;
  readonly #joining: Joining;
  /** Edits acknowledged while the cells are being read; null at other times. */
  #meanwhile: PlacedEdit[] | null = null;
  /** One reading at a time. */
  #turn: Promise<void> = Promise.resolve();
  #heard = 0;
  #callOff: (() => void) | null = null;
  #sent = new Map<string, EditOperation>();
  #paused = false;

  constructor(parts: SavingParts) {
    this.#parts = parts;
    const { layerId, journal, post, now, random, schedule, readLog, author } = parts.session;
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
    this.#joining = new Joining({
      model: parts.model,
      author,
      readLog: (after) => readLog(after),
      changed: parts.cellsJoined,
      replaced: parts.cellsReplaced,
      joined: (edits, seq) => {
        parts.log.join(edits);
        this.#knowUpTo(seq);
      },
    });
    this.setAside = new SetAside({
      model: parts.model,
      newId: parts.session.newId,
      mayEdit: parts.mayEdit,
      commit: parts.commit,
      goTo: parts.goTo,
      note: parts.note,
      discard: async (operationId) => {
        await this.#queue.discard(operationId);
        parts.log.dropLine(operationId);
      },
      putBack: (entry) => this.#queue.putBack(entry),
    });
  }

  /** Sends what an earlier page left behind. */
  async restore(): Promise<void> {
    await this.#queue.restore();
    await this.#queue.settled();
  }

  /** @param authors  who had made the cells before the edit. */
  send(edit: WireEdit, operation: EditOperation, authors: readonly CellAuthor[]): void {
    this.#joining.made(operation, authors);
    this.#sent.set(edit.operationId, operation);
    this.#queue.add(edit);
  }

  /** Rebuilds history from the server's log plus the edits that wait. */
  takeLog(log: readonly LoggedEdit[]): void {
    this.#parts.log.take(log, this.#queue.waitingEdits);
  }

  /** The server says that the layer has edits up to this number. */
  heard(seq: number): void {
    this.#heard = Math.max(this.#heard, seq);
    if (this.#heard <= this.#joining.seq || this.#callOff !== null || this.#paused) return;
    this.#callOff = this.#parts.session.schedule(() => {
      this.#callOff = null;
      // Not reaching the server is said by the saving line already; the stream speaks again when it is back.
      if (this.#heard > this.#joining.seq && !this.#paused) this.catchUp().catch(() => undefined);
    }, hearMs);
  }

  /** Takes in what others did. @throws FoundryError when the server cannot be asked. */
  catchUp(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#paused) return;
      const outcome = await this.#joining.catchUp(this.#parts.gesturesEnded);
      if (outcome === "lost") await this.#readWhole();
    });
  }

  /** Reads the cells from the server again and puts waiting edits on top. A stroke under way is finished first. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#readWhole());
  }

  /** While something else than the present is on the screen, nothing is taken in. Ends with a reload. */
  pause(): void {
    this.#paused = true;
  }

  async resume(): Promise<void> {
    this.#paused = false;
    await this.reload();
  }

  /** Waits until the server has everything; false when it cannot be reached or something else is in the way. */
  settled(): Promise<boolean> {
    return this.#queue.settled();
  }

  retryNow(): void {
    this.#queue.retryNow();
  }

  close(): void {
    this.#queue.close();
    this.#callOff?.();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #readWhole(): Promise<void> {
    const { session, model, gesturesEnded, cellsReplaced } = this.#parts;
    const meanwhile: PlacedEdit[] = [];
    this.#meanwhile = meanwhile;
    try {
      const answer = await session.readObjects();
      await gesturesEnded();
      // What was acknowledged meanwhile is in the answer or is not: its number tells.
      const later = meanwhile.filter(({ seq }) => seq > answer.seq).map(({ operation }) => operation);
      const onTop = [...later, ...this.#queue.waitingEdits.map(editFromWire)];
      const unfit = new Set(
        model.load(answer.objects, onTop, { kind: "person", name: session.author.name }, answer.spots),
      );
      this.#joining.replaced(
        answer.seq,
        onTop.filter(({ operationId }) => !unfit.has(operationId)),
      );
      this.#knowUpTo(answer.seq);
      cellsReplaced();
    } finally {
      this.#meanwhile = null;
    }
    this.heard(this.#heard);
  }

  #knowUpTo(seq: number): void {
    const { store } = this.#parts;
    store.set({ seq: Math.max(store.get().seq, seq) });
  }

  #take(results: readonly Saved[]): void {
    const { store, model, log, cellsReplaced } = this.#parts;
    let isRestacked = false;
    for (const { operationId, seq, labels } of results) {
      if (model.setLabels(labels)) isRestacked = true;
      const operation = this.#sent.get(operationId);
      if (operation !== undefined) this.#meanwhile?.push({ operation, seq });
      this.#sent.delete(operationId);
    }
    log.saved(results);
    const newest = Math.max(...results.map(({ seq }) => seq));
    const placed = this.#joining.placed(results);
    if (placed === "gap") this.heard(newest);
    // Not reaching the server is said by the saving line; the next answer tries again.
    if (placed === "lost") this.reload().catch(() => undefined);
    this.#knowUpTo(newest);
    if (isRestacked) cellsReplaced();
    else store.set({ version: store.get().version + 1 });
  }

  async #rollBack(entries: readonly JournalEntry[]): Promise<void> {
    const { log, note } = this.#parts;
    const ids = entries.map(({ operationId }) => operationId);
    for (const id of ids) {
      log.forget(id);
      this.#sent.delete(id);
    }
    log.refused(ids);
    const reason = entries[0]?.refusal?.message ?? "";
    note(`${entries.length === 1 ? "An edit was" : `${entries.length} edits were`} not taken. ${reason}`);
    await this.#inTurn(async () => {
      if (this.#paused) return;
      // What stands in the way is shown before ours goes.
      const caught = await this.#joining.catchUp(this.#parts.gesturesEnded).catch(() => "unreached" as const);
      await this.#parts.gesturesEnded();
      const lost = caught === "lost" || this.#joining.drop(new Set(ids)) === "lost";
      if (lost) await this.#readWhole();
    });
  }
}
