/** The catalogue of a project's images: facets, terms, charts, saved queries, edits of many images, the trash. */

import { z } from "zod";
import { imageFacetNames } from "#core/ontology/index.ts";
import {
  agentSchema,
  idSchema,
  mppSchema,
  nameSchema,
  pageQuerySchema,
  querySchema,
  timeSchema,
} from "./primitives.ts";

const countSchema = z.number().int();

/** CURIEs are short; Cellosaurus and local ones are the longest. */
export const curieSchema = z.string().min(3).max(100);
const fieldSchema = z.string().min(1).max(64);
const wordSchema = z.string().max(2000);

export const imageFilterQuerySchema = z.object({
  /** Metadata query such as `organ under lung and cells>20`. */
  q: querySchema.optional(),
  /** Free text over name and metadata values. */
  search: z.string().max(200).optional(),
});

export const imageOrderSchema = z.enum(["imported", "name", "cells", "mpp"]);

export const wordCountSchema = z.object({
  word: z.string(),
  curie: z.string().nullable(),
  /** Whether the word stands for a term: known, chosen by a person, ambiguous, unknown; plain: it need not. */
  state: z.enum(["new", "known", "chosen", "ambiguous", "unknown", "plain"]),
  images: countSchema,
  cells: countSchema,
});

export const termNodeSchema = z.object({
  curie: z.string(),
  label: z.string(),
  /** Node it hangs below; null at the top. Parents come first. */
  parent: z.string().nullable(),
  /** Images and cells of the term and everything below it. */
  images: countSchema,
  cells: countSchema,
  ownImages: countSchema,
});

export const catalogueFacetSchema = z.object({
  field: z.string(),
  terms: z.array(termNodeSchema),
  /** Words that stand for no term, most images first. */
  words: z.array(wordCountSchema),
  moreWords: countSchema,
});

export const catalogueFacetsSchema = z.object({
  images: countSchema,
  cells: countSchema,
  facets: z.array(catalogueFacetSchema),
});

/** Fields that are no facets; null when the selection is too large to read. */
export const otherFacetsSchema = z.object({ facets: z.array(catalogueFacetSchema).nullable() });

export const facetFieldSchema = z.enum(["kind", ...imageFacetNames, "status"]);

export const statisticsQuerySchema = imageFilterQuerySchema.extend({
  rows: facetFieldSchema.default("organ"),
  columns: facetFieldSchema.default("platform"),
});

const facetKeySchema = z.object({ key: z.string(), label: z.string() });
const binSchema = z.object({
  low: z.number().nullable(),
  high: z.number().nullable(),
  images: countSchema,
  cells: countSchema,
});

export const imageStatisticsSchema = z.object({
  images: countSchema,
  cells: countSchema,
  cross: z.object({
    rows: z.array(facetKeySchema),
    columns: z.array(facetKeySchema),
    cells: z.array(
      z.object({ row: countSchema, column: countSchema, images: countSchema, cells: countSchema }),
    ),
  }),
  cellsPerImage: z.array(binSchema),
  /** µm per pixel. */
  pixelSize: z.array(binSchema),
  imported: z.array(z.object({ month: z.string(), images: countSchema, cells: countSchema })),
  /** Longer side of a cell's bounding box in µm, per compartment; null when the selection has too many cells to read. */
  cellLength: z.array(z.object({ compartment: z.string(), bins: z.array(binSchema) })).nullable(),
});

/** Images by id, or by query and search; no ids mean the query. */
const targetShape = {
  q: querySchema.default(""),
  search: z.string().max(200).default(""),
  /** One request names at most this many; a wider choice is a query. */
  imageIds: z.array(idSchema).max(10_000).optional(),
};

export const bulkChangesSchema = z.object({
  /** Text by field; null clears. */
  metadata: z.record(fieldSchema, z.string().max(2000).nullable()).optional(),
  /** Training bucket by field; null clears. */
  buckets: z.record(fieldSchema, z.string().max(100).nullable()).optional(),
  group: z.string().trim().min(1).max(200).optional(),
  mpp: mppSchema.optional(),
});

export const bulkEditRequestSchema = z.object({ ...targetShape, changes: bulkChangesSchema });
export const bulkTrashRequestSchema = z.object(targetShape);
export const restoreRequestSchema = z.object({ imageIds: z.array(idSchema).min(1).max(10_000) });

