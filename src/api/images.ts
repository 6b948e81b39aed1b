/** Projects, images, and what a page shows of them. */

import { z } from "zod";
import {
  compartmentSchema,
  idSchema,
  mppSchema,
  nameSchema,
  pageQuerySchema,
  querySchema,
  splitRoleSchema,
  timeSchema,
} from "./primitives.ts";

export const projectSchema = z.object({
  id: idSchema,
  name: z.string(),
  createdAt: timeSchema,
  imageCount: z.number().int(),
  acceptedCount: z.number().int(),
  cellCount: z.number().int(),
  /** Up to four images whose thumbnails stand for the project. */
  coverImageIds: z.array(idSchema),
});
export const projectListSchema = z.object({ projects: z.array(projectSchema) });
export const createProjectSchema = z.object({ name: nameSchema });

/** How far the labels of an image are. */
export const imageStatusSchema = z.enum(["unlabelled", "proposed", "corrected", "accepted"]);

/** Free fields as the source gave them; ontology terms are added beside, never instead. */
export const imageMetadataSchema = z.record(z.string().max(64), z.string().max(500));

export const channelSchema = z.object({
  index: z.number().int(),
  name: z.string(),
  role: z.enum(["nuclear", "membrane", "cytoplasm", "phase", "brightfield", "other"]),
});

export const imageSummarySchema = z.object({
  id: idSchema,
  projectId: idSchema,
  name: z.string(),
  height: z.number().int(),
  width: z.number().int(),
  status: imageStatusSchema,
  cellCount: z.number().int(),
  /** Leakage group: images that must stay on one side of a split. */
  group: z.string(),
  split: splitRoleSchema.nullable(),
  metadata: imageMetadataSchema,
  createdAt: timeSchema,
});

export const layerSummarySchema = z.object({
  id: idSchema,
  imageId: idSchema,
  compartment: compartmentSchema,
  /** Empty for the main layer of the compartment. */
  name: z.string(),
  /** Layer that a branch will be merged into. */
  branchOf: idSchema.nullable(),
  kind: z.enum(["instances"]),
  /** Whether its cells may share pixels; said when the layer is made, never changed. */
  overlapAllowed: z.boolean(),
  truth: z.enum(["gold", "silver", "synthetic", "prediction"]),
  coverage: z.enum(["exhaustive", "sparse", "region"]),
  objectCount: z.number().int(),
  /** Sequence number of the newest edit in the layer; 0 when there is none. */
  seq: z.number().int(),
  headRevisionId: idSchema.nullable(),
  /** True when there are edits after the head revision. */
  dirty: z.boolean(),
});

/** A name has to fit into a list beside others. */
export const layerNameMax = 60;

export const ensureLayerSchema = z.object({
  compartment: compartmentSchema,
  /** Default: the main layer of the compartment. */
  name: z.string().trim().max(layerNameMax).optional(),
  /** Default: no, or whichever it is where there is one already. */
  overlapAllowed: z.boolean().optional(),
});

export const imageDetailSchema = imageSummarySchema.extend({
  axes: z.string(),
  shape: z.array(z.number().int()),
  dtype: z.string(),
  channels: z.array(channelSchema),
  mpp: mppSchema.nullable(),
  /** Why `mpp` is null, when it is. */
  mppReason: z.string().nullable(),
  arrayDigest: z.string(),
  source: z.object({ title: z.string(), licence: z.string() }),
  layers: z.array(layerSummarySchema),
  /** Neighbours in the project's order, for "next image". */
  previousId: idSchema.nullable(),
  nextId: idSchema.nullable(),
});

export const updateImageSchema = z.object({
  name: nameSchema.optional(),
  group: z.string().min(1).max(200).optional(),
  mpp: mppSchema.nullable().optional(),
  metadata: imageMetadataSchema.optional(),
  /** One for each channel, in order. */
  channels: z
    .array(channelSchema.omit({ index: true }).extend({ name: z.string().trim().min(1).max(200) }))
    .max(500)
    .optional(),
});

export const imageListQuerySchema = pageQuerySchema.extend({
  /** Metadata query such as `kind=fluorescence and status!=accepted`. */
  q: querySchema.optional(),
  /** Free text over name and metadata values. */
  search: z.string().max(200).optional(),
  order: z.enum(["imported", "name", "cells", "mpp"]).default("imported"),
  /** 1 lists from the other end. */
  descending: z.coerce.number().int().min(0).max(1).default(0),
  /** 0 leaves out the facets, for those who ask for them apart. */
  facets: z.coerce.number().int().min(0).max(1).default(1),
});

export const thumbnailQuerySchema = z.object({
  /** Longest side in pixels; 1024 is more than any grid shows. */
  size: z.coerce.number().int().min(16).max(1024).default(256),
  /** 1 draws the outlines of the labels. */
  labels: z.coerce.number().int().min(0).max(1).default(0),
});

export const facetSchema = z.object({
  field: z.string(),
  values: z.array(z.object({ value: z.string(), count: z.number().int() })),
});

export const imageListSchema = z.object({
  items: z.array(imageSummarySchema),
  nextCursor: z.string().nullable(),
  total: z.number().int(),
  facets: z.array(facetSchema),
});

export type Project = z.infer<typeof projectSchema>;
export type ImageStatus = z.infer<typeof imageStatusSchema>;
export type ImageSummary = z.infer<typeof imageSummarySchema>;
export type ImageDetail = z.infer<typeof imageDetailSchema>;
export type ImageList = z.infer<typeof imageListSchema>;
export type ImageListQuery = z.infer<typeof imageListQuerySchema>;
export type Facet = z.infer<typeof facetSchema>;
export type Channel = z.infer<typeof channelSchema>;
export type LayerSummary = z.infer<typeof layerSummarySchema>;
export type EnsureLayer = z.infer<typeof ensureLayerSchema>;
