/** The one primary button: Propose, Accept, Next image; a proposal's progress stands in its place while it runs. */

import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import {
  isFinal,
  useAcceptLayer,
  useCan,
  useCancelJob,
  useJob,
  useModels,
  usePropose,
} from "../../client/index.ts";
import { type ModelItem, modelItems } from "../../models/model-choice.ts";
import { Button, Choice, formatTimeLeft, ProblemText, ProgressBar } from "../../ui/index.ts";
import { KeyCap } from "../input/keys-context.tsx";
import { type FitChoice, useImageFit } from "../learn/image-fit.ts";
import { type PrimaryAction, primaryAction } from "../model/primary-action.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { useStore } from "../session/store.ts";
import { readLog } from "../session/use-editor.ts";

export interface Primary {
  readonly action: PrimaryAction;
  readonly busy: boolean;
  readonly run: () => void;
  readonly propose: () => void;
  readonly accept: () => void;
  readonly jobId: string | undefined;
  readonly models: ModelChoice;
  /** How the model is asked to see the image. */
  readonly fit: FitChoice;
}

interface ModelChoice {
  readonly items: readonly ModelItem[];
  readonly chosen: string | null;
  readonly choose: (id: string) => void;
  readonly loaded: boolean;
}

/** State and actions of the button, so that the Enter key can use them too. */
export function usePrimary(image: ImageDetail, layer: LayerSummary, session: EditorSession): Primary {
  const navigate = useNavigate();
  const [jobId, setJobId] = useState<string>();
  const [accepting, setAccepting] = useState(false);
  const models = useModelChoice(image.projectId);
  const fit = useImageFit(image.projectId);
  const proposeJob = usePropose(image.projectId);
  const acceptLayer = useAcceptLayer(image);
  const canEdit = useCan("annotator");
  const cellCount = useStore(session.store, (state) => state.layerCellCount);
  const editedHere = useStore(session.store, (state) => state.dirty);
  const readOnly = useStore(session.store, (state) => state.readOnly !== null);
  const job = useJob(jobId).data;

  useEffect(() => {
    if (job === undefined || !isFinal(job) || jobId === undefined) return;
    if (job.state !== "done") return;
    setJobId(undefined);
    void refresh(session, layer.id);
  }, [job, jobId, session, layer.id]);

  const newest = image.layers.find((one) => one.id === layer.id) ?? layer;
  const action = primaryAction({
    status: image.status,
    cellCount,
    dirty: editedHere || newest.dirty,
    proposing: jobId !== undefined && (job === undefined || !isFinal(job)),
    canEdit: canEdit && !readOnly,
  });

  const propose = (): void => {
    if (models.chosen === null) return;
    proposeJob.mutate(
      { modelVersionId: models.chosen, imageIds: [image.id], fit: fit.value },
      { onSuccess: (started) => setJobId(started.id) },
    );
  };
  const accept = async (): Promise<void> => {
    setAccepting(true);
    try {
      // What the person sees as left out is not accepted with the rest.
      session.proposals.removeBelow();
      if (!(await session.settled())) {
        session.note("Not accepted: some edits are not saved yet.");
        return;
      }
      await acceptLayer.mutateAsync(layer.id);
      session.accepted();
    } catch {
      // The page's error line has said it.
    } finally {
      setAccepting(false);
    }
  };
  const next = (): void => {
    if (image.nextId === null) void navigate({ to: "/p/$projectId", params: { projectId: image.projectId } });
    else {
      const params = { projectId: image.projectId, imageId: image.nextId };
      void navigate({ to: "/p/$projectId/i/$imageId", params });
    }
  };
  const busy = accepting || proposeJob.isPending;
  const run = (): void => {
    if (busy) return;
    if (action === "propose") propose();
    else if (action === "accept") void accept();
    else if (action === "next") next();
  };
  return { action, busy, run, propose, accept: () => void accept(), jobId, models, fit };
}

async function refresh(session: EditorSession, layerId: string): Promise<void> {
  await session.reload();
  session.takeLog(await readLog(layerId));
}

function useModelChoice(projectId: string): ModelChoice {
  const { data } = useModels(projectId);
  const [wanted, setWanted] = useState<string | null>(null);
  const items = useMemo(() => modelItems(data?.models ?? []), [data]);
  const chosen = items.find((item) => item.value === wanted)?.value ?? items[0]?.value ?? null;
  return { items, chosen, choose: setWanted, loaded: data !== undefined };
}

export function PrimaryButton({ image, primary }: { image: ImageDetail; primary: Primary }): ReactNode {
  const { action, busy, run, models } = primary;
  if (action === "proposing" || primary.jobId !== undefined) return <ProposalProgress primary={primary} />;
  const text = {
    propose: "Propose",
    proposing: "",
    accept: "Accept",
    next: image.nextId === null ? "Back to the images" : "Next image",
  }[action];
  return (
    <div className="flex flex-col gap-2">
      {action === "propose" && <ModelPicker models={models} />}
      <div className="flex gap-2">
        <Button
          look="primary"
          className="flex-1"
          busy={busy}
          disabled={action === "propose" && models.chosen === null}
          onClick={run}
          data-testid="primary"
          data-action={action}
        >
          {text}
          <KeyCap of="accept" />
        </Button>
        {action === "propose" && (
          <Button
            onClick={primary.accept}
            title="There are no cells in this image"
            data-testid="accept-empty"
          >
            Accept as empty
          </Button>
        )}
      </div>
      {action === "propose" && models.loaded && models.chosen === null && (
        <p className="text-sm text-quiet">
          No model yet. Draw cells by hand, or train a model on accepted images.
        </p>
      )}
    </div>
  );
}

export function ModelPicker({ models }: { models: ModelChoice }): ReactNode {
  if (models.items.length === 0) return null;
  return (
    <Choice label="Model" hideLabel items={models.items} value={models.chosen} onChange={models.choose} />
  );
}

function ProposalProgress({ primary }: { primary: Primary }): ReactNode {
  const job = useJob(primary.jobId).data;
  const cancel = useCancelJob();
  if (job !== undefined && (job.state === "failed" || job.state === "canceled")) {
    return (
      <div className="flex flex-col gap-2" data-testid="proposal-failed">
        {job.error !== null && <ProblemText error={{ message: job.error.message, hint: job.error.hint }} />}
        {job.state === "canceled" && <p className="text-sm text-quiet">The proposal was cancelled.</p>}
        <Button onClick={primary.propose}>Propose again</Button>
      </div>
    );
  }
  const progress = job?.progress;
  return (
    <div className="flex flex-col gap-1.5" data-testid="proposing">
      <div className="flex items-center justify-between gap-2 text-sm">
        <span className="min-w-0 truncate">{progress?.text || "Proposing …"}</span>
        <Button
          size="small"
          look="quiet"
          onClick={() => primary.jobId !== undefined && cancel.mutate(primary.jobId)}
        >
          Cancel
        </Button>
      </div>
      <ProgressBar label="Proposal" fraction={progress?.fraction ?? null} />
      {progress?.msLeft != null && <p className="text-xs text-quiet">{formatTimeLeft(progress.msLeft)}</p>}
    </div>
  );
}
