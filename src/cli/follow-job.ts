/** Runs a job in this process with a live progress line, and turns its end into an exit code and a report. */

import { errorFromWire, FoundryError } from "#core/errors.ts";
import type { JobSpec } from "#jobs/index.ts";
import type { Job } from "#store/index.ts";
import type { CommandInput } from "./command.ts";
import type { OpenedStore } from "./open.ts";
import { counted, duration, type Output } from "./output.ts";

/** Failed items listed for people; the rest is counted and in the JSON. */
const FAILURES_SHOWN = 20;

/** @throws FoundryError of the job when it failed or was canceled. */
export async function followJob(
  { store, actor }: OpenedStore,
  input: CommandInput,
  spec: JobSpec,
): Promise<Job> {
  const { runJobHere } = await import("#jobs/index.ts");
  let fault: unknown;
  const job = await runJobHere(store, actor, spec, {
    signal: input.signal,
    onProgress: (progress) => input.out.progress(progressLine(progress)),
    onFault: (_jobId, error) => {
      fault = error;
    },
  });
  input.out.endProgress();
  if (job.state === "done") return job;
  // On one's own machine the true error is worth more than "something went wrong".
  if (fault !== undefined) throw fault;
  throw job.error === null
    ? new FoundryError("server.internal", { message: `The job "${job.title}" ended as ${job.state}.` })
    : errorFromWire(job.error as Parameters<typeof errorFromWire>[0]);
}

/** `42 %  Reading plate/a.tif  3 min left`. */
function progressLine(progress: Job["progress"]): string {
  const parts = [
    ...(progress.fraction === null ? [] : [`${String(Math.floor(progress.fraction * 100)).padStart(3)} %`]),
    progress.text,
    ...(progress.msLeft === null ? [] : [`${duration(progress.msLeft)} left`]),
  ];
  return parts.join("  ");
}

/** Lists what failed, each with file, reason and remedy. */
export function noteFailures(out: Output, items: Job["items"]): void {
  const failed = items.filter((item) => item.state === "failed");
  for (const item of failed.slice(0, FAILURES_SHOWN)) {
    out.note(`failed: ${item.name}`);
    out.note(`  ${item.error?.message ?? "unknown reason"}`);
    if (item.error?.hint !== undefined) out.note(`  ${item.error.hint}`);
  }
  if (failed.length > FAILURES_SHOWN)
    out.note(`… and ${counted(failed.length - FAILURES_SHOWN, "more failure")}`);
}
