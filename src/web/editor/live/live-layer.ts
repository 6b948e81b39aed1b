/**
 * The live side of a layer: hears of edits, people and held regions, and says where this page's person is.
 *
 * What is said is never stored and may be lost: the next word says all of it again. The stream is open only while the page
 * is in sight: a hidden page shows nobody.
 */

import type { Presence, PresentPerson, RegionHold } from "#api/index.ts";
import { Store } from "../session/store.ts";

export interface LiveState {
  /** Everyone else with this layer open, in order of coming. */
  readonly people: readonly PresentPerson[];
  readonly holds: readonly RegionHold[];
  readonly connected: boolean;
}

export type Whereabouts = Pick<Presence, "at" | "plane" | "selection" | "tool">;

export interface LiveParts {
  /** Id of this page. */
  readonly page: string;
  /** Opens the stream; `hear` gets each event's name and data. @returns how to close it. */
  readonly open: (
    hear: (event: string, data: unknown) => void,
    connected: (is: boolean) => void,
  ) => () => void;
  readonly say: (word: Presence) => Promise<void>;
  readonly schedule: (work: () => void, ms: number) => () => void;
  /** The layer has edits up to this number. */
  readonly onEdits: (seq: number) => void;
}

/** Four times a second: a pointer is followed by the eye, and a hundred people are no load. */
const sayMs = 250;

/** Said again when nothing changes; the server forgets whoever is silent for 30 s. */
const beatMs = 10_000;

export class LiveLayer {
  readonly store = new Store<LiveState>({ people: [], holds: [], connected: false });
  readonly #parts: LiveParts;
  #close: (() => void) | null = null;
  #where: Whereabouts | null = null;
  #said = "";
  #callOffWord: (() => void) | null = null;
  #callOffBeat: (() => void) | null = null;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Listens and speaks from now on; nothing when it does already. */
  open(): void {
    if (this.#close !== null) return;
    this.#close = this.#parts.open(
      (event, data) => this.#hear(event, data),
      (connected) => {
        this.store.set({ connected });
        // A server that was started anew has not heard of anyone.
        this.#said = "";
        if (connected) this.#sayNow();
      },
    );
  }

  /** Stops both, and says goodbye. */
  close(): void {
    if (this.#close === null) return;
    this.#close();
    this.#close = null;
    this.#callOffWord?.();
    this.#callOffBeat?.();
    this.#callOffWord = this.#callOffBeat = null;
    if (this.#where !== null) this.#send({ ...this.#where, page: this.#parts.page, leaving: true });
    this.#said = "";
    this.store.set({ people: [], connected: false });
  }

  /** Where the person is now; said soon when it is news. */
  moved(where: Whereabouts): void {
    this.#where = where;
    if (this.#close === null || this.#callOffWord !== null) return;
    this.#callOffWord = this.#parts.schedule(() => {
      this.#callOffWord = null;
      this.#sayNow();
    }, sayMs);
  }

  #sayNow(): void {
    if (this.#where === null || this.#close === null) return;
    const text = JSON.stringify(this.#where);
    if (text !== this.#said) this.#send({ ...this.#where, page: this.#parts.page, leaving: false });
    this.#said = text;
    this.#callOffBeat?.();
    this.#callOffBeat = this.#parts.schedule(() => {
      this.#said = "";
      this.#sayNow();
    }, beatMs);
  }

  #send(word: Presence): void {
    // A word that is lost is said again with the next beat.
    this.#parts.say(word).catch(() => undefined);
  }

  #hear(event: string, data: unknown): void {
    // The types come from the server's schemas, which check what it sends.
    if (event === "edits") this.#parts.onEdits((data as { seq: number }).seq);
    if (event === "holds") this.store.set({ holds: (data as { holds: RegionHold[] }).holds });
    if (event === "people") {
      const { people } = data as { people: PresentPerson[] };
      this.store.set({ people: people.filter(({ page }) => page !== this.#parts.page) });
    }
  }
}
