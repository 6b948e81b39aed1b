/** Linking: the whole movie for the first time, or again around what a person changed; all else stays as it is. */

import { type ReactNode, useEffect, useState } from "react";
import type { LayerSummary } from "#api/index.ts";
import { isFinal, toFoundryError, tracksApi, useJob } from "../../client/index.ts";
import { Button, plural, tell, tellProblem } from "../../ui/index.ts";
import { useStore } from "../session/store.ts";
import type { TracksDesk } from "./tracks-desk.ts";

export function SolveAgain({ desk, layer }: { desk: TracksDesk; layer: LayerSummary }): ReactNode {
  const { session } = desk;
  const readOnly = useStore(session.store, (state) => state.readOnly);
  const touched = useStore(desk.store, (state) => state.touched);
  const selection = useStore(session.store, (state) => state.selection);
  const version = useStore(session.store, (state) => state.version);
  const [jobId, setJobId] = useState<string | undefined>(undefined);
  const [sending, setSending] = useState(false);
  const job = useJob(jobId);
  const state = job.data?.state;
  const isRunning = sending || (jobId !== undefined && (state === undefined || !isFinal({ state })));
  useEffect(() => {
    if (jobId === undefined || job.data === undefined) return;
    const { result, error } = job.data;
    if (!isFinal(job.data)) return;
    setJobId(undefined);
    if (error !== null) tell(error.message, error.hint);
    if (job.data.state !== "done") return;
    desk.solved();
    const changed = Number(result?.["changed"] ?? 0);
    tell(changed === 0 ? "Nothing to change: the links agree." : `${plural(changed, "link")} changed.`);
  }, [jobId, job.data, desk]);
  if (readOnly !== null) return null;
  const start = (around?: readonly string[]): void => {
    setSending(true);
    const send = async (): Promise<void> => {
      // What a person decided must be in the log before the linker reads it.
      if (!(await session.settled())) {
        session.note("Some edits are not saved yet; try again when they are.");
        return;
      }
      const started = await tracksApi.start(layer.id, around === undefined ? {} : { around: [...around] });
      setJobId(started.id);
    };
    send()
      .catch((error: unknown) => tellProblem(toFoundryError(error)))
      .finally(() => setSending(false));
  };
  const known = touched.filter((uid) => session.model.has(uid));
  const around = known.length > 0 ? known : selection;
  const hasLinks = version >= 0 && session.model.origins.size > 0;
  return (
    <div className="flex flex-wrap items-center gap-1 px-4 text-sm">
      {hasLinks && (
        <Button
          size="small"
          busy={isRunning}
          disabled={around.length === 0}
          data-testid="solve-again"
          title="Links around these cells are solved anew; what you linked or accepted holds, other tracks stay."
          onClick={() => start(around)}
        >
          {known.length > 0 ? `Solve ${plural(known.length, "cell")} again` : "Solve again here"}
        </Button>
      )}
      <Button
        size="small"
        look={hasLinks ? "quiet" : "plain"}
        busy={isRunning}
        data-testid="track-movie"
        onClick={() => start()}
      >
        {hasLinks ? "Link all again" : "Link the movie"}
      </Button>
      {isRunning && (
        <span role="status" className="text-quiet">
          {job.data?.progress.text || "Waiting to link …"}
        </span>
      )}
    </div>
  );
}