export const bulkPreviewSchema = z.object({
  images: countSchema,
  /** Images whose values differ from those of the edit. */
  changing: countSchema,
  present: z.array(
    z.object({
      field: z.string(),
      values: z.array(z.object({ value: z.string(), images: countSchema })),
      moreValues: countSchema,
    }),
  ),
});

export const bulkEditSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  kind: z.enum(["set", "trash", "restore"]),
  query: z.string(),
  changes: bulkChangesSchema,
  imageCount: countSchema,
  agent: agentSchema,
  createdAt: timeSchema,
  undoneAt: timeSchema.nullable(),
});
export const bulkEditListSchema = z.object({ edits: z.array(bulkEditSchema) });

export const bulkUndoSchema = z.object({
  undone: countSchema,
  /** Images changed since and left alone; the first hundred. */
  kept: z.array(z.object({ id: idSchema, name: z.string() })),
  keptCount: countSchema,
});

export const trashQuerySchema = pageQuerySchema;
export const trashSchema = z.object({
  items: z.array(
    z.object({
      id: idSchema,
      name: z.string(),
      height: countSchema,
      width: countSchema,
      cellCount: countSchema,
      trashedAt: timeSchema,
    }),
  ),
  nextCursor: z.string().nullable(),
  total: countSchema,
});
export const restoredSchema = z.object({ restored: z.array(idSchema) });

export const saveQuerySchema = z.object({
  name: nameSchema,
  query: querySchema,
  search: z.string().max(200).default(""),
});
export const savedQuerySchema = z.object({
  id: idSchema,
  projectId: idSchema,
  name: z.string(),
  query: z.string(),
  search: z.string(),
  owner: agentSchema,
  createdAt: timeSchema,
});
export const savedQueryListSchema = z.object({ queries: z.array(savedQuerySchema) });

const termParentSchema = z.object({ curie: curieSchema, relation: z.enum(["isA", "partOf"]) });

export const termSchema = z.object({
  curie: z.string(),
  label: z.string(),
  source: z.string(),
  release: z.string(),
  synonyms: z.array(z.string()),
  parents: z.array(termParentSchema),
});

export const termSearchQuerySchema = z.object({
  text: z.string().max(200),
  field: fieldSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(12),
});
export const termHitsSchema = z.object({
  hits: z.array(
    z.object({
      curie: z.string(),
      label: z.string(),
      /** Name that the text met, when it is not the label. */
      name: z.string().nullable(),
      source: z.string(),
      /** Labels above it, the widest first. */
      path: z.array(z.string()),
    }),
  ),
});

export const addTermSchema = z.object({
  curie: curieSchema,
  label: nameSchema,
  parents: z.array(termParentSchema).min(1).max(10),
  synonyms: z.array(nameSchema).max(50).default([]),
});

/** Words of a project that stand for no term. */
export const wordsSchema = z.object({
  words: z.array(
    z.object({
      field: z.string(),
      word: z.string(),
      images: countSchema,
      state: z.enum(["ambiguous", "unknown"]),
      candidates: z.array(z.object({ curie: z.string(), label: z.string() })),
    }),
  ),
});
export const chooseTermSchema = z.object({
  field: fieldSchema,
  word: wordSchema.min(1),
  /** Null takes a choice back. */
  curie: curieSchema.nullable(),
});

export type CatalogueFacet = z.infer<typeof catalogueFacetSchema>;
export type CatalogueFacets = z.infer<typeof catalogueFacetsSchema>;
export type TermNode = z.infer<typeof termNodeSchema>;
export type WordCount = z.infer<typeof wordCountSchema>;
export type ImageOrder = z.infer<typeof imageOrderSchema>;
export type FacetField = z.infer<typeof facetFieldSchema>;
export type ImageStatistics = z.infer<typeof imageStatisticsSchema>;
export type Bin = z.infer<typeof binSchema>;
export type BulkChanges = z.infer<typeof bulkChangesSchema>;
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;
export type BulkEdit = z.infer<typeof bulkEditSchema>;
export type BulkUndo = z.infer<typeof bulkUndoSchema>;
export type Trash = z.infer<typeof trashSchema>;
export type SavedQuery = z.infer<typeof savedQuerySchema>;
export type TermHits = z.infer<typeof termHitsSchema>;
export type WordsWithoutTerm = z.infer<typeof wordsSchema>;
