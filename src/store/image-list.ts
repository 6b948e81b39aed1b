/** Lists of images: the metadata query, free text, facets and pages, all answered by the database. */

import { FoundryError } from "#core/errors.ts";
import type { Query } from "#core/select/index.ts";
import { compileQuery } from "./sql/compile-query.ts";
import * as text from "./sql/image-list.ts";
import type { Store } from "./store.ts";
import type { Facet, ImageList, ImageSummary } from "./types.ts";

export interface ImageListOptions {
  readonly projectId: string;
  /** Parsed metadata query; default all. */
  readonly query?: Query | undefined;
  /** Free text over name and metadata values. */
  readonly search?: string | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/** A field with more values is no choice but a list of names. */
const facetValuesMax = 50;

/** First in a list of facets, when the images have them; others follow by name. */
const facetOrder = ["kind", "status", "split", "group"];

/**
 * One page in order of import, with the number of all images that match and their facets.
 *
 * @throws FoundryError `request.invalid` for a cursor that is none.
 */
export async function listImages(store: Store, options: ImageListOptions): Promise<ImageList> {
  const { projectId, query = { type: "all" }, cursor, limit = 100 } = options;
  const search = options.search === undefined || options.search === "" ? null : options.search;
  if (cursor !== undefined && !/^[0-9A-Z]{26}$/.test(cursor)) {
    throw new FoundryError("request.invalid", {
      message: "This page of the list does not exist.",
      hint: "Load the list anew.",
    });
  }
  const condition = compileQuery(query, text.firstConditionParam);
  const params = [projectId, search, ...condition.params];
  const rows = await store.sql.query<ImageSummary>(text.selectPage(condition), [
    ...params,
    cursor ?? null,
    limit + 1,
  ]);
  const [total] = await store.sql.query<{ count: number }>(text.countImages(condition), params);
  const facets = await store.sql.query<FacetRow>(text.selectFacets(condition), [...params, facetValuesMax]);
  const items = rows.slice(0, limit);
  return {
    items,
    nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
    total: total?.count ?? 0,
    facets: groupFacets(facets),
  };
}

interface FacetRow {
  readonly field: string;
  readonly value: string;
  readonly count: number;
}

function groupFacets(rows: readonly FacetRow[]): Facet[] {
  const rank = (field: string): number => {
    const position = facetOrder.indexOf(field);
    return position < 0 ? facetOrder.length : position;
  };
  return [...Map.groupBy(rows, ({ field }) => field)]
    .map(([field, values]) => ({ field, values: values.map(({ value, count }) => ({ value, count })) }))
    .sort((a, b) => rank(a.field) - rank(b.field) || (a.field < b.field ? -1 : 1));
}

/** Ids of all images of a project that answer a query, in order of import. */
export async function imageIdsForQuery(store: Store, projectId: string, query: Query): Promise<string[]> {
  const condition = compileQuery(query, text.firstConditionParam);
  const rows = await store.sql.query<{ id: string }>(text.selectIds(condition), [
    projectId,
    null,
    ...condition.params,
  ]);
  return rows.map(({ id }) => id);
}
