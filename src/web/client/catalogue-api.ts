/** The catalogue's routes as typed functions: facets, charts, edits of many images, trash, saved queries, terms. */

import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { request } from "./http.ts";
import type { ImageFilter } from "./keys.ts";

const segment = encodeURIComponent;
const of = (projectId: string, rest: string): string => `/projects/${segment(projectId)}/${rest}`;

type Signal = { readonly signal?: AbortSignal };

export type BulkEditRequest = z.input<typeof wire.bulkEditRequestSchema>;
export type BulkTrashRequest = z.input<typeof wire.bulkTrashRequestSchema>;
export type SaveQuery = z.input<typeof wire.saveQuerySchema>;
export type ChooseTerm = z.input<typeof wire.chooseTermSchema>;

export const catalogueApi = {
  facets: (projectId: string, filter: ImageFilter, options: Signal = {}) =>
    request<wire.CatalogueFacets>("GET", of(projectId, "facets"), { ...options, query: { ...filter } }),
  otherFacets: (projectId: string, filter: ImageFilter, options: Signal = {}) =>
    request<{ facets: wire.CatalogueFacet[] | null }>("GET", of(projectId, "other-facets"), {
      ...options,
      query: { ...filter },
    }),
  statistics: (
    projectId: string,
    query: ImageFilter & { rows: wire.FacetField; columns: wire.FacetField },
    options: Signal = {},
  ) => request<wire.ImageStatistics>("GET", of(projectId, "statistics"), { ...options, query: { ...query } }),
  previewEdit: (projectId: string, body: BulkEditRequest, options: Signal = {}) =>
    request<wire.BulkPreview>("POST", of(projectId, "bulk-edits/preview"), { ...options, body }),
  edit: (projectId: string, body: BulkEditRequest) =>
    request<wire.BulkEdit>("POST", of(projectId, "bulk-edits"), { body }),
  undo: (editId: string) => request<wire.BulkUndo>("POST", `/bulk-edits/${segment(editId)}/undo`),
  trash: (projectId: string, body: BulkTrashRequest) =>
    request<wire.BulkEdit>("POST", of(projectId, "trash"), { body }),
  listTrash: (projectId: string, query: { cursor?: string; limit?: number }, options: Signal = {}) =>
    request<wire.Trash>("GET", of(projectId, "trash"), { ...options, query }),
  restore: (projectId: string, imageIds: readonly string[]) =>
    request<{ restored: string[] }>("POST", of(projectId, "trash/restore"), { body: { imageIds } }),
  queries: (projectId: string, options: Signal = {}) =>
    request<{ queries: wire.SavedQuery[] }>("GET", of(projectId, "queries"), options),
  saveQuery: (projectId: string, body: SaveQuery) =>
    request<wire.SavedQuery>("POST", of(projectId, "queries"), { body }),
  deleteQuery: (queryId: string) => request<void>("DELETE", `/queries/${segment(queryId)}`),
  terms: (query: { text: string; field?: string; limit?: number }, options: Signal = {}) =>
    request<wire.TermHits>("GET", "/terms", { ...options, query }),
  words: (projectId: string, options: Signal = {}) =>
    request<wire.WordsWithoutTerm>("GET", of(projectId, "words"), options),
  chooseTerm: (projectId: string, body: ChooseTerm) =>
    request<void>("POST", of(projectId, "words"), { body }),
};
