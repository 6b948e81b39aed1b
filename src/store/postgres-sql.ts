/**
 * `Sql` over a pool of PostgreSQL connections.
 *
 * Times come back as ISO strings and 64-bit counts as numbers, so rows are plain data. While PostgreSQL restarts after
 * a crash, new connections are retried for a while; a statement that was under way is not, because nobody knows
 * whether it was done: its caller gets `home.database` and may ask again.
 */

import pg from "pg";
import { FoundryError } from "#core/errors.ts";
import { systemCode } from "#platform/index.ts";
import { schemaName } from "./migrate.ts";
import type { Sql } from "./sql.ts";

export interface SqlPool extends Sql {
  close(): Promise<void>;
}

/** Ten connections serve a server of one lab; the queue, other processes and doctor need some of the hundred. */
const connectionsMax = 10;

/** A crashed PostgreSQL with a full write-ahead log is back within this time on a slow disk. */
const reconnectMsMax = 15_000;

/** Reads the values of our tables: bigint to number (all counts stay below 2^53), times to ISO strings. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (format !== "binary") {
      if (oid === pg.types.builtins.INT8) return Number;
      if (oid === pg.types.builtins.TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    }
    return pg.types.getTypeParser(oid, format) as (value: string) => unknown;
  },
};

export function openPool(url: string): SqlPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    types,
    application_name: `cellfoundry ${process.pid}`,
  });
  // An idle connection that breaks is dropped by the pool; without a listener it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    // Queued before the first statement of whoever asked for the connection.
    client.query(`SET search_path TO ${schemaName}`).catch(() => undefined);
  });
  return {
    query: (text, params) => withClient(pool, (client) => run(client, text, params)),
    transaction: (work) => withClient(pool, (client) => runTransaction(client, work)),
    close: () => pool.end(),
  };
}

/** A connection outside the pool, for LISTEN. The caller ends it. */
export async function openListener(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw isConnectionError(error) ? lost(error) : error;
  }
  return client;
}

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    broken = isConnectionError(error);
    throw broken ? lost(error) : toFoundryError(error);
  } finally {
    client.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  const deadline = Date.now() + reconnectMsMax;
  for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isConnectionError(error) || Date.now() > deadline)
        throw isConnectionError(error) ? lost(error) : error;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

async function run<T>(client: pg.PoolClient, text: string, params?: readonly unknown[]): Promise<T[]> {
  const result = await client.query(text, params === undefined ? undefined : [...params]);
  return result.rows as T[];
}

async function runTransaction<T>(client: pg.PoolClient, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work(bound(client, 1));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

function bound(client: pg.PoolClient, depth: number): Sql {
  return {
    query: (text, params) => run(client, text, params),
    async transaction(work) {
      const name = `nested_${depth}`;
      await client.query(`SAVEPOINT ${name}`);
      try {
        const result = await work(bound(client, depth + 1));
        await client.query(`RELEASE SAVEPOINT ${name}`);
        return result;
      } catch (error) {
        await client.query(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => undefined);
        throw error;
      }
    },
  };
}

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
]);

function isConnectionError(error: unknown): boolean {
  const code = systemCode(error);
  if (code !== undefined) return connectionCodes.has(code) || code.startsWith("08");
  // pg has no code for a connection that ends in the middle of a statement.
  return (
    error instanceof Error &&
    !(error instanceof FoundryError) &&
    /^(Connection terminated|Client has encountered a connection error)/.test(error.message)
  );
}

function lost(cause: unknown): FoundryError {
  return new FoundryError("home.database", {
    message: "The connection to the database broke; whether the last step was saved is not known.",
    hint: "Try again in a moment.",
    cause,
  });
}

function toFoundryError(error: unknown): unknown {
  if (systemCode(error) !== "53100") return error;
  return new FoundryError("disk.full", {
    message: "The disk of the database is full; nothing was saved.",
    hint: "Free some space, then try again.",
    cause: error,
  });
}

/** Whether a statement failed because of the named unique index or constraint. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return systemCode(error) === "23505" && (error as { constraint?: string }).constraint === constraint;
}
