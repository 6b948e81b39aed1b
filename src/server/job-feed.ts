/**
 * News of jobs, as PostgreSQL tells them: any process that changes a job notifies, and every server hears it.
 *
 * One connection listens for all event streams. When it breaks it is made anew, and since news may have been missed
 * meanwhile, every listener is told that anything may have changed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#platform/index.ts";

const CHANNEL = "cellfoundry_job";

/** Between attempts to reconnect: quick enough that nobody notices, slow enough for a database that restarts. */
const RECONNECT_MS = 500;

/** A job's id, or null when anything may have changed. */
export type JobNews = string | null;

export interface JobFeed {
  /** Calls `listener` at each change; returns how to stop. */
  subscribe(listener: (news: JobNews) => void): () => void;
  close(): Promise<void>;
}

/** Connects and listens. @throws when the first connection fails; later breaks are healed silently. */
export async function openJobFeed(databaseUrl: string, log: Log): Promise<JobFeed> {
  const listeners = new Set<(news: JobNews) => void>();
  const closing = new AbortController();
  const tell = (news: JobNews): void => {
    for (const listener of [...listeners]) listener(news);
  };

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
    client.on("notification", ({ payload }) => {
      if (payload !== undefined && payload !== "") tell(payload);
    });
    let broken = false;
    const heal = (): void => {
      if (broken || closing.signal.aborted) return;
      broken = true;
      log.write("warn", "the connection for job news broke; connecting again");
      current = reconnect();
    };
    client.on("error", heal);
    client.on("end", heal);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      return client;
    } catch (error) {
      broken = true;
      await client.end().catch(() => undefined);
      throw error;
    }
  };

  const reconnect = async (): Promise<pg.Client | null> => {
    while (!closing.signal.aborted) {
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      const client = await connect().catch(() => null);
      if (client !== null) {
        tell(null);
        return client;
      }
    }
    return null;
  };

  let current: Promise<pg.Client | null> = connect();
  await current;

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      listeners.clear();
      await (await current.catch(() => null))?.end().catch(() => undefined);
    },
  };
}

/**
 * Waits for news and gathers what came meanwhile, so that a slow reader gets each changed job once.
 *
 * Ends when the signal fires. News from the moment of the call on is not lost.
 */
export async function* gatherNews(
  feed: JobFeed,
  signal: AbortSignal,
): AsyncGenerator<ReadonlySet<JobNews>, void> {
  let gathered = new Set<JobNews>();
  let wake: () => void = () => undefined;
  const unsubscribe = feed.subscribe((news) => {
    gathered.add(news);
    wake();
  });
  const stop = (): void => wake();
  signal.addEventListener("abort", stop);
  try {
    // The first, empty batch says that listening has begun: what is read after it cannot miss a change.
    yield new Set();
    while (!signal.aborted) {
      if (gathered.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (signal.aborted) return;
      const batch = gathered;
      gathered = new Set();
      if (batch.size > 0) yield batch;
    }
  } finally {
    unsubscribe();
    signal.removeEventListener("abort", stop);
  }
}
