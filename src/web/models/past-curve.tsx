/** The curve of a run that is over. */

import { lazy, type ReactNode, Suspense } from "react";
import { useRun } from "../client/index.ts";
import { Bone, Problem } from "../ui/index.ts";
import { FineTuningSection } from "./fine-tuning-section.tsx";

const LearningCurve = lazy(async () => ({ default: (await import("./curve.tsx")).LearningCurve }));

export function PastCurve({ runId }: { runId: string }): ReactNode {
  const run = useRun(runId, false);
  if (run.isError) return <Problem error={run.error} onRetry={() => void run.refetch()} />;
  if (run.data === undefined) return <Bone className="h-56" />;
  const { fineTuning } = run.data.inputs;
  return (
    <>
      {fineTuning !== undefined && <FineTuningSection found={fineTuning} />}
      <Suspense fallback={<Bone className="h-56" />}>
        <LearningCurve points={run.data.curve} steps={run.data.steps} />
      </Suspense>
    </>
  );
}
