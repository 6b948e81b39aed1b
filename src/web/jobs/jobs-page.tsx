/** All jobs: what runs, what ran, how it ended, item by item. */

import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Job, JobState } from "#api/index.ts";
import { isFinal, useJobs } from "../client/index.ts";
import {
  classNames,
  Empty,
  formatDuration,
  formatPercent,
  formatWhen,
  Loading,
  Page,
  Problem,
  plural,
} from "../ui/index.ts";
import { JobItems } from "./job-items.tsx";
import { JobProgress } from "./job-progress.tsx";

const route = getRouteApi("/jobs");

const stateWords: Record<JobState, string> = {
  waiting: "waiting",
  running: "running",
  done: "done",
  failed: "failed",
  canceled: "cancelled",
};
const stateLooks: Record<JobState, string> = {
  waiting: "text-quiet",
  running: "text-accent",
  done: "text-good",
  failed: "text-bad",
  canceled: "text-quiet",
};

export function JobsPage(): ReactNode {
  const jobs = useJobs();
  const { job: openId } = route.useSearch();
  const navigate = useNavigate({ from: "/jobs" });
  const list = jobs.data?.jobs ?? [];
  const active = list.filter((job) => !isFinal(job)).length;

  return (
    <Page
      title="Jobs"
      facts={
        jobs.isSuccess
          ? active === 0
            ? "Nothing is running"
            : `${plural(active, "job")} running or waiting`
          : undefined
      }
    >
      {jobs.isPending ? (
        <Loading text="Reading the jobs …" />
      ) : jobs.isError ? (
        <Problem error={jobs.error} onRetry={() => void jobs.refetch()} />
      ) : list.length === 0 ? (
        <Empty title="No jobs yet">Imports, pre-labelling, training and predictions are listed here.</Empty>
      ) : (
        <table className="table">
          <caption className="sr-only">Jobs, newest first</caption>
          <thead>
            <tr>
              <th className="w-8">
                <span className="sr-only">Open</span>
              </th>
              <th>Job</th>
              <th>State</th>
              <th className="num">Items</th>
              <th>By</th>
              <th>Started</th>
              <th className="num">Took</th>
            </tr>
          </thead>
          <tbody>
            {list.map((job) => (
              <JobRow
                key={job.id}
                job={job}
                open={job.id === openId}
                onToggle={() =>
                  void navigate({ search: job.id === openId ? {} : { job: job.id }, replace: true })
                }
              />
            ))}
          </tbody>
        </table>
      )}
    </Page>
  );
}

function JobRow({ job, open, onToggle }: { job: Job; open: boolean; onToggle: () => void }): ReactNode {
  const Chevron = open ? ChevronDown : ChevronRight;
  const failed = job.items.filter((item) => item.state === "failed").length;
  return (
    <>
      <tr className="hover:bg-hover [&>td]:align-middle">
        <td>
          <button
            type="button"
            aria-expanded={open}
            aria-label={`${open ? "Close" : "Open"} ${job.title}`}
            onClick={onToggle}
            className="inline-flex size-6 items-center justify-center rounded-md text-quiet hover:text-ink"
          >
            <Chevron aria-hidden="true" className="size-4" />
          </button>
        </td>
        <td>{job.title}</td>
        <td className={classNames("whitespace-nowrap", stateLooks[job.state])}>
          {stateWords[job.state]}
          {job.state === "running" &&
            job.progress.fraction !== null &&
            ` · ${formatPercent(job.progress.fraction)}`}
        </td>
        <td className="num">
          {job.items.length > 0 && job.items.length}
          {failed > 0 && <span className="text-bad"> · {failed} refused</span>}
        </td>
        <td className="whitespace-nowrap">{job.agent.name}</td>
        <td className="whitespace-nowrap">{formatWhen(job.createdAt, Date.now())}</td>
        <td className="num">{took(job)}</td>
      </tr>
      {open && (
        <tr>
          <td />
          <td colSpan={6}>
            <div className="flex max-w-3xl flex-col gap-3 py-2">
              <JobProgress job={job} />
              <JobTarget job={job} />
              <JobItems job={job} />
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

function took(job: Job): string {
  if (job.startedAt === null) return "";
  const end = job.finishedAt === null ? Date.now() : Date.parse(job.finishedAt);
  return formatDuration(end - Date.parse(job.startedAt));
}

/** Where the outcome of a job is to be seen. */
function JobTarget({ job }: { job: Job }): ReactNode {
  const look = "self-start rounded-md underline underline-offset-2 hover:text-accent";
  if (job.kind === "predict" && job.state === "done") {
    return (
      <Link to="/predict" search={{ job: job.id }} className={look}>
        Open the result
      </Link>
    );
  }
  if ((job.kind === "train" || job.kind === "evaluate") && job.projectId !== null) {
    return (
      <Link to="/p/$projectId/models" params={{ projectId: job.projectId }} className={look}>
        Open the models
      </Link>
    );
  }
  return null;
}
