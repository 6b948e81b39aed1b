/** Queries kept under a name: choose one, keep the present one, throw one away. */

import { Popover } from "@base-ui/react/popover";
import { Bookmark, Trash2 } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCan, useDeleteQuery, useSavedQueries, useSaveQuery } from "../client/index.ts";
import { Button, buttonClass, IconButton } from "../ui/index.ts";
import type { ImagesSearch } from "./images-search.ts";

export function SavedQueries({
  projectId,
  search,
  onChange,
}: {
  projectId: string;
  search: ImagesSearch;
  onChange: (next: Partial<ImagesSearch>) => void;
}): ReactNode {
  const canEdit = useCan("annotator");
  const saved = useSavedQueries(projectId);
  const remove = useDeleteQuery(projectId);
  const queries = saved.data?.queries ?? [];
  const isFiltered = search.q !== undefined || search.search !== undefined;
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass("quiet", "small")}>
        <Bookmark aria-hidden="true" className="size-3.5" />
        Saved queries
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="z-60 outline-hidden" sideOffset={4} align="start">
          <Popover.Popup
            aria-label="Saved queries"
            className="flex w-80 flex-col gap-3 rounded-lg border border-line bg-raised p-3 text-sm shadow-pop outline-hidden"
          >
            {queries.length === 0 ? (
              <p className="text-quiet">
                {canEdit ? "None yet. Choose filters, then save them under a name." : "None yet."}
              </p>
            ) : (
              <ul className="max-h-72 overflow-y-auto">
                {queries.map((query) => (
                  <li key={query.id} className="flex items-center gap-1">
                    <Popover.Close
                      className="min-w-0 flex-1 rounded-md px-2 py-1 text-left hover:bg-hover"
                      onClick={() =>
                        onChange({
                          q: query.query || undefined,
                          search: query.search || undefined,
                        } as Partial<ImagesSearch>)
                      }
                    >
                      <span className="block truncate">{query.name}</span>
                      <span className="block truncate font-mono text-xs text-quiet">
                        {[query.query, query.search === "" ? "" : `"${query.search}"`].join(" ").trim() ||
                          "all images"}
                      </span>
                    </Popover.Close>
                    {canEdit && (
                      <IconButton label={`Delete ${query.name}`} onClick={() => remove.mutate(query.id)}>
                        <Trash2 aria-hidden="true" className="size-4" />
                      </IconButton>
                    )}
                  </li>
                ))}
              </ul>
            )}
            {canEdit && isFiltered && <SaveForm projectId={projectId} search={search} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function SaveForm({ projectId, search }: { projectId: string; search: ImagesSearch }): ReactNode {
  const save = useSaveQuery(projectId);
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === "") return;
    save.mutate(
      { name: name.trim(), query: search.q ?? "", search: search.search ?? "" },
      { onSuccess: () => setName("") },
    );
  };
  return (
    <form onSubmit={submit} className="flex gap-2 border-t border-line pt-3">
      <input
        aria-label="Name of the query"
        className="control min-w-0 flex-1"
        placeholder="Name"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" busy={save.isPending}>
        Save
      </Button>
    </form>
  );
}
