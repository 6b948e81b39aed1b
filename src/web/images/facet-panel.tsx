/** What the images are, counted: a tick narrows the grid and writes itself into the query. */

import { type ReactNode, useState } from "react";
import type { Facet } from "#api/index.ts";
import { classNames, formatCount } from "../ui/index.ts";
import type { Chosen } from "./facet-query.ts";

/** More values than this are folded away: nobody reads forty groups at a glance. */
const VALUES_SHOWN = 6;

export function FacetPanel({
  facets,
  chosen,
  onToggle,
}: {
  facets: readonly Facet[];
  chosen: Chosen;
  onToggle: (field: string, value: string) => void;
}): ReactNode {
  return (
    <aside
      aria-label="Facets"
      className="flex w-52 shrink-0 flex-col gap-5 overflow-y-auto border-r border-line px-4 py-4 text-sm"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {usefulFacets(facets, chosen).map((facet) => (
        <FacetValues
          key={facet.field}
          facet={facet}
          chosen={chosen.get(facet.field) ?? []}
          onToggle={(value) => onToggle(facet.field, value)}
        />
      ))}
    </aside>
  );
}

/** Fields everyone asks for come first; a field that names each image apart (an id) is nothing to choose by. */
function usefulFacets(facets: readonly Facet[], chosen: Chosen): Facet[] {
  const first = ["status", "kind", "split", "group"];
  const rank = (field: string) => (first.includes(field) ? first.indexOf(field) : first.length);
  return facets
    .filter(({ values }) => values.length > 0)
    .filter(
      ({ field, values }) => chosen.has(field) || values.length < 4 || values.some(({ count }) => count > 1),
    )
    .sort((a, b) => rank(a.field) - rank(b.field));
}

function FacetValues({
  facet,
  chosen,
  onToggle,
}: {
  facet: Facet;
  chosen: readonly string[];
  onToggle: (value: string) => void;
}): ReactNode {
  const [all, setAll] = useState(false);
  const lower = chosen.map((value) => value.toLowerCase());
  const isTicked = (value: string) => lower.includes(value.toLowerCase());
  const values = all
    ? facet.values
    : facet.values.filter(({ value }, index) => index < VALUES_SHOWN || isTicked(value));
  const most = Math.max(1, ...facet.values.map(({ count }) => count));
  const hidden = facet.values.length - values.length;

  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-quiet">{facet.field}</legend>
      <ul>
        {values.map(({ value, count }) => (
          <li key={value}>
            <label
              className={classNames(
                "relative flex h-7 items-center gap-2 rounded-md px-1 hover:bg-hover",
                isTicked(value) && "font-semibold",
              )}
            >
              <input
                type="checkbox"
                className="size-3.5 shrink-0 accent-accent"
                checked={isTicked(value)}
                onChange={() => onToggle(value)}
              />
              <span className="min-w-0 flex-1 truncate" title={value}>
                {value === "" ? "(none)" : value}
              </span>
              <span className="text-quiet">{formatCount(count)}</span>
              <span
                aria-hidden="true"
                className="absolute bottom-0 left-6.5 h-0.5 rounded-full bg-accent/45"
                style={{ width: `calc((100% - 2rem) * ${count / most})` }}
              />
            </label>
          </li>
        ))}
      </ul>
      {(hidden > 0 || all) && facet.values.length > VALUES_SHOWN && (
        <button
          type="button"
          className="mt-1 rounded-md px-1 text-quiet underline underline-offset-2 hover:text-ink"
          onClick={() => setAll(!all)}
        >
          {all ? "Show fewer" : `Show ${formatCount(hidden)} more`}
        </button>
      )}
    </fieldset>
  );
}
