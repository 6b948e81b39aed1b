/**
 * Edits: the append-only log of a layer.
 */

import type { EditOperation } from "#core/edits/index.ts";
import type { Store } from "./store.ts";
import type { Agent, EditLog, EditResult } from "./types.ts";

export async function appendEdits(
  _store: Store,
  _actor: Agent,
  _layerId: string,
  _operations: readonly EditOperation[],
): Promise<EditResult[]> {
  return notYet();
}

/** Edits with a sequence number above `after`, oldest first. */
export async function editLog(
  _store: Store,
  _layerId: string,
  _after?: number,
  _limit?: number,
): Promise<EditLog> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
