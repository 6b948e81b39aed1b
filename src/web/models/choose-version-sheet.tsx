/** A sheet that asks which model version should do something, and starts it: pre-label, compare. */

import { type ReactNode, useState } from "react";
import { useModels } from "../client/index.ts";
import { Button, Choice, Empty, Loading, Problem, Sheet } from "../ui/index.ts";
import { modelItems, newestUsable } from "./model-choice.ts";

export function ChooseVersionSheet({
  projectId,
  open,
  onClose,
  title,
  description,
  action,
  busy,
  onStart,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  /** Words on the button that starts. */
  action: string;
  busy: boolean;
  onStart: (modelVersionId: string) => void;
}): ReactNode {
  const models = useModels(projectId);
  const [picked, setPicked] = useState<string | null>(null);
  const list = models.data?.models ?? [];
  const versionId = picked ?? newestUsable(list)?.id ?? null;
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={versionId === null}
            busy={busy}
            onClick={() => {
              if (versionId !== null) onStart(versionId);
            }}
          >
            {action}
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
