/** Track cells over time: where the cells come from, which linker, and the runs so far with their movies. */

import { type ReactNode, useState } from "react";
import { useModels, useTrackMovies } from "../client/index.ts";
import { modelItems } from "../models/model-choice.ts";
import { Button, Choice, Field, Loading, Problem, plural, Sheet, tell } from "../ui/index.ts";
import { linkerItems, plainLinker } from "./track-choice.ts";
import { TrackRuns } from "./track-runs.tsx";

/** Not empty: an empty value means that nothing is chosen. */
const presentCells = "present";

export function TrackSheet({
  projectId,
  imageIds,
  open,
  onClose,
}: {
  projectId: string;
  /** Movies to track; empty to look at the runs only. */
  imageIds: readonly string[];
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const models = useModels(projectId);
  const track = useTrackMovies(projectId);
  const [cells, setCells] = useState(presentCells);
  const [picked, setPicked] = useState<string | null>(null);
  const [gapFrames, setGapFrames] = useState("2");
  const list = models.data?.models ?? [];
  const linkers = linkerItems(list);
  const linker = picked ?? linkers[0]?.value ?? plainLinker;
  const start = (): void =>
    track.mutate(
      {
        imageIds: [...imageIds],
        linker,
        gapFrames: Number(gapFrames),
        ...(cells === presentCells ? {} : { modelVersionId: cells }),
      },
      { onSuccess: () => tell("Tracking has started", "Go on working; how far it is stands below.") },
    );
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="Track over time"
      description="Finds which cell of a frame is which of the next, and which cells divide. What people decided about tracks holds."
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" disabled={imageIds.length === 0} busy={track.isPending} onClick={start}>
            Track {plural(imageIds.length, "movie")}
          </Button>
        </>
      }
    >
      {models.isPending ? (
        <Loading text="Reading the models …" />
      ) : models.isError ? (
        <Problem error={models.error} onRetry={() => void models.refetch()} />
      ) : (
        <div className="flex flex-col gap-5">
          <Choice
            label="Cells"
            items={[
              {
                value: presentCells,
                label: "Those that are there",
                note: "Labels of each movie as they are",
              },
              ...modelItems(list),
            ]}
            value={cells}
            onChange={setCells}
          />
          <Choice label="Linker" items={linkers} value={linker} onChange={setPicked} />
          <Field
            label="Frames a cell may be missing"
            hint="A cell that is gone for longer begins a new track."
          >
            {(ids) => (
              <input
                {...ids}
                type="number"
                min={0}
                max={10}
                step={1}
                className="control w-24"
                value={gapFrames}
                onChange={(event) => setGapFrames(event.target.value)}
              />
            )}
          </Field>
          <TrackRuns projectId={projectId} />
        </div>
      )}
    </Sheet>
  );
}
