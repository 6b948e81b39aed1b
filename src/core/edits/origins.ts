/**
 * Where cells come from over time: each object has at most one origin, an object of an earlier frame.
 *
 * An origin of kind `link` is the same cell one step before, of kind `division` its parent. An edit may change origins beside
 * shapes, each with both sides like a shape, so it is checked and taken back in the same way. An object that is deleted
 * keeps its origin and stays the origin of others: bringing it back brings the track back. What counts are
 * origins between living objects.
 */

import { FoundryError } from "../errors.ts";

export const originKinds = ["link", "division"] as const;

export interface ObjectOrigin {
  readonly uid: string;
  readonly kind: (typeof originKinds)[number];
  /** Calibrated chance that it is right, 0..1: that of the linker that made it, 1 when a person said so. Absent: nobody said. */
  readonly confidence?: number;
}

/** An object goes on from another cell than before, or from none (null). */
export interface OriginChange {
  readonly uid: string;
  readonly before: ObjectOrigin | null;
  readonly after: ObjectOrigin | null;
}

export const sameOrigin = (a: ObjectOrigin | null, b: ObjectOrigin | null): boolean =>
  a === null || b === null ? a === b : a.uid === b.uid && a.kind === b.kind && a.confidence === b.confidence;

/** Origins of objects, and what each object is the origin of. */
export class OriginIndex {
  readonly #origins = new Map<string, ObjectOrigin>();
  readonly #children = new Map<string, Set<string>>();

  /** Objects with an origin. */
  get size(): number {
    return this.#origins.size;
  }

  originOf(uid: string): ObjectOrigin | null {
    return this.#origins.get(uid) ?? null;
  }

  /** Objects that come from this one, living or not. */
  childrenOf(uid: string): readonly (readonly [uid: string, kind: ObjectOrigin["kind"]])[] {
    const children = [...(this.#children.get(uid) ?? [])];
    return children.map((child) => [child, (this.#origins.get(child) as ObjectOrigin).kind]);
  }

  set(uid: string, origin: ObjectOrigin | null): void {
    const before = this.#origins.get(uid);
    if (before !== undefined) this.#children.get(before.uid)?.delete(uid);
    if (origin === null) {
      this.#origins.delete(uid);
      return;
    }
    this.#origins.set(uid, origin);
    const children = this.#children.get(origin.uid);
    if (children === undefined) this.#children.set(origin.uid, new Set([uid]));
    else children.add(uid);
  }

  clear(): void {
    this.#origins.clear();
    this.#children.clear();
  }
}

/** What the laws ask about objects, as they are after the edit. */
export interface OriginFacts {
  /** Frame of an object, living or not; undefined for one that was never born. */
  readonly frameOf: (uid: string) => number | undefined;
  readonly lives: (uid: string) => boolean;
}

/**
 * Checks changes of origins against the laws of lineages and makes them, or leaves everything as it was and throws.
 *
 * @throws FoundryError `edit.invalid` for an unknown object, or an origin that is not earlier; `revision.conflict` when a
 *         `before` is not the present origin, or a cell would go on as two. Cost: O(changes).
 */
export function applyOriginsInPlace(
  index: OriginIndex,
  changes: readonly OriginChange[],
  facts: OriginFacts,
): void {
  for (const { uid, before, after } of changes) {
    if (!sameOrigin(index.originOf(uid), before)) throw conflict("A cell's track was changed", uid);
    if (after !== null) assertEarlier(uid, after, facts);
  }
  for (const { uid, after } of changes) index.set(uid, after);
  const torn = changes.find(({ after }) => after !== null && goesOnAsTwo(index, after.uid, facts));
  if (torn === undefined) return;
  for (const { uid, before } of changes) index.set(uid, before);
  throw conflict("The edit would make a cell go on as two without a division", torn.uid);
}

function assertEarlier(uid: string, origin: ObjectOrigin, { frameOf }: OriginFacts): void {
  const [own, earlier] = [frameOf(uid), frameOf(origin.uid)];
  if (own !== undefined && earlier !== undefined && earlier < own) return;
  const problem = own === undefined || earlier === undefined ? "is not known" : "is not in an earlier frame";
  throw new FoundryError("edit.invalid", {
    message: `This edit cannot be applied: the cell that an object goes on from ${problem}.`,
    details: { uid, origin: origin.uid },
  });
}

/** One living cell goes on by a link, or daughters by a division, not both. */
function goesOnAsTwo(index: OriginIndex, uid: string, { lives }: OriginFacts): boolean {
  const living = index.childrenOf(uid).filter(([child]) => lives(child));
  return living.length > 1 && living.some(([, kind]) => kind === "link");
}

function conflict(message: string, uid: string): FoundryError {
  return new FoundryError("revision.conflict", {
    message: `${message}.`,
    hint: "Look at the present track and repeat the edit if it is still needed.",
    details: { uid },
  });
}
