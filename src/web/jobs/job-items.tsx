/** What a job worked on, one line each; failures first, with the reason and what to do. */

import { Link } from "@tanstack/react-router";
import { Check, CircleAlert, Minus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Job, JobItem } from "#api/index.ts";
import { Button, formatCount } from "../ui/index.ts";

/** Lines drawn at once; a job of 5,000 images would otherwise stop the page. */
const ITEMS_SHOWN = 50;

const order: Record<JobItem["state"], number> = { failed: 0, skipped: 1, done: 2 };
const icons = {
  done: <Check aria-label="done" className="size-4 text-good" />,
  failed: <CircleAlert aria-label="refused" className="size-4 text-bad" />,
  skipped: <Minus aria-label="skipped" className="size-4 text-quiet" />,
};

export function JobItems({ job }: { job: Job }): ReactNode {
  const [all, setAll] = useState(false);
  if (job.items.length === 0) return null;
  const sorted = [...job.items].sort((a, b) => order[a.state] - order[b.state]);
  const shown = all ? sorted : sorted.slice(0, ITEMS_SHOWN);
  const isImageJob = ["ingest", "propose", "track", "improve"].includes(job.kind);
  return (
    <div>
      <ul className="flex flex-col text-sm">
        {shown.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files of a job may carry the same name
          <li key={`${index} ${item.name}`} className="flex items-start gap-2 border-b border-line py-1.5">
            <span className="mt-0.5">{icons[item.state]}</span>
            <div className="min-w-0 flex-1 break-words">
              {isImageJob && item.id !== null && job.projectId !== null ? (
                <Link
                  to="/p/$projectId/i/$imageId"
                  params={{ projectId: job.projectId, imageId: item.id }}
                  className="rounded-md hover:text-accent"
                >
                  {item.name}
                </Link>
              ) : (
                item.name
              )}
              {item.error !== null && (
                <p className={item.state === "failed" ? "text-bad" : "text-quiet"}>
                  {item.error.message} <span className="text-quiet">{item.error.hint}</span>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
      {sorted.length > shown.length && (
        <Button look="quiet" size="small" className="mt-2" onClick={() => setAll(true)}>
          Show {formatCount(sorted.length - shown.length)} more
        </Button>
      )}
    </div>
  );
}
