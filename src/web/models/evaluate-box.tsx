/** A version without scores can be measured on the test images of any dataset version of the project. */

import { type ReactNode, useState } from "react";
import { useCan, useDatasets, useEvaluate } from "../client/index.ts";
import { Button, Choice, tell } from "../ui/index.ts";

export function EvaluateBox({ projectId, versionId }: { projectId: string; versionId: string }): ReactNode {
  const canStart = useCan("annotator");
  const datasets = useDatasets(projectId).data?.datasets ?? [];
  const evaluate = useEvaluate(versionId);
  const [picked, setPicked] = useState<string | null>(null);
  const items = datasets
    .flatMap((dataset) => dataset.versions)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .map((version) => ({ value: version.id, label: `${version.name}@${version.version}` }));
  const datasetVersionId = picked ?? items[0]?.value ?? null;
  const start = () => {
    if (datasetVersionId === null) return;
    evaluate.mutate(
      { datasetVersionId, split: "test" },
      { onSuccess: () => tell("The evaluation has started", "The scores appear here when it is done.") },
    );
  };
  return (
    <section aria-label="Evaluate" className="flex flex-col gap-3">
      <p className="text-quiet">Not measured on test images of this project yet.</p>
      {canStart && datasetVersionId !== null && (
        <div className="flex items-end gap-2">
          <Choice
            label="Dataset version"
            items={items}
            value={datasetVersionId}
            onChange={setPicked}
            className="w-56"
          />
          <Button busy={evaluate.isPending} onClick={start}>
            Evaluate on its test images
          </Button>
        </div>
      )}
    </section>
  );
}
