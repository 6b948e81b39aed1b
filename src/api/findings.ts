/** Findings of the checks on the wire: counts by rule, the queue, mending with a preview, waivers. */

import { z } from "zod";
import { type CheckRuleName, checkRuleNames, type Fix } from "#core/checks/index.ts";
import { agentSchema, compartmentSchema, idSchema, timeSchema } from "./primitives.ts";

export const checkRuleNameSchema = z.enum(checkRuleNames as [CheckRuleName, ...CheckRuleName[]]);
export const findingStatusSchema = z.enum(["open", "fixed", "waived"]);
const severitySchema = z.enum(["error", "warning", "info"]);
const fixes = [
  "fillHoles",
  "deleteFragments",
  "separatePieces",
  "takeSharedPixels",
  "dropDuplicate",
] as const satisfies readonly Fix[];
const fixSchema = z.enum(fixes);

export const findingSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  imageId: idSchema,
  imageName: z.string(),
  height: z.number().int(),
  width: z.number().int(),
  layerId: idSchema.nullable(),
  compartment: compartmentSchema.nullable(),
  rule: checkRuleNameSchema,
  severity: severitySchema,
  uids: z.array(z.string()),
  value: z.number(),
  detail: z.string(),
  channel: z.number().int().nullable(),
  t: z.number().int(),
  z: z.number().int(),
  /** y0, x0, y1, x1, half-open. */
  box: z.array(z.number().int()).nullable(),
  status: findingStatusSchema,
  foundAt: timeSchema,
  endedAt: timeSchema.nullable(),
  waivedBy: agentSchema.nullable(),
  waivedWhy: z.string().nullable(),
});

export const findingListSchema = z.object({
  items: z.array(findingSchema),
  nextCursor: z.string().nullable(),
});

/** Which images: a metadata query; default all. */
const imagesQuery = { q: z.string().max(2000).optional(), imageId: idSchema.optional() };

export const findingListQuerySchema = z.object({
  ...imagesQuery,
  status: findingStatusSchema.default("open"),
  rule: checkRuleNameSchema.optional(),
  cursor: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(60),
});
export const findingSummaryQuerySchema = z.object(imagesQuery);

export const findingSummarySchema = z.object({
  rules: z.array(
    z.object({
      rule: checkRuleNameSchema,
      open: z.number().int(),
      fixed: z.number().int(),
      waived: z.number().int(),
      images: z.number().int(),
    }),
  ),
  layers: z.number().int(),
  checkedLayers: z.number().int(),
});

/** Findings that a person chose by hand; all of a rule need no list. */
const chosenMax = 1_000;

export const findingChoiceSchema = z.object({
  rule: checkRuleNameSchema,
  /** Default: all open findings of the rule. */
  findingIds: z.array(idSchema).min(1).max(chosenMax).optional(),
  q: z.string().max(2000).default(""),
});
export const waiveSchema = findingChoiceSchema.extend({ why: z.string().trim().min(1).max(500) });
export const findingIdsSchema = z.object({ findingIds: z.array(idSchema).max(100_000) });

export const mendPreviewSchema = z.object({
  rule: checkRuleNameSchema,
  fix: fixSchema,
  findings: z.number().int(),
  mendable: z.number().int(),
  images: z.number().int(),
  addedPixels: z.number().int(),
  removedPixels: z.number().int(),
  bornObjects: z.number().int(),
  removedObjects: z.number().int(),
  samples: z.array(
    z.object({
      findingId: idSchema,
      imageId: idSchema,
      /** Cells that the fix changes, makes or removes here. */
      cells: z.number().int(),
    }),
  ),
});

export const mendSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  rule: checkRuleNameSchema,
  fix: fixSchema,
  agent: agentSchema,
  createdAt: timeSchema,
  findingCount: z.number().int(),
  layerCount: z.number().int(),
  undoneAt: timeSchema.nullable(),
});
export const mendListSchema = z.object({ mends: z.array(mendSchema) });
export const mendUndoSchema = z.object({ undone: z.number().int(), kept: z.number().int() });

export const startCheckSchema = z.object({
  q: z.string().max(2000).default(""),
  /** Also hold the labels against what this model version sees. */
  modelVersionId: idSchema.optional(),
});

/** Picture of the place of a finding: the cell with its outline. */
export const findingPictureQuerySchema = z.object({
  size: z.coerce.number().int().min(16).max(512).default(192),
  /** The cells as they are, or as the fix of the rule would leave them. */
  view: z.enum(["now", "mended"]).default("now"),
});

/** Errors of labels that stand in the way of a dataset version. */
export const checkGateSchema = z.object({
  errors: z.number().int(),
  waived: z.number().int(),
  unchecked: z.number().int(),
  byRule: z.array(z.object({ rule: checkRuleNameSchema, count: z.number().int() })),
  first: z.array(
    z.object({ rule: checkRuleNameSchema, imageId: idSchema, name: z.string(), detail: z.string() }),
  ),
});

export type FindingWire = z.infer<typeof findingSchema>;
export type FindingListWire = z.infer<typeof findingListSchema>;
export type FindingSummaryWire = z.infer<typeof findingSummarySchema>;
export type MendPreviewWire = z.infer<typeof mendPreviewSchema>;
export type MendWire = z.infer<typeof mendSchema>;
export type MendUndoWire = z.infer<typeof mendUndoSchema>;
export type CheckGateWire = z.infer<typeof checkGateSchema>;
