/** Origins as an edit being made would leave them, over those that are: read anew, changed apart, then asked what changed. */

import { type ObjectOrigin, type OriginChange, type OriginIndex, sameOrigin } from "./origins.ts";

export class OriginDraft {
  readonly #base: OriginIndex;
  readonly #lives: (uid: string) => boolean;
  readonly #changed = new Map<string, ObjectOrigin | null>();

  /** @param lives  whether an object that was there before the edit lives. */
  constructor(base: OriginIndex, lives: (uid: string) => boolean) {
    this.#base = base;
    this.#lives = lives;
  }

  /** Origin of an object, if it lives. */
  livingOriginOf(uid: string): ObjectOrigin | null {
    const origin = this.#originOf(uid);
    return origin !== null && (this.#changed.has(origin.uid) || this.#lives(origin.uid)) ? origin : null;
  }

  /** Living objects that come from one. */
  livingChildrenOf(uid: string): string[] {
    const before = this.#base
      .childrenOf(uid)
      .map(([child]) => child)
      .filter((child) => !this.#changed.has(child) && this.#lives(child));
    const since = [...this.#changed].filter(([, origin]) => origin?.uid === uid).map(([child]) => child);
    return [...before, ...since];
  }

  set(uid: string, origin: ObjectOrigin | null): void {
    this.#changed.set(uid, origin);
  }

  /** Puts an object between a cell and what comes from it: it goes on from the cell, and they from it. */
  insertAfter(uid: string, between: string): void {
    for (const child of this.livingChildrenOf(uid)) {
      const origin = this.#originOf(child);
      if (origin !== null) this.set(child, { uid: between, kind: origin.kind });
    }
    this.set(between, { uid, kind: "link" });
  }

  /** Puts an object between a cell and what it comes from. */
  insertBefore(uid: string, between: string): void {
    const origin = this.livingOriginOf(uid);
    // How sure somebody was of a link says nothing about the two that take its place.
    this.set(between, origin === null ? null : { uid: origin.uid, kind: origin.kind });
    this.set(uid, { uid: between, kind: "link" });
  }

  /** Everything as it was. */
  reset(): void {
    this.#changed.clear();
  }

  changes(): OriginChange[] {
    return [...this.#changed].flatMap(([uid, after]): OriginChange[] => {
      const before = this.#base.originOf(uid);
      return sameOrigin(before, after) ? [] : [{ uid, before, after }];
    });
  }

  #originOf(uid: string): ObjectOrigin | null {
    const changed = this.#changed.get(uid);
    return changed === undefined ? this.#base.originOf(uid) : changed;
  }
}
