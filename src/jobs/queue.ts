/**
 * The queue: pg-boss on the same PostgreSQL carries job ids from whoever submits to a worker that has time.
 *
 * The job row is the truth; an entry of the queue is only the call to look at it. Row and entry are written in one
 * transaction. Entries may come twice or late: the lease in the row decides who runs. Jobs whose worker died are found
 * by their lapsed lease and called again. Two queues, so that a prediction never waits for a training.
 */

import { PgBoss } from "pg-boss";
import { FoundryError } from "#core/errors.ts";
import {
  type Agent,
  getJob,
  inTransaction,
  type Job,
  listTakeableJobs,
  requestCancel,
  type Sql,
  type Store,
} from "#store/index.ts";
import { heavyKinds, type JobKind, type JobSpec } from "./job.ts";
import { LEASE_MS, runJob } from "./run-job.ts";
import { insertJobRow } from "./submit.ts";

export type QueueName = "light" | "heavy";
export const queueNames: readonly QueueName[] = ["light", "heavy"];

/** Light jobs that run at once in one worker: their pauses for disk and database overlap. */
const LIGHT_CONCURRENCY = 2;

/** How often a worker looks for jobs whose worker died. */
const SWEEP_MS = 3_000;

/** An entry whose worker is silent for this long is called again by pg-boss itself; its least value is 10 s. */
const ENTRY_HEARTBEAT_S = 30;

/** pg-boss ends an entry after this time; its greatest value is 24 h. The lease, not this, guards long trainings. */
const ENTRY_EXPIRE_S = 24 * 3600 - 1;

/** A stopping worker gives its jobs back within seconds; after this it no longer waits. */
const STOP_MS = 20_000;

export interface Queue {
  /** Row and queue entry, both or neither. */
  submit(actor: Agent, spec: JobSpec): Promise<Job>;
  /** Works until `signal` fires; running jobs are then given back. */
  work(options: WorkOptions): Promise<void>;
  /** A waiting job ends at once, a running one within about a second. */
  cancel(actor: Agent, jobId: string): Promise<Job>;
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly signal: AbortSignal;
  readonly queues?: readonly QueueName[];
  readonly leaseMs?: number;
  readonly onFault?: (jobId: string | null, error: unknown) => void;
}

interface Entry {
  readonly jobId: string;
}

/**
 * Opens the queue on the store's database; its tables are made when they are missing.
 *
 * @param options.role "client" submits and cancels; "worker" also runs jobs and keeps the queue's tables in order.
 */
export async function openQueue(
  store: Store,
  options: { readonly role: "client" | "worker" },
): Promise<Queue> {
  const worker = options.role === "worker";
  const boss = new PgBoss({
    connectionString: store.databaseUrl,
    application_name: `cellfoundry ${options.role}`,
    schema: "pgboss",
    max: worker ? 4 : 2,
    supervise: worker,
    schedule: false,
    useListenNotify: worker,
    monitorVacuum: false,
  });
  // Lost connections are reported here and mended by the pool; without a listener they would end the process.
  let lastError: unknown;
  boss.on("error", (error) => {
    lastError = error;
  });
  await boss.start();
  for (const name of queueNames) await ensureQueue(boss, name);
  let closed = false;
  return {
    submit: (actor, spec) =>
      inTransaction(store, async (tx) => {
        const job = await insertJobRow(tx, actor, spec);
        await call(boss, job, job.id, tx.sql);
        return job;
      }),
    cancel: (actor, jobId) => requestCancel(store, actor, jobId),
    work: (workOptions) => {
      if (!worker) {
        throw new FoundryError("server.internal", { message: "This queue was opened for submitting only." });
      }
      return work(store, boss, workOptions, () => lastError);
    },
    async close() {
      if (closed) return;
      closed = true;
      await boss.stop({ graceful: true, timeout: STOP_MS, close: true });
    },
  };
}

const bossQueue = (name: QueueName): string => `cellfoundry-${name}`;

function queueOf(kind: JobKind): QueueName {
  return heavyKinds.has(kind) ? "heavy" : "light";
}

/** At most one entry per key is waiting or running, so calling a job that is already called changes nothing. */
async function ensureQueue(boss: PgBoss, name: QueueName): Promise<void> {
  if ((await boss.getQueue(bossQueue(name))) !== null) return;
  await boss.createQueue(bossQueue(name), {
    policy: "exclusive",
    retryLimit: 1_000_000,
    heartbeatSeconds: ENTRY_HEARTBEAT_S,
    expireInSeconds: ENTRY_EXPIRE_S,
    deleteAfterSeconds: 3600,
    notify: true,
  });
}

async function call(boss: PgBoss, job: Pick<Job, "id" | "kind">, key: string, sql?: Sql): Promise<void> {
  const data: Entry = { jobId: job.id };
  await boss.send(bossQueue(queueOf(job.kind)), data, {
    singletonKey: key,
    ...(sql === undefined
      ? {}
      : {
          db: {
            executeSql: async (text: string, values?: unknown[]) => ({ rows: await sql.query(text, values) }),
          },
        }),
  });
}

async function work(
  store: Store,
  boss: PgBoss,
  options: WorkOptions,
  lastError: () => unknown,
): Promise<void> {
  const names = options.queues ?? queueNames;
  const onFault = options.onFault ?? (() => undefined);
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const run = async (entries: readonly { readonly data: Entry }[]): Promise<void> => {
    for (const { data } of entries) {
      await runJob(store, data.jobId, { leaseMs, signal: options.signal, onStop: "giveBack", onFault }).catch(
        (error: unknown) => onFault(data.jobId, error),
      );
    }
  };
  for (const name of names) {
    await boss.work<Entry>(
      bossQueue(name),
      {
        localConcurrency: name === "light" ? LIGHT_CONCURRENCY : 1,
        pollingIntervalSeconds: 1,
        notifyPollingIntervalSeconds: 2,
      },
      run,
    );
  }
  while (!options.signal.aborted) {
    await sweep(store, boss, names, leaseMs).catch((error: unknown) => onFault(null, lastError() ?? error));
    await pause(SWEEP_MS, options.signal);
  }
  for (const name of names) await boss.offWork(bossQueue(name), { wait: true });
}

/** Calls jobs that nobody runs: their worker died, or their entry was lost. */
async function sweep(
  store: Store,
  boss: PgBoss,
  names: readonly QueueName[],
  leaseMs: number,
): Promise<void> {
  for (const jobId of await listTakeableJobs(store)) {
    const job = await getJob(store, jobId);
    if (!names.includes(queueOf(job.kind))) continue;
    // The dead worker's entry still holds the job's own key; a key per lease time gets around it, once.
    const key = job.state === "running" ? `${jobId}:${Math.floor(store.clock.now() / leaseMs)}` : jobId;
    await call(boss, job, key);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
