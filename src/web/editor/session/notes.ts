/** The short line about what just happened or did not: it goes away by itself. */

import type { EditorState } from "./editor-state.ts";
import type { Store } from "./store.ts";

/** Long enough to read, short enough not to be in the way. */
const noteMs = 6000;

export class Notes {
  readonly #store: Store<EditorState>;
  readonly #schedule: (work: () => void, ms: number) => () => void;
  #callOff: () => void = () => undefined;

  constructor(store: Store<EditorState>, schedule: (work: () => void, ms: number) => () => void) {
    this.#store = store;
    this.#schedule = schedule;
  }

  say(note: string): void {
    this.#callOff();
    this.#store.set({ note });
    this.#callOff = this.#schedule(() => this.#store.set({ note: null }), noteMs);
  }
}
