/**
 * Events: who did what, append-only.
 */

import type { Store } from "./store.ts";
import type { Agent, StoreEvent } from "./types.ts";

export interface NewEvent {
  readonly verb: string;
  readonly entity: string;
  readonly entityId: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function appendEvent(_store: Store, _actor: Agent, _event: NewEvent): Promise<void> {
  return notYet();
}

/** Oldest first, above `after`. */
export async function listEvents(
  _store: Store,
  _options?: { readonly after?: number; readonly limit?: number },
): Promise<StoreEvent[]> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
