/**
 * Job rows: machine work with a state, a lease, progress and items.
 *
 * The lease decides who may write: every statement of a worker names it, and one that comes too late changes nothing
 * and gets `job.leaseLost`. A result is written in the transaction that ends the job, so it appears once or not at
 * all. Every change is announced on channel `cellfoundry_job`, with the job's id.
 */

import { FoundryError, type WireError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/jobs.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Job, JobItem, JobKind, JobState, Progress } from "./types.ts";

export interface NewJob {
  readonly kind: JobKind;
  readonly projectId: string | null;
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A job with what only the worker needs. */
export interface WorkJob extends Job {
  readonly params: Record<string, unknown>;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Items of a job that travel with it; all of them are in the database. */
const itemsShown = 1_000;

/** Default length of a list. */
const listLimit = 100;

const waiting: Progress = { fraction: null, text: "Waiting", msLeft: null };
const done: Progress = { fraction: 1, text: "Done", msLeft: 0 };

/** May be part of a larger transaction, with the queue's own entry. */
export async function insertJob(store: Store, actor: Agent, job: NewJob): Promise<Job> {
  return inTransaction(store, async (tx) => {
    const id = tx.ids.next();
    await tx.sql.query(text.insertJob, [
      id,
      job.kind,
      job.projectId,
      job.title,
      JSON.stringify(job.params),
      JSON.stringify(waiting),
      actor.id,
      isoTime(tx.clock),
    ]);
    await appendEvent(tx, actor, {
      verb: "job.submitted",
      entity: "job",
      entityId: id,
      details: { kind: job.kind },
    });
    await tx.sql.query(text.notifyJob, [id]);
    return getJob(tx, id);
  });
}

/** @throws FoundryError `job.notFound`. */
export async function getJob(store: Store, jobId: string): Promise<Job> {
  return toJob(await getWorkJob(store, jobId));
}

/** A job with its parameters. @throws FoundryError `job.notFound`. */
export async function getWorkJob(store: Store, jobId: string): Promise<WorkJob> {
  const [job] = await withItems(
    store,
    await store.sql.query<Omit<WorkJob, "items">>(text.selectJob, [jobId]),
  );
  if (job !== undefined) return job;
  throw new FoundryError("job.notFound", { message: "There is no such job.", details: { jobId } });
}

/** Newest first. */
export async function listJobs(
  store: Store,
  options: { readonly state?: JobState | undefined; readonly limit?: number | undefined } = {},
): Promise<Job[]> {
  const rows = await store.sql.query<Omit<WorkJob, "items">>(text.selectJobs, [
    options.state ?? null,
    options.limit ?? listLimit,
  ]);
  return (await withItems(store, rows)).map(toJob);
}

async function withItems(store: Store, jobs: readonly Omit<WorkJob, "items">[]): Promise<WorkJob[]> {
  const rows = await store.sql.query<JobItem & { jobId: string }>(text.selectItems, [
    jobs.map(({ id }) => id),
    itemsShown,
  ]);
  const items = Map.groupBy(rows, ({ jobId }) => jobId);
  return jobs.map((job) => ({
    ...job,
    items: (items.get(job.id) ?? []).map(({ name, state, error, id }) => ({ name, state, error, id })),
  }));
}

function toJob({ params: _params, attempt: _attempt, ...job }: WorkJob): Job {
  return job;
}

/**
 * Takes a waiting job, or a running one whose lease ran out; its items begin anew.
 *
 * @param leaseId  new for every attempt. @param leaseMs  extended by `heartbeat`.
 * @returns `null` when the job is over or held by another worker.
 */
export async function takeJob(
  store: Store,
  jobId: string,
  leaseId: string,
  leaseMs: number,
): Promise<WorkJob | null> {
  return inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.takeJob, [
      jobId,
      leaseId,
      leaseEnd(tx, leaseMs),
      isoTime(tx.clock),
    ]);
    if (row === undefined) return null;
    await tx.sql.query(text.deleteItems, [jobId]);
    await tx.sql.query(text.notifyJob, [jobId]);
    return getWorkJob(tx, jobId);
  });
}

const leaseEnd = (store: Store, leaseMs: number): string =>
  new Date(store.clock.now() + leaseMs).toISOString();

/** Extends the lease. @throws FoundryError `job.leaseLost`. */
export async function heartbeat(
  store: Store,
  jobId: string,
  leaseId: string,
  leaseMs: number,
): Promise<void> {
  expectHeld(jobId, await store.sql.query(text.extendLease, [jobId, leaseId, leaseEnd(store, leaseMs)]));
}

/** @throws FoundryError `job.leaseLost`. */
export async function setProgress(
  store: Store,
  jobId: string,
  leaseId: string,
  progress: Progress,
): Promise<void> {
  await inTransaction(store, async (tx) => {
    expectHeld(jobId, await tx.sql.query(text.setProgress, [jobId, leaseId, JSON.stringify(progress)]));
    await tx.sql.query(text.notifyJob, [jobId]);
  });
}

