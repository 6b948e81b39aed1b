/** Lists of images: the metadata query, free text and pages, all answered by the database. */

import { FoundryError } from "#core/errors.ts";
import { countSelection, listFacets, toFlatFacets } from "./facets.ts";
import { findSelection, type ImageFilter } from "./select-images.ts";
import * as text from "./sql/catalogue.ts";
import type { Store } from "./store.ts";
import type { ImageList, ImageSummary } from "./types.ts";

export type { ImageFilter } from "./select-images.ts";
export type { Order as ImageOrder } from "./sql/catalogue.ts";

export interface ImageListOptions extends ImageFilter {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
  /** Default in order of import. */
  readonly order?: text.Order | undefined;
  readonly descending?: boolean | undefined;
  /** Whether the first page has facets; default true. */
  readonly facets?: boolean | undefined;
}

/**
 * One page, with the number of all images that match and, on the first page, their facets.
 *
 * @throws FoundryError `request.invalid` for a cursor that is none; `query.term`.
 */
export async function listImages(store: Store, options: ImageListOptions): Promise<ImageList> {
  const { limit = 100, order = "imported", descending = false } = options;
  const selection = await findSelection(store, options);
  const after = options.cursor === undefined ? null : readCursor(options.cursor, order);
  const going = after === null ? [] : order === "imported" ? [after.id] : [after.id, after.key];
  const rows = await store.sql.query<ImageSummary & { readonly key: string | number }>(
    text.selectPage(selection, order, { descending, goesOn: after !== null }),
    [...selection.params, limit + 1, ...going],
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const facets =
    after === null && options.facets !== false ? await listFacets(store, options.projectId, selection) : null;
  return {
    items: items.map(({ key: _, ...summary }) => summary),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.id, last.key, order) : null,
    total: facets?.images ?? (await countSelection(store, selection)),
    facets: facets === null ? [] : toFlatFacets(facets),
  };
}

/** An id alone in order of import, as links already out there have it; else with the value it stands at. */
function writeCursor(id: string, key: string | number, order: text.Order): string {
  return order === "imported" ? id : `${id} ${JSON.stringify(key)}`;
}

function readCursor(cursor: string, order: text.Order): { readonly id: string; readonly key: unknown } {
  const match = /^([0-9A-Z]{26})(?: (.*))?$/s.exec(cursor);
  const key = parseKey(match?.[2]);
  const wanted = order === "imported" ? "undefined" : order === "name" ? "string" : "number";
  if (match === null || typeof key !== wanted) {
    throw new FoundryError("request.invalid", {
      message: "This page of the list does not exist.",
      hint: "Load the list anew.",
    });
  }
  return { id: match[1] as string, key };
}

function parseKey(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

/** Ids of all images of a project that answer a query, in order of import. @throws FoundryError `query.term`. */
export async function imageIdsForQuery(
  store: Store,
  projectId: string,
  query: ImageFilter["query"],
  search?: string,
): Promise<string[]> {
  const selection = await findSelection(store, { projectId, query, search });
  const rows = await store.sql.query<{ id: string }>(text.selectIds(selection), selection.params);
  return rows.map(({ id }) => id);
}
