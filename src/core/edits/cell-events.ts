/**
 * What happens to a cell beside going on and dividing: it enters, leaves, dies, or becomes one with another cell.
 *
 * A track's beginning and end say when a cell was seen first and last, not why. An event says why, at one object: `entry`
 * at the start of a track, `exit`, `death` and `fusion` at its end. It is changed by edits like an origin, with both
 * sides, so it is checked and taken back the same way. Like an origin it outlives its object: bringing the cell back
 * brings the event back.
 */

import { FoundryError } from "../errors.ts";
import type { OriginFacts, OriginIndex } from "./origins.ts";

export const eventKinds = ["entry", "death", "exit", "fusion"] as const;
export const eventSides = ["start", "end"] as const;

export type EventKind = (typeof eventKinds)[number];
export type EventSide = (typeof eventSides)[number];

export interface CellEvent {
  readonly kind: EventKind;
  /** Of a fusion: the object, of a later frame, that this cell became part of. */
  readonly into?: string;
}

/** An object is marked otherwise than before; null for no mark. */
export interface EventChange {
  readonly uid: string;
  readonly side: EventSide;
  readonly before: CellEvent | null;
  readonly after: CellEvent | null;
}

/** Events of one object. */
export interface CellEvents {
  readonly start?: CellEvent;
  readonly end?: CellEvent;
}

export const sideOfEvent = (kind: EventKind): EventSide => (kind === "entry" ? "start" : "end");

export const sameEvent = (a: CellEvent | null, b: CellEvent | null): boolean =>
  a === null || b === null ? a === b : a.kind === b.kind && a.into === b.into;

/** Events of objects, living or not. */
export class EventIndex {
  readonly #events = new Map<string, CellEvents>();

  /** Objects with an event. */
  get size(): number {
    return this.#events.size;
  }

  eventOf(uid: string, side: EventSide): CellEvent | null {
    return this.#events.get(uid)?.[side] ?? null;
  }

  set(uid: string, side: EventSide, event: CellEvent | null): void {
    const { [side]: _before, ...other } = this.#events.get(uid) ?? {};
    const events: CellEvents = event === null ? other : { ...other, [side]: event };
    if (Object.keys(events).length === 0) this.#events.delete(uid);
    else this.#events.set(uid, events);
  }

  /** Every object with its events. */
  entries(): IterableIterator<[uid: string, events: CellEvents]> {
    return this.#events.entries();
  }

  clear(): void {
    this.#events.clear();
  }
}

/** In the words of a sentence about a cell: "is marked as dead". */
const eventWords: Readonly<Record<EventKind, string>> = {
  entry: "as having come into view",
  death: "as dead",
  exit: "as having left the view",
  fusion: "as fused with another cell",
};

/**
 * Makes changes of events after those of origins, and checks that both agree; or leaves the events as they were and throws.
 *
 * A cell that entered has no origin, one that died, left or fused does not go on, and a fusion leads to a living cell of a
 * later frame.
 *
 * @param index  events; changed. @param origins  as they are after the edit.
 * @param touched  objects whose origin changed, and what they come from now: an edit of links may not contradict an event.
 * @throws FoundryError `edit.invalid`, `revision.conflict` when a `before` is not the present event. Cost: O(changes).
 */
export function applyEventsInPlace(
  index: EventIndex,
  changes: readonly EventChange[],
  origins: OriginIndex,
  touched: Iterable<string>,
  facts: OriginFacts,
): void {
  for (const { uid, side, before } of changes) {
    if (sameEvent(index.eventOf(uid, side), before)) continue;
    throw new FoundryError("revision.conflict", {
      message: "What is marked about a cell was changed meanwhile.",
      hint: "Look at the present mark and repeat the edit if it is still needed.",
      details: { uid },
    });
  }
  for (const { uid, side, after } of changes) index.set(uid, side, after);
  try {
    for (const uid of new Set([...changes.map((change) => change.uid), ...touched])) {
      assertEventsHold(index, uid, origins, facts);
    }
  } catch (error) {
    for (const { uid, side, before } of changes) index.set(uid, side, before);
    throw error;
  }
}

function assertEventsHold(index: EventIndex, uid: string, origins: OriginIndex, facts: OriginFacts): void {
  const { frameOf, lives } = facts;
  if (!lives(uid)) return;
  const start = index.eventOf(uid, "start");
  const origin = origins.originOf(uid);
  if (start !== null && origin !== null && lives(origin.uid))
    throw contradiction(start.kind, "it cannot come from another cell", uid);
  const end = index.eventOf(uid, "end");
  if (end === null) return;
  if (origins.childrenOf(uid).some(([child]) => lives(child)))
    throw contradiction(end.kind, "it cannot go on", uid);
  if (end.kind !== "fusion") return;
  const [own, later] = [frameOf(uid), end.into === undefined ? undefined : frameOf(end.into)];
  if (end.into !== undefined && own !== undefined && later !== undefined && later > own && lives(end.into))
    return;
  throw new FoundryError("edit.invalid", {
    message: "A cell fuses with a cell of a later frame; the one that was named is not there.",
    hint: "Mark a cell of a later frame first.",
    details: { uid, into: end.into ?? null },
  });
}

function contradiction(kind: EventKind, problem: string, uid: string): FoundryError {
  return new FoundryError("edit.invalid", {
    message: `The cell is marked ${eventWords[kind]}, so ${problem}.`,
    hint: "Take the mark away first, or take the link away.",
    details: { uid },
  });
}
