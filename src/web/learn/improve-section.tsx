/**
 * "Improve the model": one press starts learning from the corrections; it says how far it is, what came of it, and goes back.
 *
 * The same in the editor and on the page of models, so that who corrects never has to leave the image.
 */

import { type ReactNode, useState } from "react";
import type { Improvement, Job, Model } from "#api/index.ts";
import {
  isFinal,
  useCan,
  useCancelJob,
  useImprove,
  useImprovementStep,
  useImprovements,
  useJob,
  useJobs,
  useModels,
} from "../client/index.ts";
import { baseItems, versionName } from "../models/model-choice.ts";
import { Button, Choice, formatTimeLeft, ProblemText, ProgressBar, plural } from "../ui/index.ts";
import { EffortCurve } from "./effort-curve.tsx";

/** Each about twice the one before. */
const minuteChoices = [1, 2, 5, 10, 30, 60];
const minutesAtFirst = 5;

export function ImproveSection({
  projectId,
  baseId,
  level = 3,
}: {
  projectId: string;
  /** Of its heading, below that of what it stands in. */
  level?: 2 | 3;
  /** The model whose proposals are corrected; null: to be chosen. */
  baseId: string | null;
}): ReactNode {
  const Heading = level === 2 ? "h2" : "h3";
  const canEdit = useCan("annotator");
  const models = useModels(projectId).data?.models ?? [];
  const improvements = useImprovements(projectId).data?.improvements ?? [];
  const jobs = useJobs().data?.jobs ?? [];
  const running = jobs.find((job) => job.kind === "improve" && job.projectId === projectId && !isFinal(job));
  return (
    <section aria-labelledby="improve-title" className="flex flex-col gap-3" data-testid="improve">
      <Heading id="improve-title" className="font-semibold">
        Improve the model
      </Heading>
      {running !== undefined ? (
        <Running job={running} />
      ) : (
        canEdit && <Start projectId={projectId} models={models} wanted={baseId} />
      )}
      {improvements.slice(0, shownAtFirst).map((one) => (
        <Outcome key={one.id} improvement={one} models={models} canEdit={canEdit} />
      ))}
      <EffortCurve projectId={projectId} />
    </section>
  );
}

/** Earlier ones are on the page of models, as versions. */
const shownAtFirst = 3;

function Start({
  projectId,
  models,
  wanted,
}: {
  projectId: string;
  models: readonly Model[];
  wanted: string | null;
}): ReactNode {
  const improve = useImprove(projectId);
  const items = baseItems(models);
  const [chosen, setChosen] = useState<string | null>(null);
  const [minutes, setMinutes] = useState(String(minutesAtFirst));
  const base = items.find(({ value }) => value === (chosen ?? wanted))?.value ?? items[0]?.value ?? null;
  return (
    <>
      <p className="text-sm text-quiet">
        Learns from what people drew, corrected and accepted, in the background. If it gets better, it
        proposes anew in images that nobody has touched.
      </p>
      <div className="grid grid-cols-[minmax(0,1fr)_5.5rem] gap-2 *:min-w-0">
        <Choice label="Start from" items={items} value={base} onChange={setChosen} />
        <Choice
          label="Time at most"
          items={minuteChoices.map((value) => ({ value: String(value), label: `${value} min` }))}
          value={minutes}
          onChange={setMinutes}
        />
      </div>
      <Button
        look="primary"
        busy={improve.isPending}
        disabled={base === null}
        onClick={() =>
          base !== null && improve.mutate({ baseModelVersionId: base, minutes: Number(minutes) })
        }
        data-testid="improve-start"
      >
        Improve the model
      </Button>
      {improve.isError && <ProblemText error={improve.error} />}
    </>
  );
}

function Running({ job }: { job: Job }): ReactNode {
  const cancel = useCancelJob();
  const { progress } = useJob(job.id).data ?? job;
  return (
    <div className="flex flex-col gap-1.5" data-testid="improve-running">
      <div className="flex items-start justify-between gap-2 text-sm">
        <span className="min-w-0">{job.state === "waiting" ? "Waiting for its turn" : progress.text}</span>
        <Button size="small" look="quiet" onClick={() => cancel.mutate(job.id)}>
          Cancel
        </Button>
      </div>
      <ProgressBar label="Improving the model" fraction={progress.fraction} />
      <p className="text-xs text-quiet">
        {progress.msLeft === null ? "Go on correcting meanwhile." : formatTimeLeft(progress.msLeft)}
      </p>
    </div>
  );
}

function Outcome({
  improvement,
  models,
  canEdit,
}: {
  improvement: Improvement;
  models: readonly Model[];
  canEdit: boolean;
}): ReactNode {
  const job = useJob(improvement.jobId).data;
  const used = useJob(improvement.usedByJobId ?? undefined).data;
  const back = useJob(improvement.takenBackByJobId ?? undefined).data;
  if (job === undefined || !isFinal(job)) return null;
  if (job.state !== "done") {
    return (
      <div className="text-sm" data-testid="improve-failed">
        {job.error === null ? (
          <p className="text-quiet">The improvement was cancelled.</p>
        ) : (
          <ProblemText error={{ message: job.error.message, hint: job.error.hint }} />
        )}
      </div>
    );
  }
  const version = models
    .flatMap((model) => model.versions)
    .find(({ id }) => id === improvement.modelVersionId);
  const stands = improvement.usedByJobId !== null && improvement.takenBackByJobId === null;
  const busy = [used, back].some((one) => one !== undefined && !isFinal(one));
  return (
    <div
      className="flex flex-col gap-1.5 rounded-md border border-line p-2 text-sm"
      data-testid="improvement"
      data-verdict={improvement.verdict ?? ""}
      data-stands={stands}
    >
      <p className="font-medium">{version === undefined ? "A new model" : versionName(version)}</p>
      <p>{improvement.reason}</p>
      <p className="text-quiet">{placeText(stands, used, back)}</p>
      {canEdit && version !== undefined && <Steps improvement={improvement} stands={stands} busy={busy} />}
    </div>
  );
}

function Steps({
  improvement,
  stands,
  busy,
}: {
  improvement: Improvement;
  stands: boolean;
  busy: boolean;
}): ReactNode {
  const use = useImprovementStep(improvement.projectId, "use");
  const takeBack = useImprovementStep(improvement.projectId, "takeBack");
  return stands ? (
    <Button
      size="small"
      busy={busy || takeBack.isPending}
      onClick={() => takeBack.mutate(improvement.id)}
      data-testid="improvement-back"
    >
      Back to the former proposals
    </Button>
  ) : (
    <Button
      size="small"
      busy={busy || use.isPending}
      onClick={() => use.mutate(improvement.id)}
      data-testid="improvement-use"
    >
      Use it here
    </Button>
  );
}

/** Where its proposals are, in words. */
function placeText(stands: boolean, used: Job | undefined, back: Job | undefined): string {
  if (stands) {
    if (used === undefined || !isFinal(used)) return "Its proposals are being made.";
    const images = Number(used.result?.["images"] ?? 0);
    return `Its proposals are in ${plural(images, "image")} that nobody had touched.`;
  }
  if (back === undefined) return "Its proposals are not used.";
  if (!isFinal(back)) return "The former proposals are coming back.";
  const kept = Number(back.result?.["skipped"] ?? 0);
  const rest = kept === 0 ? "" : ` ${plural(kept, "image")} changed since stayed.`;
  return `The former proposals are back.${rest}`;
}
