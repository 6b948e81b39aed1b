/**
 * News as PostgreSQL tells them: any process that changes something notifies, and every server hears it.
 *
 * One connection listens for all event streams and all channels. When it breaks it is made anew, and since news may have
 * been missed meanwhile, every listener is told that anything may have changed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Log } from "#platform/index.ts";

/** What is told where: jobs by id, layers by id, and what present people point at, as a short text. */
const channels = {
  jobs: "cellfoundry_job",
  layers: "cellfoundry_layer",
  presence: "cellfoundry_presence",
} as const;

type ChannelName = keyof typeof channels;

/** Between attempts to reconnect: quick enough that nobody notices, slow enough for a database that restarts. */
const RECONNECT_MS = 500;

/** What the channel tells, such as a job's id; null when anything may have changed. */
export type News = string | null;

export interface NewsFeed {
  /** Calls `listener` at each change; returns how to stop. */
  subscribe(listener: (news: News) => void): () => void;
}

export type NewsFeeds = Readonly<Record<ChannelName, NewsFeed>> & { close(): Promise<void> };

/** Connects and listens. @throws when the first connection fails; later breaks are healed silently. */
export async function openNewsFeeds(databaseUrl: string, log: Log): Promise<NewsFeeds> {
  const listeners = new Map<string, Set<(news: News) => void>>(
    Object.values(channels).map((channel) => [channel, new Set()]),
  );
  const closing = new AbortController();
  const tell = (channel: string, news: News): void => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener(news);
  };

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: databaseUrl, keepAlive: true });
    client.on("notification", ({ channel, payload }) => {
      if (payload !== undefined && payload !== "") tell(channel, payload);
    });
    let broken = false;
    const heal = (): void => {
      if (broken || closing.signal.aborted) return;
      broken = true;
      log.write("warn", "the connection for news broke; connecting again");
      current = reconnect();
    };
    client.on("error", heal);
    client.on("end", heal);
    try {
      await client.connect();
      for (const channel of Object.values(channels)) await client.query(`listen ${channel}`);
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
        for (const channel of Object.values(channels)) tell(channel, null);
        return client;
      }
    }
    return null;
  };

  let current: Promise<pg.Client | null> = connect();
  await current;

  const feed = (channel: string): NewsFeed => ({
    subscribe(listener) {
      const list = listeners.get(channel);
      list?.add(listener);
      return () => list?.delete(listener);
    },
  });
  return {
    jobs: feed(channels.jobs),
    layers: feed(channels.layers),
    presence: feed(channels.presence),
    async close() {
      closing.abort();
      for (const list of listeners.values()) list.clear();
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
  feed: NewsFeed,
  signal: AbortSignal,
): AsyncGenerator<ReadonlySet<News>, void> {
  let gathered = new Set<News>();
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
