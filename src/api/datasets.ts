/** Datasets: a query over accepted labels, frozen into immutable versions with a sticky group split. */

import { z } from "zod";
import { type LeakRule, leakRules } from "#core/leaks/index.ts";
import { coverageSchema } from "./coverage.ts";
import { checkGateSchema } from "./findings.ts";
import {
  agentSchema,
  compartmentSchema,
  digestSchema,
  idSchema,
  mppSchema,
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

/** Numbers per role. */
const perRoleSchema = z.object({ train: z.number(), validation: z.number(), test: z.number() });

/** Images and cells of one value of a metadata field, by role. */
export const stratumCountsSchema = z.object({
  field: z.string(),
  value: z.string(),
  images: perRoleSchema,
  cells: perRoleSchema,
});

const licenceTermsSchema = z.object({
  known: z.boolean(),
  redistribute: z.boolean(),
  commercial: z.boolean(),
  derivative: z.boolean(),
  attribution: z.boolean(),
  shareAlike: z.boolean(),
});

/** Licence of the whole set, at least as strict as the strictest member's. */
export const licenceReportSchema = z.object({
  expression: z.string(),
  terms: licenceTermsSchema,
  sentences: z.array(z.string()),
  /** Licences that cannot be kept at once. */
  conflicts: z.array(z.string()),
  attributions: z.array(
    z.object({
      title: z.string(),
      licence: z.string(),
      url: z.string(),
      citation: z.string(),
      images: z.number().int(),
    }),
  ),
});

const leakRuleSchema = z.enum(Object.keys(leakRules) as [LeakRule, ...LeakRule[]]);

export const leakFindingSchema = z.object({
  rule: leakRuleSchema,
  severity: z.enum(["error", "warning"]),
  key: z.string(),
  /** The first two are what to look at side by side. */
  items: z.array(z.object({ imageId: idSchema, name: z.string(), group: z.string(), role: splitRoleSchema })),
  count: z.number().int(),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  text: z.string(),
  /** Why it was accepted, or null. */
  waiver: z.string().nullable(),
});

export const leakWaiverSchema = z.object({
  rule: leakRuleSchema,
  /** One finding; null: every finding of the rule. */
  key: z.string().max(2000).nullable(),
  reason: z.string().trim().min(1).max(500),
});

export const datasetAuditSchema = z.object({
  findings: z.array(leakFindingSchema),
  counts: z.record(z.string(), z.number().int()),
  blocking: z.number().int(),
  waivers: z.array(leakWaiverSchema),
  notes: z.array(z.string()),
});

export const roleChangeSchema = z.object({
  group: z.string().min(1).max(1000),
  role: splitRoleSchema,
  reason: z.string().trim().min(1).max(500),
});

export const splitOptionsSchema = z.object({
  seed: z.number().int().min(0).max(0xffffffff),
  validation: z.number().min(0).max(0.9),
  test: z.number().min(0).max(0.9),
  stratify: z.array(z.string().max(64)).max(8),
  /** Also images that somebody corrected but nobody accepted: they only train, on their corrected cells. */
  corrected: z.boolean().optional(),
});

/** Findings and groups a person decides on by hand; a longer list is a script's, which uses the command line. */
const decisionsMax = 200;

export const previewDatasetSchema = z.object({
  name: slugSchema.optional(),
  query: querySchema.default(""),
  seed: splitOptionsSchema.shape.seed.default(0),
  split: splitOptionsSchema.omit({ seed: true }).partial().optional(),
  waivers: z.array(leakWaiverSchema).max(decisionsMax).default([]),
  roleChanges: z.array(roleChangeSchema).max(decisionsMax).default([]),
});

export const datasetChangesSchema = z.object({
  imagesAdded: z.number().int(),
  imagesRemoved: z.number().int(),
  /** Images whose labels differ from the parent version's. */
  imagesRelabelled: z.number().int(),
  imagesMoved: z.number().int(),
  imagesRedescribed: z.number().int(),
  cellsAdded: z.number().int(),
  cellsRemoved: z.number().int(),
  cellsReshaped: z.number().int(),
  cellsSplit: z.number().int(),
  cellsMerged: z.number().int(),
  cellsReclassified: z.number().int(),
});

const hiddenCountsSchema = z.object({
  pixels: z.number().int(),
  /** Cells that lack pixels, covered ones included. */
  cells: z.number().int(),
  /** Cells without a pixel to be seen; they count among the cells all the same. */
  covered: z.number().int(),
});

/** What label images hide of cells that overlap, over all items; the first of them one by one. */
export const datasetHiddenSchema = hiddenCountsSchema.extend({
  items: z.array(hiddenCountsSchema.extend({ imageId: idSchema, name: z.string(), compartment: z.string() })),
  /** The same for people; empty when nothing is hidden. */
  notes: z.array(z.string()),
});

export const datasetPreviewSchema = z.object({
  images: z.number().int(),
  cells: z.number().int(),
  split: splitTableSchema,
  strata: z.array(stratumCountsSchema),
  /** Images that the query selects but that cannot be frozen, by reason ("labels not accepted": 12). */
  excluded: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  licence: z.string(),
  licenceReport: licenceReportSchema,
  audit: datasetAuditSchema,
  checks: checkGateSchema,
  hidden: datasetHiddenSchema,
  options: splitOptionsSchema,
  parent: z.object({ id: idSchema, version: semverSchema, query: z.string() }).nullable(),
  changes: datasetChangesSchema.nullable(),
  /** The version this freeze would get, and why. */
  nextVersion: semverSchema,
  step: z.enum(["first", "same", "patch", "minor", "major"]),
  why: z.string(),
});

export const freezeDatasetSchema = previewDatasetSchema.extend({
  name: slugSchema,
  message: z.string().max(500).default(""),
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
  itemCount: z.number().int(),
  changes: datasetChangesSchema.nullable(),
  agent: agentSchema,
  createdAt: timeSchema,
});

export const datasetVersionDetailSchema = datasetVersionSchema.extend({
  parentId: idSchema.nullable(),
  options: splitOptionsSchema,
  licenceReport: licenceReportSchema,
  strata: z.array(stratumCountsSchema),
  audit: datasetAuditSchema,
  roleChanges: z.array(roleChangeSchema),
  /** Null in versions from before it was counted. */
  hidden: datasetHiddenSchema.nullable(),
});

export const datasetItemSchema = z.object({
  position: z.number().int(),
  imageId: idSchema,
  name: z.string(),
  arrayDigest: digestSchema,
  layerRevisionId: idSchema,
  layerRoot: digestSchema,
  group: z.string(),
  role: splitRoleSchema,
  cellCount: z.number().int(),
  mpp: mppSchema.nullable(),
  strata: z.record(z.string(), z.string()),
  /** CURIEs that the words stood for, by field; `stain` may have several. */
  terms: z.record(z.string(), z.array(z.string())),
  /** Of coverage "region": where everything is labelled, by digest. */
  regionDigest: digestSchema.nullable(),
  /** Labels of further compartments of the image. */
  moreLayers: z.array(
    z.object({
      compartment: compartmentSchema,
      layerRevisionId: idSchema,
      layerRoot: digestSchema,
      /** Absent when everything is labelled. */
      coverage: coverageSchema.optional(),
      regionDigest: digestSchema.optional(),
    }),
  ),
});
export const datasetItemQuerySchema = z.object({
  /** Position after which the page begins. */
  after: z.coerce.number().int().min(-1).max(0x7fffffff).default(-1),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  role: splitRoleSchema.optional(),
});
export const datasetItemPageSchema = z.object({
  items: z.array(datasetItemSchema),
  nextAfter: z.number().int().nullable(),
});

const objectVerbsSchema = z.object({
  added: z.number().int(),
  removed: z.number().int(),
  reshaped: z.number().int(),
  split: z.number().int(),
  merged: z.number().int(),
  reclassified: z.number().int(),
});
export const datasetImageChangesSchema = z.object({
  changes: z.array(
    z.object({
      imageId: idSchema,
      name: z.string(),
      kind: z.enum(["removed", "relabelled", "moved", "redescribed"]),
      verbs: objectVerbsSchema.nullable(),
    }),
  ),
});

/** The card: sections of plain lines, and the same as Markdown. */
export const datasetCardSchema = z.object({
  title: z.string(),
  sections: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
  markdown: z.string(),
});

export const auditDatasetSchema = z.object({ baseModelVersionId: idSchema.optional() });

export const datasetSchema = z.object({
  id: idSchema,
  name: slugSchema,
  versions: z.array(datasetVersionSchema),
});
export const datasetListSchema = z.object({ datasets: z.array(datasetSchema) });

export type SplitTable = z.infer<typeof splitTableSchema>;
export type StratumCounts = z.infer<typeof stratumCountsSchema>;
export type DatasetHidden = z.infer<typeof datasetHiddenSchema>;
export type LicenceReport = z.infer<typeof licenceReportSchema>;
export type LeakFinding = z.infer<typeof leakFindingSchema>;
export type LeakWaiver = z.infer<typeof leakWaiverSchema>;
export type DatasetAudit = z.infer<typeof datasetAuditSchema>;
export type DatasetPreview = z.infer<typeof datasetPreviewSchema>;
export type DatasetChanges = z.infer<typeof datasetChangesSchema>;
export type DatasetVersion = z.infer<typeof datasetVersionSchema>;
export type DatasetItem = z.infer<typeof datasetItemSchema>;
export type DatasetItemPage = z.infer<typeof datasetItemPageSchema>;
export type DatasetImageChanges = z.infer<typeof datasetImageChangesSchema>;
export type DatasetCard = z.infer<typeof datasetCardSchema>;
export type DatasetVersionDetail = z.infer<typeof datasetVersionDetailSchema>;
export type Dataset = z.infer<typeof datasetSchema>;
