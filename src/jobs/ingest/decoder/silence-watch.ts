/**
 * Tells when a process has been silent for too long: at work without an end, or waiting for something that never comes.
 *
 * The two are told apart, because on a crowded machine a sound file may wait many seconds for the disk or its turn. A
 * process that computes is given up at the limit; one that only waits gets six times as long. Where the system does not
 * tell what a process computes (only Linux does here), the limit counts for both.
 */

import { readFileSync } from "node:fs";

/** Share of the silence after which, and over which, the process is measured. */
const MEASURED_SHARE = 0.1;

/** A process that is at work gets this share of a core even when twenty others want it. */
const WORKING_SHARE = 0.05;

/** A dead network drive answers within this many limits, or not at all. */
const WAITING_LIMITS = 6;

/** The kernel counts in hundredths of a second. */
const TICK_MS = 10;

/** @returns stops the watch. `tooLong` is called once at most. */
export function watchSilence(
  pid: () => number | undefined,
  limitMs: number,
  tooLong: () => void,
): () => void {
  const start = performance.now();
  const measuredMs = limitMs * MEASURED_SHARE;
  let timer: NodeJS.Timeout;
  const measure = (): void => {
    const before = computedMs(pid());
    timer = setTimeout(() => {
      // What the process said meanwhile is heard first: timers come before messages when this process was held up.
      timer = setTimeout(() => decide(before), 0);
    }, measuredMs);
  };
  const decide = (before: number | null): void => {
    const now = computedMs(pid());
    const works =
      before === null || now === null || now - before >= Math.max(TICK_MS, measuredMs * WORKING_SHARE);
    if (works || performance.now() - start > limitMs * WAITING_LIMITS) tooLong();
    else measure();
  };
  timer = setTimeout(measure, limitMs - measuredMs);
  return () => clearTimeout(timer);
}

/** Time a process has computed so far; `null` where that is not known. */
function computedMs(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== "linux") return null;
  try {
    // The name in brackets may hold anything; the numbers begin after it.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return null;
  }
}
