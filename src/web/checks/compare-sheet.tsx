/** A model looks at the images too; where it sees other cells than the labels becomes a queue for review. */

import type { ReactNode } from "react";
import { useStartCheck } from "../client/index.ts";
import { ChooseVersionSheet } from "../models/choose-version-sheet.tsx";
import { tell } from "../ui/index.ts";

export function CompareSheet({
  projectId,
  open,
  onClose,
}: {
  projectId: string;
  open: boolean;
  onClose: () => void;
}): ReactNode {
  const check = useStartCheck(projectId);
  const start = (modelVersionId: string): void =>
    check.mutate(
      { modelVersionId },
      {
        onSuccess: () => {
          onClose();
          tell("The model looks at all images", "Cells that it sees differently appear among the hints.");
        },
      },
    );
  return (
    <ChooseVersionSheet
      projectId={projectId}
      open={open}
      onClose={onClose}
      title="Compare with a model"
      description="Cells that were wrongly split or merged look like cells; only a second opinion finds them. No label is changed."
      action="Compare"
      busy={check.isPending}
      onStart={start}
    />
  );
}
