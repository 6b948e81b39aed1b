/** Pre-label: a model version proposes labels for every image that no person has labelled. */

import type { ReactNode } from "react";
import { usePropose } from "../client/index.ts";
import { ChooseVersionSheet } from "../models/choose-version-sheet.tsx";
import { tell } from "../ui/index.ts";

export function PrelabelSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const propose = usePropose(projectId);
  const start = (modelVersionId: string): void =>
    propose.mutate(
      { modelVersionId, imageIds: [] },
      {
        onSuccess: () => {
          onClose();
          tell("Pre-labelling has started", "Go on working; the line at the bottom shows how far it is.");
        },
      },
    );
  return (
    <ChooseVersionSheet
      projectId={projectId}
      open={open}
      onClose={onClose}
      title="Pre-label"
      description="A model proposes labels for every image without a person's labels. What a person drew or accepted is never changed."
      action="Pre-label all"
      busy={propose.isPending}
      onStart={start}
    />
  );
}
