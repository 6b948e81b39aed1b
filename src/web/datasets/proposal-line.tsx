/** What freezing a dataset's query again would give: "12 images added: would be 2.1.0", with the button that does it. */

import { type ReactNode, useState } from "react";
import type { Dataset } from "#api/index.ts";
import { useDatasetPreview, useFreezeDataset } from "../client/index.ts";
import { Button, tell } from "../ui/index.ts";
import { changeSentence } from "./change-sentence.ts";

/** Larger versions are compared only when someone asks: it takes a while. */
const ASKED_ABOVE = 20_000;

export function ProposalLine({
  projectId,
  dataset,
  onFrozen,
  onShow,
}: {
  projectId: string;
  dataset: Dataset;
  onFrozen: (versionId: string) => void;
  /** Fills the form with this dataset, where the findings are. */
  onShow: (name: string, query: string) => void;
}): ReactNode {
  const [newest] = dataset.versions;
  const [asked, setAsked] = useState(newest !== undefined && newest.itemCount <= ASKED_ABOVE);
  const body = { name: dataset.name, query: newest?.query ?? "" };
  const preview = useDatasetPreview(projectId, body, asked && newest !== undefined);
  const freeze = useFreezeDataset(projectId);
  if (newest === undefined) return null;
  if (!asked) {
    return (
      <Button look="quiet" size="small" className="self-start" onClick={() => setAsked(true)}>
        Look for changes since {newest.version}
      </Button>
    );
  }
  const proposal = preview.data;
  if (proposal === undefined || proposal.step === "same" || proposal.images === 0) return null;
  const blocked = proposal.audit.blocking > 0;
  return (
    <p className="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-4 py-2 text-sm">
      <span className="min-w-0 flex-1">
        {changeSentence(proposal.changes)} since {newest.version}: would be{" "}
        <span className="font-semibold">{proposal.nextVersion}</span>.
        {proposal.hidden.notes.length > 0 && (
          <span className="text-warn"> {proposal.hidden.notes.join(" ")}</span>
        )}
        {blocked && <span className="text-bad"> Leaks stand in the way.</span>}
      </span>
      {blocked ? (
        <Button size="small" onClick={() => onShow(body.name, body.query)}>
          Look at the leaks
        </Button>
      ) : (
        <Button
          size="small"
          busy={freeze.isPending}
          onClick={() =>
            freeze.mutate(body, {
              onSuccess: (version) => {
                tell(`${version.name} ${version.version} is frozen`, "It never changes from now on.");
                onFrozen(version.id);
              },
            })
          }
        >
          Freeze {proposal.nextVersion}
        </Button>
      )}
    </p>
  );
}
