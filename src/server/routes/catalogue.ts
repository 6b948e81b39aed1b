/** The catalogue: facets, charts, saved queries, edits of many images, the trash, terms. */

import {
  addTermSchema,
  bulkEditListSchema,
  bulkEditRequestSchema,
  bulkEditSchema,
  bulkPreviewSchema,
  bulkTrashRequestSchema,
  bulkUndoSchema,
  catalogueFacetsSchema,
  chooseTermSchema,
  imageFilterQuerySchema,
  imageStatisticsSchema,
  otherFacetsSchema,
  restoredSchema,
  restoreRequestSchema,
  savedQueryListSchema,
  savedQuerySchema,
  saveQuerySchema,
  statisticsQuerySchema,
  termHitsSchema,
  termSchema,
  termSearchQuerySchema,
  trashQuerySchema,
  trashSchema,
  wordsSchema,
} from "#api/index.ts";
import { isFacetName, termPath } from "#core/ontology/index.ts";
import { parseQuery } from "#core/select/index.ts";
import {
  addLocalTerm,
  type BulkTarget,
  bulkTrash,
  catalogueFacets,
  chooseTerm,
  deleteSavedQuery,
  type ImageFilter,
  imageStatistics,
  listBulkEdits,
  listSavedQueries,
  listTrash,
  loadVocabulary,
  otherFacets,
  previewBulkEdit,
  restoreImages,
  saveQuery,
  startBulkEdit,
  undoBulkEdit,
  wordsWithoutTerm,
} from "#store/index.ts";
import { empty, json, route } from "../route.ts";

const queryErrors = ["query.syntax", "query.term"] as const;
const bulkErrors = [...queryErrors, "metadata.invalid", "limit.objects"] as const;

const filterOf = (
  projectId: string,
  { q, search }: { readonly q?: string | undefined; readonly search?: string | undefined },
): ImageFilter => ({ projectId, query: parseQuery(q ?? ""), search });

const targetOf = (
  projectId: string,
  body: { readonly q: string; readonly search: string; readonly imageIds?: string[] | undefined },
): BulkTarget => ({ ...filterOf(projectId, body), imageIds: body.imageIds });

const reading = [
  route({
    method: "GET",
    url: "/projects/:projectId/facets",
    summary:
      "Images and cells per term, word, status, role and group; each field counted without its own choice",
    policy: "look",
    on: "project",
    query: imageFilterQuerySchema,
    answer: json(catalogueFacetsSchema),
    errors: queryErrors,
    handle: async ({ parts, object, query }) =>
      writable(await catalogueFacets(parts.store, filterOf(object.id, query))),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/other-facets",
    summary: "The same for metadata fields that are no facets; null when the selection is too large",
    policy: "look",
    on: "project",
    query: imageFilterQuerySchema,
    answer: json(otherFacetsSchema),
    errors: queryErrors,
    handle: async ({ parts, object, query }) =>
      writable({ facets: await otherFacets(parts.store, filterOf(object.id, query)) }),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/statistics",
    summary: "Numbers for charts: two facets crossed, cells per image, pixel sizes, months, cell lengths",
    policy: "look",
    on: "project",
    query: statisticsQuerySchema,
    answer: json(imageStatisticsSchema),
    errors: queryErrors,
    handle: async ({ parts, object, query }) => {
      const { rows, columns } = query;
      return writable(await imageStatistics(parts.store, { ...filterOf(object.id, query), rows, columns }));
    },
  }),
];

