/**
 * Says what cells are: the one place in the page where types change by hand or by rule. Each change is an edit like any other,
 * so it is undone, journalled and told in the history; a name given to a cell of a movie goes along its track when asked.
 */

import {
  type CellTypes,
  confirmedTypes,
  needsLook,
  sameTypes,
  type TypesChange,
  termsOf,
  unknownType,
  withoutType,
  withType,
} from "#core/cell-types/index.ts";
import type { Outcome } from "../model/gesture.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { Store } from "../session/store.ts";

export interface NamingState {
  /** Terms on the keys 1 to 9. */
  readonly keys: readonly string[];
  /** Naming a cell names it in all frames of its track. */
  readonly wholeTrack: boolean;
  /** Cells take the colours of their types. */
  readonly coloured: boolean;
}

const keysMax = 9;

export class Naming {
  readonly store = new Store<NamingState>({ keys: [], wholeTrack: true, coloured: false });
  readonly #session: EditorSession;

  constructor(session: EditorSession) {
    this.#session = session;
  }

  /** The project's types first, then those used last. */
  setKeys(own: readonly string[], recent: readonly string[]): void {
    const keys = [...new Set([...own, ...recent])].slice(0, keysMax);
    const before = this.store.get().keys;
    if (keys.length === before.length && keys.every((term, i) => term === before[i])) return;
    this.store.set({ keys });
  }

  /** A number key: the type on it goes to the selected cells, or off them when all have it. */
  press(number: number): void {
    const term = this.store.get().keys[number - 1];
    if (term === undefined) {
      this.#session.note(`No type is on key ${number}. Choose one under Cells, Types.`);
      return;
    }
    const { selection } = this.#session.state;
    const has = (uid: string): boolean => termsOf(this.#session.model.typesOf(uid)).includes(term);
    if (selection.length > 0 && selection.every(has)) this.remove(term);
    else this.add(term);
  }

  /** @param name  of the term, for the history. */
  add(term: string, name = term): void {
    this.#change(`type ${name}`, (types) => withType(types, term));
  }

  remove(term: string): void {
    this.#change("type removed", (types) => withoutType(types, term));
  }

  unknown(): void {
    this.#change("type unknown", (types) => withType(types, unknownType));
  }

  /** What was proposed or taken over is right. */
  confirm(): void {
    this.#change("type confirmed", (types) =>
      needsLook(types) ? confirmedTypes(types as CellTypes) : types,
    );
  }

  /** Of two that exclude each other one stays. */
  keepOnly(term: string): void {
    this.#change("type chosen", () => withType(null, term));
  }

  clear(): void {
    this.#change("type cleared", () => null);
  }

  /** Proposals of a rule; cells stay selected as they are. */
  propose(changes: readonly TypesChange[], rule: string): void {
    this.#run(rule, changes, "The rules propose nothing new.");
  }

  #change(tool: string, change: (types: CellTypes | null) => CellTypes | null): void {
    const { model, state } = this.#session;
    const uids = new Set(state.selection.flatMap((uid) => this.#meant(uid)));
    if (uids.size === 0) {
      this.#session.note("Select cells first: a click, or a gate in the Measure tab.");
      return;
    }
    const changes = [...uids].flatMap((uid): TypesChange[] => {
      const before = model.typesOf(uid);
      const after = change(before);
      return sameTypes(before, after) ? [] : [{ uid, before, after }];
    });
    this.#run(tool, changes, "The cells are named so already.");
  }

  #run(tool: string, types: readonly TypesChange[], nothing: string): void {
    const { selection } = this.#session.state;
    const outcome: Outcome = { kind: "assignType", tool: tool.slice(0, 64), changes: [], selection, types };
    this.#session.run(() => (types.length === 0 ? null : outcome), nothing);
  }

  /** The cell, or the same cell in all frames. */
  #meant(uid: string): string[] {
    if (!this.store.get().wholeTrack) return [uid];
    const { model } = this.#session;
    const all = [uid];
    for (let at = model.previousOf(uid); at !== undefined; at = model.previousOf(at)) all.push(at);
    for (let at = model.nextOf(uid); at !== undefined; at = model.nextOf(at)) all.push(at);
    return all;
  }
}

/** With the session it goes: nothing else holds it. */
const kept = new WeakMap<EditorSession, Naming>();

export function namingOf(session: EditorSession): Naming {
  const known = kept.get(session);
  if (known !== undefined) return known;
  const made = new Naming(session);
  kept.set(session, made);
  return made;
}
