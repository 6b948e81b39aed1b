/**
 * Opens a data folder: starts or joins the database, brings its schema up to date, opens the blobs.
 *
 * Any number of processes may have the same folder open at once, in any order; the embedded database runs while one
 * of them does.
 */

import { wholeValuesMax } from "#core/array/index.ts";
import {
  type Clock,
  createIds,
  type Disk,
  homeFolder,
  type Ids,
  type JoinedPostgres,
  joinPostgres,
  openHome,
  systemClock,
  systemDisk,
  takeServerLock,
} from "#platform/index.ts";
import { openBlobs } from "./blobs.ts";
import { migrate } from "./migrate.ts";
import { openPool, type SqlPool } from "./postgres-sql.ts";
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
  /** Values of an image that is read whole at most; lower in tests. */
  readonly wholeValuesMax?: number;
}

/**
 * @throws FoundryError `home.database` when the database cannot be started or reached, `home.schema` when its schema
 *         does not fit this program. Cost: first time about 2 s, later below 1 s, milliseconds when it runs already.
 */
export async function openStore(options: OpenStoreOptions = {}): Promise<Store> {
  const layout = openHome(homeFolder(options.home));
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? createIds(clock);
  const outside = options.databaseUrl ?? process.env["DATABASE_URL"];
  const joined = outside === undefined || outside === "" ? await joinPostgres(layout) : null;
  const databaseUrl = joined?.url ?? outside ?? "";
  const pool = openPool(databaseUrl);
  try {
    await migrate(pool, options.migrate ?? true);
  } catch (error) {
    await closeAll(pool, joined);
    throw error;
  }
  let closed: Promise<void> | null = null;
  return {
    home: layout.root,
    databaseUrl,
    sql: pool,
    blobs: openBlobs(layout, options.disk ?? systemDisk, ids),
    clock,
    ids,
    wholeValuesMax: options.wholeValuesMax ?? wholeValuesMax,
    isEmbedded: joined !== null,
    close() {
      closed ??= closeAll(pool, joined);
      return closed;
    },
  };
}

async function closeAll(pool: SqlPool, joined: JoinedPostgres | null): Promise<void> {
  await pool.close();
  joined?.leave();
}

/**
 * Takes the one place of a server on an embedded data folder. An outside database may have many servers, so there it
 * does nothing. The operating system gives the place back when the process ends, however it ends.
 *
 * @throws FoundryError `home.locked` naming the process that has it.
 */
export async function lockServer(store: Store): Promise<{ readonly release: () => Promise<void> }> {
  if (!store.isEmbedded) return { release: async () => undefined };
  const lock = takeServerLock(openHome(store.home));
  return { release: async () => lock.release() };
}