/** @throws FoundryError `job.leaseLost`. */
export async function addJobItem(store: Store, jobId: string, leaseId: string, item: JobItem): Promise<void> {
  await inTransaction(store, (tx) => addJobItems(tx, jobId, leaseId, [item]));
}

/**
 * Adds outcomes inside the transaction that makes them true, so that neither is there without the other.
 *
 * @throws FoundryError `job.leaseLost`, which takes that transaction back.
 */
export async function addJobItems(
  tx: Store,
  jobId: string,
  leaseId: string,
  items: readonly JobItem[],
): Promise<void> {
  expectHeld(jobId, await tx.sql.query(text.lockHeldJob, [jobId, leaseId]));
  await tx.sql.query(text.insertItems, [
    jobId,
    items.map(({ name }) => name),
    items.map(({ state }) => state),
    items.map(({ error }) => (error === null ? null : JSON.stringify(error))),
    items.map(({ id }) => id),
  ]);
  await tx.sql.query(text.notifyJob, [jobId]);
}

/**
 * Ends a job with its result. Call inside the transaction that writes what the result refers to.
 *
 * @throws FoundryError `job.leaseLost`, which takes that transaction back.
 */
export async function finishJob(
  store: Store,
  jobId: string,
  leaseId: string,
  result: Readonly<Record<string, unknown>>,
): Promise<Job> {
  return inTransaction(store, async (tx) => {
    const values = [jobId, leaseId, JSON.stringify(result), JSON.stringify(done), isoTime(tx.clock)];
    expectHeld(jobId, await tx.sql.query(text.finishJob, values));
    return afterEnd(tx, jobId, "job.done");
  });
}

/**
 * Puts a running job back among the waiting ones, for a worker that is told to stop; its attempt does not count.
 *
 * @throws FoundryError `job.leaseLost`.
 */
export async function giveBackJob(store: Store, jobId: string, leaseId: string): Promise<Job> {
  return inTransaction(store, async (tx) => {
    expectHeld(jobId, await tx.sql.query(text.giveBackJob, [jobId, leaseId, isoTime(tx.clock)]));
    await tx.sql.query(text.notifyJob, [jobId]);
    return getJob(tx, jobId);
  });
}

/** Ends a job as failed, or as canceled when the error's code is `job.canceled`. @throws FoundryError `job.leaseLost`. */
export async function failJob(store: Store, jobId: string, leaseId: string, error: WireError): Promise<Job> {
  const state: JobState = error.code === "job.canceled" ? "canceled" : "failed";
  return inTransaction(store, async (tx) => {
    const values = [jobId, leaseId, state, JSON.stringify(error), isoTime(tx.clock)];
    expectHeld(jobId, await tx.sql.query(text.failJob, values));
    return afterEnd(tx, jobId, `job.${state}`);
  });
}

async function afterEnd(tx: Store, jobId: string, verb: string): Promise<Job> {
  const job = await getJob(tx, jobId);
  await appendEvent(tx, job.agent, { verb, entity: "job", entityId: jobId });
  await tx.sql.query(text.notifyJob, [jobId]);
  return job;
}

function expectHeld(jobId: string, rows: readonly unknown[]): void {
  if (rows.length > 0) return;
  throw new FoundryError("job.leaseLost", {
    message: "This job was given to another worker, or is over; the late result is discarded.",
    details: { jobId },
  });
}

/** A waiting job is canceled at once; a running one is asked to stop; one that is over stays as it is. */
export async function requestCancel(store: Store, actor: Agent, jobId: string): Promise<Job> {
  return inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.requestCancel, [jobId, isoTime(tx.clock)]);
    const job = await getJob(tx, jobId);
    if (row !== undefined) {
      await appendEvent(tx, actor, { verb: "job.cancelRequested", entity: "job", entityId: jobId });
      await tx.sql.query(text.notifyJob, [jobId]);
    }
    return job;
  });
}

/** @throws FoundryError `job.notFound`. */
export async function isCancelRequested(store: Store, jobId: string): Promise<boolean> {
  const [row] = await store.sql.query<{ requested: boolean }>(text.selectCancelRequested, [jobId]);
  if (row === undefined)
    throw new FoundryError("job.notFound", { message: "There is no such job.", details: { jobId } });
  return row.requested;
}

/** Waiting jobs and running ones whose lease ran out, oldest first: what a worker may pick up after a crash. */
export async function listTakeableJobs(store: Store): Promise<string[]> {
  const rows = await store.sql.query<{ id: string }>(text.selectTakeable, [isoTime(store.clock)]);
  return rows.map(({ id }) => id);
}
