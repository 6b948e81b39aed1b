/** Tracking runs of a project: progress and cancel of those that go on, movies of those that ended. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Job } from "#api/index.ts";
import { apiUrl, isFinal, useJobs } from "../client/index.ts";
import { JobProgress } from "../jobs/index.ts";
import { formatWhen, plural } from "../ui/index.ts";
import { moviesOf, trackRuns } from "./track-choice.ts";

/** Runs listed; all of them are on the page of jobs. */
const runsShown = 8;
/** Movies of a run listed; all of them are on the page of jobs. */
const moviesShown = 12;

export function TrackRuns({ projectId }: { projectId: string }): ReactNode {
  const jobs = useJobs();
  const runs = trackRuns(jobs.data?.jobs ?? [], projectId).slice(0, runsShown);
  if (runs.length === 0) return null;
  return (
    <section aria-label="Runs" className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="text-sm font-semibold">Runs</h3>
      <ul className="flex flex-col gap-4">
        {runs.map((job) => (
          <li key={job.id} className="flex flex-col gap-1">
            <div className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 truncate font-semibold">{job.title}</span>
              <span className="text-sm whitespace-nowrap text-quiet">
                {formatWhen(job.createdAt, Date.now())}
              </span>
            </div>
            <JobProgress job={job} />
            <RunMovies job={job} projectId={projectId} />
          </li>
        ))}
      </ul>
      <Link to="/jobs" className="self-start rounded-md text-sm text-quiet hover:text-ink">
        All jobs
      </Link>
    </section>
  );
}

function RunMovies({ job, projectId }: { job: Job; projectId: string }): ReactNode {
  const done = new Map(moviesOf(job).map((movie) => [movie.imageId, movie]));
  const items = job.items.slice(0, moviesShown);
  if (items.length === 0) return null;
  return (
    <ul className="flex flex-col text-sm">
      {items.map((item) => {
        const movie = done.get(item.id ?? "");
        return (
          <li key={item.id ?? item.name} className="border-b border-line py-1">
            {item.state === "done" && item.id !== null ? (
              <Link
                to="/p/$projectId/i/$imageId"
                params={{ projectId, imageId: item.id }}
                className="rounded-md hover:text-accent"
              >
                {item.name}
              </Link>
            ) : (
              item.name
            )}
            {movie !== undefined && (
              <span className="text-quiet">
                {`: ${plural(movie.tracks, "track")}, ${plural(movie.divisions, "division")}, ${plural(movie.cells, "cell")}, `}
                <a
                  className="rounded-md underline underline-offset-2 hover:text-ink"
                  href={apiUrl(`/layers/${movie.layerId}/tracks.gif`)}
                  download
                >
                  film
                </a>
              </span>
            )}
            {item.error !== null && <p className="text-bad">{item.error.message}</p>}
          </li>
        );
      })}
      {job.items.length > items.length && isFinal(job) && (
        <li className="py-1 text-quiet">{plural(job.items.length - items.length, "more movie")}</li>
      )}
    </ul>
  );
}