const bulk = [
  route({
    method: "POST",
    url: "/projects/:projectId/bulk-edits/preview",
    summary: "What an edit of many images would change",
    policy: "edit",
    on: "project",
    body: bulkEditRequestSchema,
    answer: json(bulkPreviewSchema),
    errors: bulkErrors,
    handle: async ({ parts, object, body }) =>
      writable(await previewBulkEdit(parts.store, targetOf(object.id, body), body.changes)),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/bulk-edits",
    summary: "Set and clear metadata of all images of a query",
    policy: "edit",
    on: "project",
    body: bulkEditRequestSchema,
    answer: json(bulkEditSchema),
    errors: bulkErrors,
    handle: async ({ parts, agent, object, body }) =>
      writable(
        await startBulkEdit(parts.store, agent, {
          filter: targetOf(object.id, body),
          queryText: body.q,
          changes: body.changes,
        }),
      ),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/bulk-edits",
    summary: "The last edits of many images, newest first",
    policy: "look",
    on: "project",
    answer: json(bulkEditListSchema),
    handle: async ({ parts, object }) => writable({ edits: await listBulkEdits(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/bulk-edits/:bulkEditId/undo",
    summary: "Take an edit back for every image not changed since",
    policy: "edit",
    on: "bulkEdit",
    answer: json(bulkUndoSchema),
    handle: async ({ parts, agent, object }) => writable(await undoBulkEdit(parts.store, agent, object.id)),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/trash",
    summary: "Move all images of a query to the trash",
    policy: "edit",
    on: "project",
    body: bulkTrashRequestSchema,
    answer: json(bulkEditSchema),
    errors: bulkErrors,
    handle: async ({ parts, agent, object, body }) =>
      writable(await bulkTrash(parts.store, agent, { filter: targetOf(object.id, body), queryText: body.q })),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/trash",
    summary: "Images in the trash",
    policy: "look",
    on: "project",
    query: trashQuerySchema,
    answer: json(trashSchema),
    handle: ({ parts, object, query }) =>
      listTrash(parts.store, object.id, { cursor: query.cursor ?? null, limit: query.limit }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/trash/restore",
    summary: "Bring images back from the trash; those imported again since stay there",
    policy: "edit",
    on: "project",
    body: restoreRequestSchema,
    answer: json(restoredSchema),
    handle: async ({ parts, agent, object, body }) => ({
      restored: await restoreImages(parts.store, agent, object.id, body.imageIds),
    }),
  }),
];

const saved = [
  route({
    method: "GET",
    url: "/projects/:projectId/queries",
    summary: "Saved queries of a project",
    policy: "look",
    on: "project",
    answer: json(savedQueryListSchema),
    handle: async ({ parts, object }) => ({ queries: await listSavedQueries(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/queries",
    summary: "Save a query under a name; the same name again replaces it",
    policy: "edit",
    on: "project",
    body: saveQuerySchema,
    answer: json(savedQuerySchema),
    errors: ["query.syntax", "limit.objects"],
    handle: ({ parts, agent, object, body }) =>
      saveQuery(parts.store, agent, { projectId: object.id, ...body }),
  }),
  route({
    method: "DELETE",
    url: "/queries/:queryId",
    summary: "Delete a saved query",
    policy: "edit",
    on: "savedQuery",
    answer: empty,
    async handle({ parts, object }) {
      await deleteSavedQuery(parts.store, object.id);
      return undefined;
    },
  }),
];

const terms = [
  route({
    method: "GET",
    url: "/terms",
    summary: "Terms by name, as one types",
    policy: "look",
    query: termSearchQuerySchema,
    answer: json(termHitsSchema),
    async handle({ parts, query }) {
      const vocabulary = await loadVocabulary(parts.store);
      const facet = query.field !== undefined && isFacetName(query.field) ? { facet: query.field } : {};
      const hits = vocabulary.search(query.text, { ...facet, limit: query.limit });
      return {
        hits: hits.map(({ term, matched }) => ({
          curie: term.curie,
          label: term.label,
          name: matched === term.label ? null : matched,
          source: term.source,
          path: termPath(vocabulary, term.curie, facet.facet),
        })),
      };
    },
  }),
  route({
    method: "POST",
    url: "/terms",
    summary: "Add a term of the lab below a known one",
    policy: "edit",
    body: addTermSchema,
    answer: json(termSchema),
    errors: ["metadata.invalid"],
    handle: async ({ parts, agent, body }) => writable(await addLocalTerm(parts.store, agent, body)),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/words",
    summary: "Words of a project's metadata that stand for no term",
    policy: "look",
    on: "project",
    answer: json(wordsSchema),
    handle: async ({ parts, object }) => writable({ words: await wordsWithoutTerm(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/words",
    summary: "Say which term a word stands for, for all images of the project",
    policy: "edit",
    on: "project",
    body: chooseTermSchema,
    answer: empty,
    errors: ["metadata.invalid"],
    async handle({ parts, agent, object, body }) {
      await chooseTerm(parts.store, agent, { projectId: object.id, ...body });
      return undefined;
    },
  }),
];

export const catalogueRoutes = [...reading, ...bulk, ...saved, ...terms];

/** Schemas describe plain lists; the store's are readonly. The same value, seen as what it is on the wire. */
type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;
const writable = <T>(value: T): Writable<T> => value as Writable<T>;
