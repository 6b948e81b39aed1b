/** What the images are, counted: terms as trees, words, ranges; a tick narrows the grid and writes itself into the query. */

import { type ReactNode, useState } from "react";
import type { CatalogueFacet } from "#api/index.ts";
import { isFoundryError } from "#core/errors.ts";
import { cellsTypeField } from "#core/select/index.ts";
import { type ImageFilter, useCatalogueFacets, useOtherFacets } from "../client/index.ts";
import { Bone, Button, formatCount, Loading, Problem } from "../ui/index.ts";
import { chosenValues, toggleTerm, toggleValue, underKey } from "./facet-query.ts";
import { FacetRow } from "./facet-row.tsx";
import { FacetSearch } from "./facet-search.tsx";
import { facetTitles } from "./images-search.ts";
import { RangeFilters } from "./range-filters.tsx";
import { type TreeRow, termRows } from "./term-rows.ts";

/** More values than this are folded away: nobody reads forty groups at a glance. */
const VALUES_SHOWN = 6;

const titles: Readonly<Record<string, string>> = {
  ...facetTitles,
  [cellsTypeField]: "Types of the cells",
  split: "Split",
  group: "Group",
};

interface FacetActions {
  readonly q: string;
  readonly onQuery: (q: string) => void;
}

export function FacetPanel({
  projectId,
  filter,
  onQuery,
  onWords,
}: {
  projectId: string;
  filter: ImageFilter;
  onQuery: (q: string) => void;
  /** Opens the list of words without a term; absent for those who may not change them. */
  onWords?: (() => void) | undefined;
}): ReactNode {
  const [more, setMore] = useState(false);
  const facets = useCatalogueFacets(projectId, filter);
  const others = useOtherFacets(projectId, filter, more);
  const q = filter.q ?? "";
  const needsTerm = facets.data?.facets.some(({ words }) => words.some(isWithoutTerm)) ?? false;
  return (
    <aside
      aria-label="Facets"
      className="flex w-56 shrink-0 flex-col gap-5 overflow-y-auto border-r border-line px-4 py-4 text-sm"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <FacetSearch q={q} onQuery={onQuery} />
      {facets.isPending ? (
        <Loading text="Counting …">
          <FacetBones />
        </Loading>
      ) : facets.data === undefined ? (
        // What is wrong with a query stands at its field and in place of the images; once more here helps nobody.
        !isFoundryError(facets.error, "query.syntax") && (
          <Problem error={facets.error} onRetry={() => void facets.refetch()} />
        )
      ) : (
        facets.data.facets.map((facet) => (
          <FacetGroup key={facet.field} facet={facet} q={q} onQuery={onQuery} />
        ))
      )}
      {needsTerm && onWords !== undefined && (
        <Button size="small" onClick={onWords}>
          Words that need a term
        </Button>
      )}
      <RangeFilters q={q} onQuery={onQuery} />
      {more ? (
        <OtherFacets facets={others.data?.facets} q={q} onQuery={onQuery} />
      ) : (
        <Button size="small" onClick={() => setMore(true)}>
          Count other fields
        </Button>
      )}
    </aside>
  );
}

const isWithoutTerm = ({ state }: CatalogueFacet["words"][number]): boolean =>
  state === "ambiguous" || state === "unknown";

function OtherFacets({
  facets,
  ...actions
}: FacetActions & { facets: readonly CatalogueFacet[] | null | undefined }): ReactNode {
  if (facets === undefined) return <p className="text-quiet">Counting …</p>;
  if (facets === null)
    return <p className="text-quiet">Too many images to count these. Choose a filter first.</p>;
  if (facets.length === 0) return <p className="text-quiet">No other fields.</p>;
  return facets.map((facet) => <FacetGroup key={facet.field} facet={facet} {...actions} />);
}

function FacetGroup({ facet, q, onQuery }: FacetActions & { facet: CatalogueFacet }): ReactNode {
  const [all, setAll] = useState(false);
  const { field } = facet;
  const chosen = chosenValues(q);
  const terms = chosen.get(underKey(field)) ?? [];
  const words = (chosen.get(field) ?? []).map((word) => word.toLowerCase());
  const isTicked = (row: TreeRow): boolean =>
    row.curie === null ? words.includes(row.name.toLowerCase()) : terms.includes(row.curie);
  const rows = termRows(facet);
  if (rows.length === 0) return null;
  const shown = all ? rows : rows.filter((row, index) => index < VALUES_SHOWN || isTicked(row));
  const most = Math.max(1, ...rows.map(({ images }) => images));
  const hidden = rows.length - shown.length;
  const title = titles[field] ?? field;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-quiet">{title}</legend>
      <ul>
        {shown.map((row) => (
          <FacetRow
            key={`${row.curie} ${row.name}`}
            row={row}
            share={row.images / most}
            ticked={isTicked(row)}
            onToggle={() =>
              onQuery(row.curie === null ? toggleValue(q, field, row.name) : toggleTerm(q, field, row.curie))
            }
          />
        ))}
      </ul>
      {(hidden > 0 || all) && rows.length > VALUES_SHOWN && (
        <button
          type="button"
          className="mt-1 rounded-md px-1 text-quiet underline underline-offset-2 hover:text-ink"
          onClick={() => setAll(!all)}
        >
          {all ? "Show fewer" : `Show ${formatCount(hidden)} more`}
        </button>
      )}
      {facet.moreWords > 0 && all && (
        <p className="mt-1 px-1 text-quiet">{formatCount(facet.moreWords)} rarer words are not listed.</p>
      )}
    </fieldset>
  );
}

function FacetBones(): ReactNode {
  return (
    <div aria-hidden="true" className="flex flex-col gap-2">
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <Bone key={key} className="h-6 w-full" />
      ))}
    </div>
  );
}
