/** Events: who did what and when, append-only. Written in the transaction of what they tell. */

import { isoTime } from "#platform/index.ts";
import * as text from "./sql/events.ts";
import type { Store } from "./store.ts";
import type { Agent, StoreEvent } from "./types.ts";

export interface NewEvent {
  /** `image.imported`, `model.released` … */
  readonly verb: string;
  readonly entity: string;
  readonly entityId: string;
  /** Digests and counts; no names, which must stay erasable. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Call with the store of the transaction that makes the change. */
export async function appendEvent(store: Store, actor: Agent, event: NewEvent): Promise<void> {
  await store.sql.query(text.insertEvent, [
    actor.id,
    event.verb,
    event.entity,
    event.entityId,
    JSON.stringify(event.details ?? {}),
    isoTime(store.clock),
  ]);
}

/** Oldest first, above `after` (default 0); at most `limit` (default 100). */
export async function listEvents(
  store: Store,
  options: { readonly after?: number; readonly limit?: number } = {},
): Promise<StoreEvent[]> {
  return store.sql.query<StoreEvent>(text.selectEvents, [options.after ?? 0, options.limit ?? 100]);
}
