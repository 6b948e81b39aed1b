/** Versions of labels on the wire: differences in verbs, branches, merges, blame. */

import { z } from "zod";
import { changeVerbs, conflictKinds, resolutions } from "#core/versions/index.ts";
import { layerRevisionSchema, wireShapeSchema } from "./labels.ts";
import { agentSchema, compartmentSchema, idSchema, timeSchema } from "./primitives.ts";

export const versionObjectSchema = z.object({
  uid: z.string(),
  shape: wireShapeSchema,
  cellType: z.string().nullable(),
});

export const objectDifferenceSchema = z.object({
  verb: z.enum(changeVerbs),
  before: z.array(versionObjectSchema),
  after: z.array(versionObjectSchema),
  iou: z.number(),
  addedPixels: z.number().int(),
  removedPixels: z.number().int(),
});

const versionFactsSchema = z.object({
  layerId: idSchema,
  layerName: z.string(),
  imageId: idSchema,
  height: z.number().int(),
  width: z.number().int(),
  /** Null: the layer as it is now. */
  revision: layerRevisionSchema.nullable(),
  objectCount: z.number().int(),
});

const objectLinkSchema = z.object({ from: z.string(), to: z.string(), kind: z.enum(["link", "division"]) });

export const comparisonSchema = z.object({
  before: versionFactsSchema,
  after: versionFactsSchema,
  identity: z.enum(["id", "place"]),
  identical: z.number().int(),
  renumbered: z.number().int(),
  counts: z.record(z.enum(changeVerbs), z.number().int()),
  changes: z.array(objectDifferenceSchema),
  /** Shapes that are the same in both, when asked for and not too many to draw; else null. */
  unchanged: z.array(versionObjectSchema).nullable(),
  links: z.object({
    identical: z.number().int(),
    added: z.array(objectLinkSchema),
    removed: z.array(objectLinkSchema),
    divisions: z.array(
      z.object({ parent: z.string(), before: z.array(z.string()), after: z.array(z.string()) }),
    ),
  }),
});

/** What to compare with the layer in the address: one of its revisions, or another layer. */
export const compareQuerySchema = z.object({
  /** Revision before; default: `fromLayer` as it is now. */
  from: idSchema.optional(),
  fromLayer: idSchema.optional(),
  /** Revision after; default: the layer as it is now. */
  to: idSchema.optional(),
  /** 1: also the shapes that did not change. */
  unchanged: z.coerce.number().int().min(0).max(1).default(0),
});

export const branchSchema = z.object({
  id: idSchema,
  name: z.string(),
  branchOf: idSchema,
  imageId: idSchema,
  compartment: compartmentSchema,
  baseRevisionId: idSchema,
  objectCount: z.number().int(),
  seq: z.number().int(),
  headRevisionId: idSchema.nullable(),
  dirty: z.boolean(),
  agent: agentSchema,
  createdAt: timeSchema,
  closedAt: timeSchema.nullable(),
});
export const branchesSchema = z.object({ branches: z.array(branchSchema) });

const branchName = z.string().min(1).max(60);
export const createBranchSchema = z.object({ name: branchName, revisionId: idSchema.optional() });
export const updateBranchSchema = z.object({ name: branchName.optional(), closed: z.boolean().optional() });

export const mergeConflictSchema = z.object({
  id: z.string(),
  kind: z.enum(conflictKinds),
  base: z.array(versionObjectSchema),
  ours: z.array(versionObjectSchema),
  theirs: z.array(versionObjectSchema),
  sharedPixels: z.number().int(),
  needsPixelRule: z.boolean(),
});

/** Resolutions of one request; more conflicts than this are no merge but a rewriting. */
const resolutionsMax = 10_000;

export const mergeSchema = z.object({
  /** Take the branch into its layer, or what the layer got meanwhile into the branch. */
  into: z.enum(["layer", "branch"]).default("layer"),
  /** False: only try, write nothing. */
  commit: z.boolean().default(false),
  resolutions: z
    .record(z.string().max(100), z.enum(resolutions))
    .refine((all) => Object.keys(all).length <= resolutionsMax, `more than ${resolutionsMax} resolutions`)
    .default({}),
  pixelRule: z.enum(["ours", "theirs"]).optional(),
  message: z.string().max(500).optional(),
  /** Sequence numbers of the try that was looked at. */
  expected: z.object({ ours: z.number().int(), theirs: z.number().int() }).optional(),
});

export const mergeOutcomeSchema = z.object({
  state: z.enum(["merged", "ready", "conflict", "upToDate"]),
  conflicts: z.array(mergeConflictSchema),
  taken: z.object({ ours: z.number().int(), theirs: z.number().int(), alike: z.number().int() }),
  expected: z.object({ ours: z.number().int(), theirs: z.number().int() }),
  baseRevisionId: idSchema,
  revision: layerRevisionSchema.nullable(),
});

export const attentionSchema = z.enum(["drawn", "corrected", "accepted", "imported", "unseen"]);

export const cellBlameSchema = z.object({
  uid: z.string(),
  label: z.number().int(),
  agent: agentSchema,
  kind: z.string(),
  tool: z.string(),
  at: timeSchema,
  origin: z.object({
    how: z.enum(["drawn", "split", "merged", "proposed", "imported"]),
    parents: z.array(z.string()),
    agent: agentSchema,
  }),
  changeCount: z.number().int(),
  msSpent: z.number(),
  attention: attentionSchema,
  branch: z.string().nullable(),
  /** Names of its types; null where nobody looked. */
  types: z.string().nullable(),
  /** Who gave it these types; null when that was someone before the present list. */
  typesBy: agentSchema.nullable(),
});

export const layerBlameSchema = z.object({
  layerId: idSchema,
  revisionId: idSchema.nullable(),
  cells: z.array(cellBlameSchema),
  summary: z.object({
    cells: z.number().int(),
    seen: z.number().int(),
    attention: z.record(attentionSchema, z.number().int()),
    authors: z.array(z.object({ agent: agentSchema, cells: z.number().int() })),
    msSpent: z.number(),
  }),
});
export const blameQuerySchema = z.object({ revision: idSchema.optional() });

export type VersionObjectWire = z.infer<typeof versionObjectSchema>;
export type ObjectDifferenceWire = z.infer<typeof objectDifferenceSchema>;
export type ComparisonWire = z.infer<typeof comparisonSchema>;
export type BranchWire = z.infer<typeof branchSchema>;
export type MergeConflictWire = z.infer<typeof mergeConflictSchema>;
export type MergeOutcomeWire = z.infer<typeof mergeOutcomeSchema>;
export type CellBlameWire = z.infer<typeof cellBlameSchema>;
export type LayerBlameWire = z.infer<typeof layerBlameSchema>;
