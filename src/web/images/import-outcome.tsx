/** An import while it runs and when it is done: how far, and which files were refused and why. */

import type { ReactNode } from "react";
import type { Job } from "#api/index.ts";
import { isFinal, useJob } from "../client/index.ts";
import { JobItems, JobProgress } from "../jobs/index.ts";
import { Loading, Problem, plural } from "../ui/index.ts";

export function ImportOutcome({ jobId }: { jobId: string }): ReactNode {
  const query = useJob(jobId);
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading text="The server takes over …" />;
  const job = query.data;
  const done = job.items.filter((item) => item.state === "done").length;
  const refused = job.items.filter((item) => item.state === "failed").length;
  return (
    <div className="flex flex-col gap-4">
      <JobProgress job={job} />
      {isFinal(job) && job.state !== "failed" && (
        <p role="status">
          {plural(done, "image")} imported
          {refused > 0 ? `, ${plural(refused, "file")} refused. The reasons are below.` : "."}
        </p>
      )}
      {!isFinal(job) && (
        <p className="text-sm text-quiet">You can close this; the import goes on and is listed under Jobs.</p>
      )}
      {warningsOf(job).map((warning) => (
        <p key={warning} className="rounded-md bg-warn-wash p-3 text-sm">
          {warning}
        </p>
      ))}
      <JobItems job={job} />
    </div>
  );
}

/** What the import noticed and did anyway; part of its free-form result. */
function warningsOf(job: Job): string[] {
  const warnings = job.result?.["warnings"];
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === "string") : [];
}
