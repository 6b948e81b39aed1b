/**
 * Announcements of job changes, over PostgreSQL's LISTEN.
 *
 * Announcements made while the connection is down are lost; after each reconnect the listener is told with `null` to
 * look at everything anew.
 */

import type { Client } from "pg";
import { openListener } from "./postgres-sql.ts";
import type { Store } from "./store.ts";

/** Channel of `pg_notify`; the payload is the job id. */
export const jobChannel = "cellfoundry_job";

const retryMs = 500;

/**
 * Calls `onJob(jobId)` at every change of a job, and `onJob(null)` after a gap.
 *
 * @throws FoundryError `home.database` when the first connection fails.
 */
export async function watchJobs(
  store: Store,
  onJob: (jobId: string | null) => void,
): Promise<{ readonly close: () => Promise<void> }> {
  let closed = false;
  const listen = async (): Promise<Client> => {
    const made = await openListener(store.databaseUrl);
    made.on("notification", ({ payload }) => onJob(payload ?? null));
    made.once("end", () => {
      if (!closed) void reconnect();
    });
    await made.query(`LISTEN ${jobChannel}`);
    return made;
  };
  const reconnect = async (): Promise<void> => {
    while (!closed) {
      try {
        client = await listen();
        if (closed) await client.end();
        else onJob(null);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
      }
    }
  };
  let client = await listen();
  return {
    async close() {
      closed = true;
      await client.end();
    },
  };
}
