/**
 * How far a job is: honest time left from the measured rate, and few enough writes.
 *
 * A handler reports as often as it likes; at most four reports a second reach the database, plus the last one. Time
 * left comes from the rate since the start and only after enough was done to mean something; before that it is null.
 */

/** Four writes a second keep a page lively; more would make the journal of the database the slowest part of a job. */
const REPORT_INTERVAL_MS = 250;

/** Time left is not shown before this much was measured: the first item also loads models and caches. */
const MEASURED_MS_MIN = 1_500;

export interface ProgressReport {
  /** 0..1, or null when the end is not known. */
  readonly fraction: number | null;
  readonly text: string;
  readonly msLeft: number | null;
}

export interface RateMeter {
  /** Milliseconds left at the rate measured so far; null while too little was measured. */
  msLeft(done: number, total: number): number | null;
}

/** @param now milliseconds of a monotonic clock. */
export function createRateMeter(now: () => number, doneAtStart = 0): RateMeter {
  const startedAt = now();
  return {
    msLeft(done, total) {
      const elapsed = now() - startedAt;
      const progressed = done - doneAtStart;
      if (progressed <= 0 || elapsed < MEASURED_MS_MIN) return null;
      return Math.max(0, (elapsed / progressed) * (total - done));
    },
  };
}

export interface ThrottledReporter {
  report(progress: ProgressReport): void;
  /** Writes the newest report that is still held back, and waits for all writes. */
  flush(): Promise<void>;
}

/**
 * Passes on the newest report at most every `intervalMs`; writes never overlap.
 *
 * @param write one write; a failure is kept and thrown by `flush`.
 */
export function throttleReports(
  write: (progress: ProgressReport) => Promise<void>,
  now: () => number,
  intervalMs = REPORT_INTERVAL_MS,
): ThrottledReporter {
  let pending: ProgressReport | undefined;
  let writing: Promise<void> | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let failure: { readonly error: unknown } | undefined;
  const start = (): void => {
    const progress = pending;
    if (progress === undefined) return;
    pending = undefined;
    writtenAt = now();
    writing = write(progress)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        writing = undefined;
      });
  };
  return {
    report(progress) {
      pending = progress;
      if (writing === undefined && now() - writtenAt >= intervalMs) start();
    },
    async flush() {
      await writing;
      start();
      await writing;
      if (failure !== undefined) throw failure.error;
    },
  };
}
