/** An import while it runs and when it is done: how far, how long still, which files were refused, and what is next. */

import { Wand } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Job } from "#api/index.ts";
import { isFinal, useCan, useJob, useModels, usePropose } from "../client/index.ts";
import { JobItems, JobProgress } from "../jobs/index.ts";
import { newestReleased, versionName } from "../models/model-choice.ts";
import { Button, Loading, Problem, plural } from "../ui/index.ts";

export function ImportOutcome({ projectId, jobId }: { projectId: string; jobId: string }): ReactNode {
  const query = useJob(jobId);
  if (query.isError) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading text="The server takes over …" />;
  const job = query.data;
  const done = job.items.filter((item) => item.state === "done").length;
  const skipped = job.items.filter((item) => item.state === "skipped").length;
  const refused = job.items.filter((item) => item.state === "failed").length;
  return (
    <div className="flex flex-col gap-4">
      <JobProgress job={job} />
      {isFinal(job) && job.state !== "failed" && (
        <p role="status">
          {plural(done, "image")} imported
          {skipped > 0 ? `, ${plural(skipped, "image")} there already` : ""}
          {refused > 0 ? `, ${plural(refused, "file")} refused. The reasons are below.` : "."}
        </p>
      )}
      {!isFinal(job) && (
        <p className="text-sm text-quiet">You can close this; the import goes on and is listed under Jobs.</p>
      )}
      {isFinal(job) && <PrelabelOffer projectId={projectId} job={job} />}
      {warningsOf(job).map((warning) => (
        <p key={warning} className="rounded-md bg-warn-wash p-3 text-sm">
          {warning}
        </p>
      ))}
      <JobItems job={job} />
    </div>
  );
}

/** Images that came without labels, for the newest released model. */
function PrelabelOffer({ projectId, job }: { projectId: string; job: Job }): ReactNode {
  const models = useModels(projectId);
  const propose = usePropose(projectId);
  const canEdit = useCan("annotator");
  const [started, setStarted] = useState<string | null>(null);
  const version = newestReleased(models.data?.models ?? []);
  const ids = job.items.flatMap(({ state, id }) => (state === "done" && id !== null ? [id] : []));
  if (started !== null) return <PrelabelProgress jobId={started} />;
  if (version === undefined || !canEdit || ids.length === 0 || hasLabels(job)) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line p-4">
      <p className="min-w-0 flex-1">
        The images have no labels.{" "}
        <span className="text-quiet">{versionName(version)} can propose cells for you to correct.</span>
      </p>
      <Button
        busy={propose.isPending}
        onClick={() =>
          propose.mutate(
            { modelVersionId: version.id, imageIds: ids },
            { onSuccess: ({ id }) => setStarted(id) },
          )
        }
      >
        <Wand aria-hidden="true" className="size-4" />
        Pre-label all {ids.length === 1 ? "" : ids.length}
      </Button>
    </div>
  );
}

function PrelabelProgress({ jobId }: { jobId: string }): ReactNode {
  const job = useJob(jobId).data;
  return job === undefined ? null : (
    <div className="rounded-lg border border-line p-4">
      <JobProgress job={job} />
    </div>
  );
}

/** Parts of the job's free-form result. */
function hasLabels(job: Job): boolean {
  const labelled = job.result?.["withLabels"];
  return typeof labelled === "number" && labelled > 0;
}

function warningsOf(job: Job): string[] {
  const warnings = job.result?.["warnings"];
  return Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === "string") : [];
}
