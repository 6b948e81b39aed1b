/**
 * Opens a data folder: starts or joins the database, migrates it, opens the blobs.
 */

import type { Clock, Disk, Ids } from "#platform/index.ts";
import type { Store } from "./store.ts";

export interface OpenStoreOptions {
  /** Data folder; default `CELLFOUNDRY_HOME` or `./data`. */
  readonly home?: string;
  /** Outside PostgreSQL instead of the embedded one; default `DATABASE_URL` when set. */
  readonly databaseUrl?: string;
  /** Bring the schema up to date; default true. False: an old schema is refused. */
  readonly migrate?: boolean;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly disk?: Disk;
}

export async function openStore(_options: OpenStoreOptions = {}): Promise<Store> {
  return notYet();
}

/** Takes the one place of a server on an embedded data folder; `home.locked` names the process that has it. */
export async function lockServer(_store: Store): Promise<{ readonly release: () => Promise<void> }> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
