/** A model looks at the images too; where it sees other cells than the labels becomes a queue for review. */

import { type ReactNode, useState } from "react";
import { useModels, useStartCheck } from "../client/index.ts";
import { modelItems, newestUsable } from "../models/model-choice.ts";
import { Button, Choice, Empty, Loading, Problem, Sheet, tell } from "../ui/index.ts";

export function CompareSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const models = useModels(projectId);
  const check = useStartCheck(projectId);
  const [picked, setPicked] = useState<string | null>(null);
  const list = models.data?.models ?? [];
  const versionId = picked ?? newestUsable(list)?.id ?? null;
  const start = (): void => {
    if (versionId === null) return;
    check.mutate(
      { modelVersionId: versionId },
      {
        onSuccess: () => {
          onClose();
          tell("The model looks at all images", "Cells that it sees differently appear among the hints.");
        },
      },
    );
  };
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title="Compare with a model"
      description="Cells that were wrongly split or merged look like cells; only a second opinion finds them. No label is changed."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={versionId === null} busy={check.isPending} onClick={start}>
            Compare
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
