/**
 * Keeps a lease alive while a handler computes, and turns "cancel", "lease lost" and "stop" into one abort signal.
 *
 * The reason of the abort says which it was; the handler only sees that it should end.
 */

import { FoundryError } from "#core/errors.ts";

/** A cancel should feel immediate; one small query a second costs nothing. */
const CANCEL_CHECK_MS = 1_000;

/** Three beats may be lost before the lease runs out. */
const BEATS_PER_LEASE = 4;

/** Reason of the abort when this process was told to end. */
export class StopRequested extends Error {}

export interface LeaseWatch {
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * @param beat      renews the lease; false when it is no longer ours.
 * @param canceled  whether a person asked to cancel the job.
 * @param stop      fires when this process is told to end.
 */
export function watchLease(options: {
  readonly leaseMs: number;
  readonly beat: () => Promise<boolean>;
  readonly canceled: () => Promise<boolean>;
  readonly stop?: AbortSignal;
}): LeaseWatch {
  const controller = new AbortController();
  const onStop = (): void => controller.abort(new StopRequested("stop"));
  if (options.stop?.aborted === true) onStop();
  options.stop?.addEventListener("abort", onStop, { once: true });
  const beatMs = options.leaseMs / BEATS_PER_LEASE;
  const check = every(Math.min(CANCEL_CHECK_MS, beatMs), async () => {
    if (await options.canceled()) controller.abort(jobCanceled());
  });
  const beats = every(beatMs, async () => {
    if (!(await options.beat())) controller.abort(leaseLost());
  });
  return {
    signal: controller.signal,
    stop() {
      check();
      beats();
      options.stop?.removeEventListener("abort", onStop);
    },
  };
}

export function jobCanceled(): FoundryError {
  return new FoundryError("job.canceled", { message: "The job was canceled." });
}

function leaseLost(): FoundryError {
  return new FoundryError("job.leaseLost", {
    message: "Another attempt of this job has begun; the outcome of this one is dropped.",
  });
}

/** Runs `work` at an interval, never twice at once; a failure counts as "no news" and is tried again. */
function every(ms: number, work: () => Promise<void>): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    work()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, ms);
  return () => clearInterval(timer);
}
