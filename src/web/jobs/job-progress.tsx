/** One job: what, how far, how long still, cancel; or how it ended. */

import type { ReactNode } from "react";
import type { Job } from "#api/index.ts";
import { isFinal, useCan, useCancelJob } from "../client/index.ts";
import {
  Button,
  formatDuration,
  formatPercent,
  formatTimeLeft,
  ProblemText,
  ProgressBar,
} from "../ui/index.ts";

export function JobProgress({ job }: { job: Job }): ReactNode {
  const cancel = useCancelJob();
  const canCancel = useCan("annotator") || job.kind === "predict";
  if (isFinal(job)) return <JobEnd job={job} />;
  const { fraction, text, msLeft } = job.progress;
  const waiting = job.state === "waiting";
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-4">
        <div role="status" className="min-w-0 flex-1 truncate">
          {waiting ? "Waiting for a worker" : text === "" ? "Working" : text}
        </div>
        <span className="text-sm whitespace-nowrap text-quiet">
          {[
            !waiting && fraction !== null ? formatPercent(fraction) : "",
            !waiting && msLeft !== null ? formatTimeLeft(msLeft) : "",
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </span>
        {canCancel && (
          <Button size="small" busy={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
            Cancel
          </Button>
        )}
      </div>
      <ProgressBar label={job.title} fraction={waiting ? 0 : fraction} />
    </div>
  );
}

function JobEnd({ job }: { job: Job }): ReactNode {
  if (job.state === "failed" && job.error !== null) return <ProblemText error={job.error} />;
  const took =
    job.startedAt === null || job.finishedAt === null
      ? ""
      : ` in ${formatDuration(Date.parse(job.finishedAt) - Date.parse(job.startedAt))}`;
  return (
    <div className="flex flex-col gap-1 text-sm text-quiet">
      <p>{job.state === "done" ? `Done${took}` : `Cancelled${took}`}</p>
      {notesOf(job).map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

/** What an outcome wants to be known of it, such as what an export hides. */
function notesOf({ result }: Job): string[] {
  const notes = result?.["notes"];
  return Array.isArray(notes) ? notes.map(String) : [];
}
