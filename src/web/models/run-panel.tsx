/** A training run while it goes on: curve, time left, cancel. People go on working meanwhile. */

import { lazy, type ReactNode, Suspense } from "react";
import type { Job, TrainingRun } from "#api/index.ts";
import { useRun } from "../client/index.ts";
import { JobProgress } from "../jobs/index.ts";
import { Bone, formatCount, formatScore } from "../ui/index.ts";
import { bestValidation } from "./curve-data.ts";
import { FineTuningSection } from "./fine-tuning-section.tsx";

const LearningCurve = lazy(async () => ({ default: (await import("./curve.tsx")).LearningCurve }));

export function RunPanel({ job, run }: { job: Job; run: TrainingRun | undefined }): ReactNode {
  const live = useRun(run?.id, true).data ?? run;
  const best = bestValidation(live?.curve ?? []);
  return (
    <section className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5">
      <div className="flex flex-wrap items-baseline gap-x-4">
        <h2 className="font-semibold">{job.title}</h2>
        {live !== undefined && (
          <span className="text-sm text-quiet">
            step {formatCount(live.step)} of {formatCount(live.steps)} · seed {live.seed}
            {best !== null && ` · best AP@0.5 so far ${formatScore(best.ap50)}`}
          </span>
        )}
      </div>
      <JobProgress job={job} />
      {live?.inputs.fineTuning !== undefined && <FineTuningSection found={live.inputs.fineTuning} />}
      {live !== undefined && (
        <Suspense fallback={<Bone className="h-56" />}>
          <LearningCurve points={live.curve} steps={live.steps} />
        </Suspense>
      )}
    </section>
  );
}
