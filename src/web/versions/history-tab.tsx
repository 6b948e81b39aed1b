/** Every revision of the labels, newest first: who, what changed, compare with the one before, go back to it. */

import type { ReactNode } from "react";
import type { ImageDetail, LayerRevision } from "#api/index.ts";
import { useCan, useRestoreRevision } from "../client/index.ts";
import { Button, Digest, Empty, formatWhen, ProblemText, plural, tell } from "../ui/index.ts";
import type { VersionsSearch } from "./versions-search.ts";

export function HistoryTab({
  image,
  revisions,
  dirty,
  onSearch,
}: {
  image: ImageDetail;
  revisions: readonly LayerRevision[];
  dirty: boolean;
  onSearch: (change: VersionsSearch) => void;
}): ReactNode {
  const restore = useRestoreRevision(image.id);
  const canEdit = useCan("annotator");
  const now = Date.now();
  return (
    <div className="min-w-0 flex-1 overflow-y-auto p-6">
      {revisions.length === 0 && (
        <Empty title="No revision yet">Accept the labels, and they become revision 1.</Empty>
      )}
      {dirty && <p className="mb-3 text-sm text-quiet">There are edits after the newest revision.</p>}
      {restore.isError && <ProblemText error={restore.error} />}
      <ol className="flex max-w-4xl flex-col" data-testid="revisions">
        {revisions.map((one) => (
          <li
            key={one.id}
            className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-3"
          >
            <span className="w-24 font-semibold">Revision {one.number}</span>
            <span className="min-w-0 flex-1">
              {one.message === "" ? <span className="text-quiet">no message</span> : one.message}
              {one.accepted && <span className="ml-2 text-sm text-good">accepted</span>}
              {one.secondParentId !== null && <span className="ml-2 text-sm text-quiet">merge</span>}
              <span className="block text-sm text-quiet">
                {one.agent.name}, {formatWhen(one.createdAt, now)} · {plural(one.objectCount, "cell")} ·{" "}
                {one.changes.added} added, {one.changes.removed} removed, {one.changes.reshaped} reshaped
              </span>
            </span>
            <Digest digest={one.root} what={`the digest of revision ${one.number}`} />
            <Button
              size="small"
              disabled={one.parentId === null}
              onClick={() => onSearch({ tab: "compare", before: `r${one.parentId}`, after: `r${one.id}` })}
            >
              What changed
            </Button>
            {canEdit && (
              <Button
                size="small"
                busy={restore.isPending}
                data-testid={`restore-${one.number}`}
                onClick={() =>
                  restore.mutate(one.id, {
                    onSuccess: (made) =>
                      tell(`The labels are as in revision ${one.number}; this is revision ${made.number}.`),
                  })
                }
              >
                Go back to it
              </Button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
