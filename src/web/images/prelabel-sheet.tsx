/** Pre-label: a model version proposes labels for every image that no person has labelled. */

import { type ReactNode, useState } from "react";
import { useModels, usePropose } from "../client/index.ts";
import { modelItems, newestUsable } from "../models/model-choice.ts";
import { Button, Choice, Empty, Loading, Problem, Sheet, tell } from "../ui/index.ts";

export function PrelabelSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const models = useModels(projectId);
  const propose = usePropose(projectId);
  const [picked, setPicked] = useState<string | null>(null);
  const list = models.data?.models ?? [];
  const versionId = picked ?? newestUsable(list)?.id ?? null;
  const start = () => {
    if (versionId === null) return;
    propose.mutate(
      { modelVersionId: versionId, imageIds: [] },
      {
        onSuccess: () => {
          onClose();
          tell("Pre-labelling has started", "Go on working; the line at the bottom shows how far it is.");
        },
      },
    );
  };
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="Pre-label"
      description="A model proposes labels for every image without a person's labels. What a person drew or accepted is never changed."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={versionId === null} busy={propose.isPending} onClick={start}>
            Pre-label all
          </Button>
        </>
      }
    >
      {models.isPending ? (
        <Loading text="Reading the models …" />
      ) : models.isError ? (
        <Problem error={models.error} onRetry={() => void models.refetch()} />
      ) : list.length === 0 ? (
        <Empty title="There is no model yet">Label a few images, make a dataset, and train one.</Empty>
      ) : (
        <Choice label="Model version" items={modelItems(list)} value={versionId} onChange={setPicked} />
      )}
    </Sheet>
  );
}
