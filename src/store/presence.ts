/** Passes on what present people point at, to all servers; nothing is written to a table. */

import { tellPresence as statement } from "./sql/presence.ts";
import type { Store } from "./store.ts";

/** @param word  at most 7,900 bytes, as the board of a server made it. */
export async function tellPresence(store: Store, word: string): Promise<void> {
  await store.sql.query(statement, [word]);
}
