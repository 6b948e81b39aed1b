/** The line at the bottom: what runs, how far, how long still, cancel. Quiet when nothing runs. */

import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type { Job } from "#api/index.ts";
import { isFinal, useCan, useCancelJob, useJobs, useSession } from "../client/index.ts";
import { formatPercent, formatTimeLeft, ProgressBar } from "../ui/index.ts";

export function JobLine({ connected }: { connected: boolean }): ReactNode {
  const jobs = useJobs().data?.jobs ?? [];
  const active = jobs.filter((job) => !isFinal(job));
  const shown = active.find((job) => job.state === "running") ?? active[0];
  const version = useSession().data?.version;
  return (
    <footer className="col-start-2 flex items-center gap-4 border-t border-line bg-panel px-6 text-xs text-quiet">
      {shown === undefined ? (
        <span>No jobs running</span>
      ) : (
        <RunningJob job={shown} others={active.length - 1} />
      )}
      <span className="ml-auto flex items-center gap-4 whitespace-nowrap">
        {!connected && (
          <span role="status" className="text-warn">
            Server out of reach, trying again …
          </span>
        )}
        {version !== undefined && <span>version {version}</span>}
      </span>
    </footer>
  );
}

function RunningJob({ job, others }: { job: Job; others: number }): ReactNode {
  const cancel = useCancelJob();
  const canCancel = useCan("annotator") || job.kind === "predict";
  const { fraction, text, msLeft } = job.progress;
  return (
    <div className="flex min-w-0 items-center gap-3">
      <Link
        to="/jobs"
        search={{ job: job.id }}
        className="flex min-w-0 items-center gap-3 rounded-md hover:text-ink"
      >
        <span className="truncate text-ink">{job.title}</span>
        <ProgressBar
          label={job.title}
          fraction={job.state === "waiting" ? 0 : fraction}
          className="w-32 shrink-0"
        />
        <span className="truncate">
          {[
            job.state === "waiting" ? "waiting for a worker" : text,
            fraction !== null && job.state === "running" ? formatPercent(fraction) : "",
            msLeft !== null && job.state === "running" ? formatTimeLeft(msLeft) : "",
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </span>
      </Link>
      {canCancel && (
        <button
          type="button"
          onClick={() => cancel.mutate(job.id)}
          className="inline-flex items-center gap-1 rounded-md px-1 hover:bg-hover hover:text-ink"
        >
          <X aria-hidden="true" className="size-3" />
          Cancel
        </button>
      )}
      {others > 0 && (
        <Link to="/jobs" className="shrink-0 rounded-md underline underline-offset-2 hover:text-ink">
          {others} more
        </Link>
      )}
    </div>
  );
}
