/** The files of one prediction job, each with its state; a finished one is shown when chosen. */

import { Check, CircleAlert, LoaderCircle } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Job, JobItem } from "#api/index.ts";
import { isFinal } from "../client/index.ts";
import { JobProgress } from "../jobs/index.ts";
import { classNames, formatCount } from "../ui/index.ts";
import { PredictionResultView } from "./prediction-result.tsx";

/** Files are worked on in order and each has one item, so the place of an item is the number of its file. */
interface FileItem extends JobItem {
  readonly file: number;
}

export function BatchOutcome({ job }: { job: Job }): ReactNode {
  const items = job.items.map((item, file): FileItem => ({ ...item, file }));
  const done = items.filter(({ state }) => state === "done");
  const failed = items.filter(({ state }) => state === "failed");
  const [picked, setPicked] = useState<number | null>(null);
  const shown = done.find(({ file }) => file === picked) ?? (isFinal(job) ? done[0] : undefined);
  return (
    <div className="flex flex-col gap-6">
      {!isFinal(job) && <JobProgress job={job} />}
      <section aria-label="Files" className="flex max-w-2xl flex-col gap-1">
        <p role="status" className="text-sm text-quiet">
          {formatCount(done.length)} done
          {failed.length > 0 && `, ${formatCount(failed.length)} failed; the others are not affected`}
        </p>
        <ul data-testid="batch-files" className="flex max-h-72 flex-col overflow-auto text-sm">
          {items.map((item) => (
            <li key={item.file} className="flex items-start gap-2 border-b border-line py-1.5">
              {item.state === "done" ? (
                <Check aria-label="done" className="mt-0.5 size-4 shrink-0 text-good" />
              ) : (
                <CircleAlert aria-label="failed" className="mt-0.5 size-4 shrink-0 text-bad" />
              )}
              <div className="min-w-0 break-words">
                {item.state === "done" ? (
                  <button
                    type="button"
                    aria-pressed={item.file === shown?.file}
                    onClick={() => setPicked(item.file)}
                    className={classNames(
                      "rounded-md text-left hover:text-accent",
                      item.file === shown?.file && "font-semibold",
                    )}
                  >
                    {item.name}
                  </button>
                ) : (
                  <>
                    {item.name}
                    <p className="text-bad">
                      {item.error?.message} <span className="text-quiet">{item.error?.hint}</span>
                    </p>
                  </>
                )}
              </div>
            </li>
          ))}
          {!isFinal(job) && (
            <li className="flex items-center gap-2 py-1.5 text-quiet">
              <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />
              {job.progress.text}
            </li>
          )}
        </ul>
      </section>
      {shown !== undefined && <PredictionResultView key={shown.file} jobId={job.id} file={shown.file} />}
    </div>
  );
}
