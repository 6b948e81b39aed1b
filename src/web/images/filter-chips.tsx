/** What narrows the list, one chip each, each with its way out; and the queries kept under a name. */

import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/index.ts";
import { chipsOf } from "./facet-query.ts";
import type { ImagesSearch } from "./images-search.ts";
import { SavedQueries } from "./saved-queries.tsx";

export function FilterChips({
  projectId,
  search,
  labelOf,
  onChange,
}: {
  projectId: string;
  search: ImagesSearch;
  labelOf: (curie: string) => string | undefined;
  onChange: (next: Partial<ImagesSearch>) => void;
}): ReactNode {
  const chips = [
    ...(search.search === undefined
      ? []
      : [{ text: `text: ${search.search}`, clear: { search: undefined } }]),
    ...chipsOf(search.q ?? "", labelOf).map(({ text, rest }) => ({ text, clear: { q: rest || undefined } })),
  ];
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-6 py-1.5 text-sm">
      <SavedQueries projectId={projectId} search={search} onChange={onChange} />
      {chips.length > 0 && (
        <ul aria-label="Active filters" className="flex min-w-0 flex-wrap items-center gap-2">
          {chips.map(({ text, clear }) => (
            <li key={text}>
              <button
                type="button"
                aria-label={`Remove ${text}`}
                className="inline-flex h-6 max-w-72 items-center gap-1 rounded-full border border-edge bg-raised pr-1 pl-2.5 hover:bg-hover"
                onClick={() => onChange(clear as Partial<ImagesSearch>)}
              >
                <span className="truncate">{text}</span>
                <X aria-hidden="true" className="size-3.5 shrink-0 text-quiet" />
              </button>
            </li>
          ))}
          <li>
            <Button
              look="quiet"
              size="small"
              onClick={() => onChange({ q: undefined, search: undefined } as Partial<ImagesSearch>)}
            >
              Clear all
            </Button>
          </li>
        </ul>
      )}
    </div>
  );
}
