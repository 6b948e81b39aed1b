/**
 * Back along the log: the cells as they were after any edit, to look at; "bring this back" makes one new edit of the
 * difference, which can be taken back like any other.
 *
 * While the past is on the screen nothing can be changed, edits that wait go on being sent, and what others do is taken in
 * when one comes back to now.
 */

import type { PastLayerWire } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { type ObjectShape, shapesEqual } from "#core/labels/index.ts";
import type { Outcome } from "../model/gesture.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import type { EditorState } from "./editor-state.ts";
import type { LayerModel } from "./layer-model.ts";
import { Store } from "./store.ts";

export interface TimeTravelParts {
  readonly store: Store<EditorState>;
  readonly model: LayerModel;
  readonly readPast: (seq: number) => Promise<PastLayerWire>;
  /** Stops taking in what others do; ends with all cells read anew. */
  readonly pause: () => void;
  readonly resume: () => Promise<void>;
  readonly gesturesEnded: () => Promise<void>;
  readonly cellsReplaced: () => void;
  /** Puts tools away. */
  readonly lookOnly: () => void;
  readonly commit: (outcome: Outcome) => void;
  readonly note: (text: string) => void;
}

export interface TimeTravelState {
  /** Edit after which the cells on the screen were so; null: now. */
  readonly seq: number | null;
  /** Edit that is being read; null when none is. */
  readonly asked: number | null;
}

const pastText = "You look at the past; nothing can be changed here.";

export class TimeTravel {
  readonly store = new Store<TimeTravelState>({ seq: null, asked: null });
  readonly #parts: TimeTravelParts;
  /** What forbade editing before; null when nothing did. */
  #readOnly: string | null = null;
  #past = new Map<string, ObjectShape>();
  /** Counts requests: an answer to an older one is dropped. */
  #turn = 0;

  constructor(parts: TimeTravelParts) {
    this.#parts = parts;
  }

  /** Shows the cells as they were after an edit; 0 is before the first. */
  async show(seq: number): Promise<void> {
    const { store, model, readPast, pause, gesturesEnded, cellsReplaced, lookOnly, note } = this.#parts;
    const turn = ++this.#turn;
    this.store.set({ asked: seq });
    try {
      const past = await readPast(seq);
      await gesturesEnded();
      if (turn !== this.#turn) return;
      if (this.store.get().seq === null) {
        lookOnly();
        pause();
        this.#readOnly = store.get().readOnly;
        store.set({ readOnly: pastText });
      }
      this.#past = new Map(past.objects.map(({ uid, shape }) => [uid, shapeFromWire(shape)]));
      model.showPast(past.objects.map(({ uid, label }) => [uid, label, this.#past.get(uid) as ObjectShape]));
      this.store.set({ seq: past.seq });
      cellsReplaced();
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      note(`Cannot show the cells after edit ${seq}: ${error.message}`);
    } finally {
      if (turn === this.#turn) this.store.set({ asked: null });
    }
  }

  /** Back to now. @throws FoundryError when the cells cannot be read; the past stays on the screen then. */
  async leave(): Promise<void> {
    this.#turn++;
    if (this.store.get().seq === null) return;
    await this.#parts.resume();
    this.#parts.store.set({ readOnly: this.#readOnly });
    this.store.set({ seq: null, asked: null });
  }

  /** Makes the cells again what they are on the screen, as one edit of now. */
  async bringBack(): Promise<void> {
    const { seq } = this.store.get();
    const { store, model, commit, note } = this.#parts;
    if (seq === null) return;
    if (this.#readOnly !== null) {
      note(this.#readOnly);
      return;
    }
    const past = this.#past;
    await this.leave();
    const changes = changesTo(past, new Map(model.everyShape()));
    if (changes.length === 0) note("The cells are the same now as they were then.");
    else if (changes.length > changesPerEditMax) {
      note(`That changes ${changes.length} cells, more than one edit can. Restore a version instead.`);
    } else {
      commit({ kind: "restore", tool: `after edit ${seq}`, changes, selection: store.get().selection });
    }
  }
}

/** What turns the cells of now into those of the past. */
function changesTo(
  past: ReadonlyMap<string, ObjectShape>,
  now: ReadonlyMap<string, ObjectShape>,
): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const uid of new Set([...past.keys(), ...now.keys()])) {
    const [before, after] = [now.get(uid) ?? null, past.get(uid) ?? null];
    if (before !== null && after !== null && shapesEqual(before, after)) continue;
    changes.push({ uid, before, after });
  }
  return changes;
}
