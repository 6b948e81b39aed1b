/**
 * The store: one handle over the database and the blobs, given to every function of this folder.
 *
 * Functions take the handle first. Inside `inTransaction` they get the same handle with `sql` bound to the
 * transaction, so any of them can be part of a larger one without a second signature.
 */

import type { Clock, Ids } from "#platform/index.ts";
import type { BlobStore } from "./blobs.ts";
import type { Sql } from "./sql.ts";

export interface Store {
  /** Data folder, absolute. */
  readonly home: string;
  /** Connection string for other users of the same database (the job queue); may name a unix socket. */
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Values of an image that is read whole at most; larger ones are read by rows and regions. */
  readonly wholeValuesMax: number;
  /** Whether the database is our own, in the data folder. */
  readonly isEmbedded: boolean;
  /** Ends all connections and leaves the embedded database, which stops when no process uses it any more. */
  close(): Promise<void>;
}

/**
 * Runs `work` in one transaction: all of its writes or none.
 *
 * Within another transaction it becomes a savepoint, so a failure inside takes back only the inner part.
 */
export function inTransaction<T>(store: Store, work: (store: Store) => Promise<T>): Promise<T> {
  return store.sql.transaction((sql) => work({ ...store, sql }));
}
