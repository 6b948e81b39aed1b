/** What is chosen and what can be done with it; stands where the filters were while something is chosen. */

import { Pencil, Trash2, Waypoints, X } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { BulkUndo } from "#api/index.ts";
import { type BulkTrashRequest, useBulkTrash, useUndoBulkEdit } from "../client/index.ts";
import { Button, IconButton, plural, tell, tellWithAction } from "../ui/index.ts";
import type { ImagesSearch } from "./images-search.ts";
import { nothing, type Selection, selectedCount } from "./selection.ts";

/** Loaded with the first edit; its boxes bring the vocabulary's code along. */
const BulkSheet = lazy(() => import("./bulk-sheet.tsx").then((module) => ({ default: module.BulkSheet })));

/** Loaded when somebody tracks movies. */
const TrackSheet = lazy(() => import("../track/index.ts").then((module) => ({ default: module.TrackSheet })));

export function SelectionBar({
  projectId,
  search,
  selection,
  total,
  onChange,
}: {
  projectId: string;
  search: ImagesSearch;
  selection: Selection;
  /** Images the query selects. */
  total: number;
  onChange: (next: Selection) => void;
}): ReactNode {
  const [editing, setEditing] = useState(false);
  const [edited, setEdited] = useState(false);
  const [tracking, setTracking] = useState<"never" | "open" | "closed">("never");
  const trash = useBulkTrash(projectId);
  const undo = useUndo(projectId);
  const count = selectedCount(selection, total);
  const target = targetOf(search, selection);
  const moveToTrash = (): void =>
    trash.mutate(target, {
      onSuccess: ({ id, imageCount }) => {
        onChange(nothing);
        tellWithAction(`${plural(imageCount, "image")} moved to the trash.`, {
          label: "Undo",
          onAction: () => undo(id),
        });
      },
    });
  return (
    <div
      role="toolbar"
      aria-label="Selected images"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-accent-wash px-6 py-1.5 text-sm"
    >
      <IconButton label="Select nothing" className="size-6!" onClick={() => onChange(nothing)}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
      <span aria-live="polite" className="font-semibold">
        {plural(count, "image")} selected
      </span>
      {selection.kind === "some" && count < total && (
        <Button look="quiet" size="small" onClick={() => onChange({ kind: "query" })}>
          Select all {plural(total, "image")} of this query
        </Button>
      )}
      <div className="ml-auto flex gap-2">
        <Button
          size="small"
          onClick={() => {
            setEdited(true);
            setEditing(true);
          }}
        >
          <Pencil aria-hidden="true" className="size-3.5" />
          Edit metadata
        </Button>
        {selection.kind === "some" && (
          <Button size="small" onClick={() => setTracking("open")}>
            <Waypoints aria-hidden="true" className="size-3.5" />
            Track over time
          </Button>
        )}
        <Button size="small" busy={trash.isPending} onClick={moveToTrash}>
          <Trash2 aria-hidden="true" className="size-3.5" />
          Move to trash
        </Button>
      </div>
      {tracking !== "never" && selection.kind === "some" && (
        <Suspense fallback={null}>
          <TrackSheet
            projectId={projectId}
            imageIds={[...selection.ids]}
            open={tracking === "open"}
            onClose={() => setTracking("closed")}
          />
        </Suspense>
      )}
      {edited && (
        <Suspense fallback={null}>
          <BulkSheet
            projectId={projectId}
            open={editing}
            target={target}
            count={count}
            onClose={() => setEditing(false)}
            onDone={({ id, imageCount }) => {
              setEditing(false);
              onChange(nothing);
              tellWithAction(`${plural(imageCount, "image")} changed.`, {
                label: "Undo",
                onAction: () => undo(id),
              });
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

function targetOf(search: ImagesSearch, selection: Selection): BulkTrashRequest {
  if (selection.kind === "some") return { imageIds: [...selection.ids] };
  return { q: search.q ?? "", search: search.search ?? "" };
}

/** Undoes an edit and says how it went; the bar is gone by then, so the answer is waited for outside of it. */
function useUndo(projectId: string): (editId: string) => void {
  const undo = useUndoBulkEdit(projectId);
  return (editId) => {
    // A failure is told by the cache, as for every change.
    undo.mutateAsync(editId).then(
      (done) => tell(...wordsOf(done)),
      () => undefined,
    );
  };
}

function wordsOf({ undone, kept, keptCount }: BulkUndo): [string, string?] {
  const done = `${plural(undone, "image")} as before.`;
  if (keptCount === 0) return [done];
  const names = kept.slice(0, 3).map(({ name }) => name);
  const more = keptCount > names.length ? ` and ${keptCount - names.length} more` : "";
  return [done, `Changed since and left alone: ${names.join(", ")}${more}.`];
}
