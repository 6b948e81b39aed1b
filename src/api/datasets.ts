/** Datasets: a query over accepted labels, frozen into immutable versions with a sticky group split. */

import { z } from "zod";
import {
  agentSchema,
  digestSchema,
  idSchema,
  querySchema,
  semverSchema,
  slugSchema,
  splitRoleSchema,
  timeSchema,
} from "./primitives.ts";

export const splitCountsSchema = z.object({
  images: z.number().int(),
  cells: z.number().int(),
  groups: z.number().int(),
});
export const splitTableSchema = z.object({
  train: splitCountsSchema,
  validation: splitCountsSchema,
  test: splitCountsSchema,
});

export const previewDatasetSchema = z.object({ name: slugSchema.optional(), query: querySchema.default("") });
export const datasetPreviewSchema = z.object({
  images: z.number().int(),
  cells: z.number().int(),
  split: splitTableSchema,
  /** Images that the query selects but that cannot be frozen, by reason ("labels not accepted": 12). */
  excluded: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  licence: z.string(),
  /** Findings that block freezing, in words. */
  leaks: z.array(z.string()),
  /** The version this freeze would get, and why. */
  nextVersion: semverSchema,
});

export const freezeDatasetSchema = z.object({
  name: slugSchema,
  query: querySchema.default(""),
  message: z.string().max(500).default(""),
  seed: z.number().int().min(0).max(0xffffffff).default(0),
});

export const datasetChangesSchema = z.object({
  imagesAdded: z.number().int(),
  imagesRemoved: z.number().int(),
  /** Images whose labels differ from the parent version's. */
  imagesRelabelled: z.number().int(),
  cellsAdded: z.number().int(),
  cellsRemoved: z.number().int(),
  cellsReshaped: z.number().int(),
});

export const datasetVersionSchema = z.object({
  id: idSchema,
  datasetId: idSchema,
  projectId: idSchema,
  name: slugSchema,
  version: semverSchema,
  /** One digest over query, items, labels and split. */
  digest: digestSchema,
  query: z.string(),
  message: z.string(),
  licence: z.string(),
  split: splitTableSchema,
  splitDigest: digestSchema,
  changes: datasetChangesSchema.nullable(),
  agent: agentSchema,
  createdAt: timeSchema,
});

export const datasetItemSchema = z.object({
  imageId: idSchema,
  name: z.string(),
  arrayDigest: digestSchema,
  layerRevisionId: idSchema,
  layerRoot: digestSchema,
  group: z.string(),
  role: splitRoleSchema,
  cellCount: z.number().int(),
});
export const datasetVersionDetailSchema = datasetVersionSchema.extend({ items: z.array(datasetItemSchema) });

export const datasetSchema = z.object({
  id: idSchema,
  name: slugSchema,
  versions: z.array(datasetVersionSchema),
});
export const datasetListSchema = z.object({ datasets: z.array(datasetSchema) });

export type SplitTable = z.infer<typeof splitTableSchema>;
export type DatasetPreview = z.infer<typeof datasetPreviewSchema>;
export type DatasetChanges = z.infer<typeof datasetChangesSchema>;
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;
export type DatasetItem = z.infer<typeof datasetItemSchema>;
export type DatasetVersionDetail = z.infer<typeof datasetVersionDetailSchema>;
export type Dataset = z.infer<typeof datasetSchema>;
