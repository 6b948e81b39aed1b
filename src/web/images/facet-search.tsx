/** Finds a term by name as one types, and adds it to the query with everything below it. */

import { Search } from "lucide-react";
import { type ReactNode, useDeferredValue, useId, useState } from "react";
import type { FacetField } from "#api/index.ts";
import { cellsTypeField } from "#core/select/index.ts";
import { useTermSearch } from "../client/index.ts";
import { toggleTerm } from "./facet-query.ts";
import { facetTitles } from "./images-search.ts";

type SearchedField = FacetField | typeof cellsTypeField;

/** Which fields a found term belongs to, by its vocabulary. */
const fieldsByPrefix: Readonly<Record<string, readonly SearchedField[]>> = {
  UBERON: ["organ"],
  CL: ["cellType", cellsTypeField],
  CVCL: ["cellLine"],
  CLO: ["cellLine"],
  NCBITaxon: ["species"],
  MONDO: ["disease"],
  PATO: ["disease"],
  FBbi: ["modality"],
  OBI: ["platform"],
  EFO: ["platform"],
  CHMO: ["platform"],
  GO: ["compartment"],
};

const fieldsOf = (curie: string): readonly SearchedField[] =>
  fieldsByPrefix[curie.split(/[:_]/)[0] ?? ""] ?? [];

const titleOf = (field: SearchedField): string =>
  field === cellsTypeField ? "Types of the cells" : facetTitles[field];

export function FacetSearch({ q, onQuery }: { q: string; onQuery: (q: string) => void }): ReactNode {
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const deferred = useDeferredValue(text);
  const found = useTermSearch(deferred, undefined);
  const hits = (text.trim() === "" ? [] : (found.data?.hits ?? [])).flatMap((hit) => {
    return fieldsOf(hit.curie).map((field) => ({ ...hit, field }));
  });
  const current = Math.min(at, hits.length - 1);
  const choose = (index: number): void => {
    const hit = hits[index];
    if (hit === undefined) return;
    onQuery(toggleTerm(q, hit.field, hit.curie));
    setText("");
  };
  return (
    <div className="relative">
      <Search aria-hidden="true" className="absolute top-2 left-2 size-4 text-quiet" />
      <input
        type="search"
        role="combobox"
        aria-label="Find a term"
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={hits.length > 0 ? `${listId}-${current}` : undefined}
        className="control w-full pl-8! text-sm"
        placeholder="Find a term"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(hits.length - 1, current + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, current - 1));
          else if (event.key === "Enter") choose(current);
          else if (event.key === "Escape") setText("");
          else return;
          event.preventDefault();
        }}
      />
      <div
        id={listId}
        role="listbox"
        aria-label="Terms"
        hidden={hits.length === 0}
        className="absolute top-9 left-0 z-30 w-72 overflow-hidden rounded-lg border border-line bg-raised py-1 shadow-pop"
      >
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the box
          // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus
          <div
            key={`${hit.curie} ${hit.field}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            className={`cursor-default px-3 py-1 ${index === current ? "bg-hover" : ""}`}
            onMouseDown={(event) => event.preventDefault()}
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(index)}
          >
            <div className="truncate">{hit.label}</div>
            <div className="truncate text-xs text-quiet">
              {titleOf(hit.field)}
              {hit.name === null ? "" : ` · ${hit.name}`}
            </div>
          </div>
        ))}
      </div>
      {text.trim() !== "" && found.isSuccess && hits.length === 0 && (
        <p className="mt-1 text-quiet">No term of this name.</p>
      )}
    </div>
  );
}
