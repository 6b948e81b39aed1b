/**
 * Objects of a layer, edits and revisions on the wire.
 *
 * The shape of an object travels as its bounding box and packed bits in base64; `before` of a change travels whole,
 * so that a client needs no hashing to say what it believed the object to be.
 */

import { z } from "zod";
import { typeOrigins, typesPerCellMax } from "#core/cell-types/index.ts";
import { editKinds, eventKinds, eventSides, originKinds } from "#core/edits/index.ts";
import { spotKindLengthMax } from "#core/spots/index.ts";
import { agentSchema, digestSchema, idSchema, timeSchema, wireErrorSchema } from "./primitives.ts";

/** 2^15 pixels a side is the largest single object a person could have drawn; larger ones are a mistake. */
const coordinate = z
  .number()
  .int()
  .min(0)
  .max(1 << 20);

export const wireShapeSchema = z.object({
  t: z.number().int().min(0).max(1_000_000),
  z: z.number().int().min(0).max(1_000_000),
  bbox: z.tuple([coordinate, coordinate, coordinate, coordinate]),
  /** Packed bits, row-major over the box, most significant bit first, in base64. 16 MiB covers a 10,000² object. */
  bits: z.base64().max(24_000_000),
});

/** The object one goes on from: the same cell in an earlier frame (link), or its parent (division). */
export const wireOriginSchema = z.object({
  uid: idSchema,
  kind: z.enum(originKinds),
  /** Calibrated chance that it is right; 1 when a person said so, absent when nobody did. */
  confidence: z.number().min(0).max(1).optional(),
});

/** What is marked at an object beside its origin. */
export const wireEventSchema = z.object({
  kind: z.enum(eventKinds),
  /** Of a fusion: what the cell became part of. */
  into: idSchema.optional(),
});

/** What a cell is: terms with how each came to it; sorted by term, never empty. `unknown` alone: looked at, not told. */
export const wireTypesSchema = z
  .array(z.object({ term: z.string().max(100), by: z.enum(typeOrigins) }))
  .min(1)
  .max(typesPerCellMax);

/** A point that stands for a molecule. `cell` is set by hand: a uid, or "" for none. */
export const wireSpotSchema = z.object({
  t: z.number().int().min(0).max(1_000_000),
  z: z.number().int().min(0).max(1_000_000),
  y: z.number(),
  x: z.number(),
  kind: z.string().max(spotKindLengthMax),
  score: z.number().nullable(),
  cell: z.string().max(64).nullable(),
});

export const wireObjectSchema = z.object({
  uid: idSchema,
  /** Pixel value in every rendering of this layer; never changes for a uid. */
  label: z.number().int().min(1),
  digest: digestSchema,
  shape: wireShapeSchema,
  /** Who made the present shape, and by what operation. */
  agent: agentSchema,
  kind: z.string(),
  /** Calibrated confidence of a proposal, 0..1; null when a person made it. */
  confidence: z.number().min(0).max(1).nullable(),
  /** Of a proposal that no person has changed or accepted; later ones may replace it. */
  untouched: z.literal(true).optional(),
  /** Absent where nothing is known. The origin itself may be deleted by now. */
  origin: wireOriginSchema.optional(),
  /** Absent where nothing is marked. */
  events: z.object({ start: wireEventSchema.optional(), end: wireEventSchema.optional() }).optional(),
  /** Absent where nobody looked. */
  types: wireTypesSchema.optional(),
});

export const layerObjectsSchema = z.object({
  layerId: idSchema,
  seq: z.number().int(),
  height: z.number().int(),
  width: z.number().int(),
  objects: z.array(wireObjectSchema),
  /** Absent where the layer has none. */
  spots: z.array(wireSpotSchema.extend({ uid: idSchema })).optional(),
});

/** The objects a revision was made of: shapes only, as they were then. */
export const revisionObjectsSchema = z.object({
  revisionId: idSchema,
  objects: z.array(wireObjectSchema.pick({ uid: true, label: true, digest: true, shape: true })),
});

export const editKindSchema = z.enum(editKinds);

export const wireChangeSchema = z.object({
  uid: idSchema,
  before: wireShapeSchema.nullable(),
  after: wireShapeSchema.nullable(),
});

export const wireOriginChangeSchema = z.object({
  uid: idSchema,
  before: wireOriginSchema.nullable(),
  after: wireOriginSchema.nullable(),
});

export const wireEventChangeSchema = z.object({
  uid: idSchema,
  side: z.enum(eventSides),
  before: wireEventSchema.nullable(),
  after: wireEventSchema.nullable(),
});

export const wireTypesChangeSchema = z.object({
  uid: idSchema,
  before: wireTypesSchema.nullable(),
  after: wireTypesSchema.nullable(),
});

export const wireSpotChangeSchema = z.object({
  uid: idSchema,
  before: wireSpotSchema.nullable(),
  after: wireSpotSchema.nullable(),
});

export const wireEditSchema = z.object({
  operationId: idSchema,
  kind: editKindSchema,
  tool: z.string().max(64),
  /** Empty only in an edit of origins, acceptances, types or spots. */
  changes: z.array(wireChangeSchema).max(10_000),
  msSpent: z.number().int().min(0).max(86_400_000),
  /** The operation that this one takes back (kind undo) or brings back (kind redo). */
  undoes: idSchema.optional(),
  /** Changes of which object goes on from which, checked by the laws of lineages. */
  origins: z.array(wireOriginChangeSchema).max(10_000).optional(),
  /** Changes of what is marked about cells: entry, exit, death, fusion. */
  events: z.array(wireEventChangeSchema).max(10_000).optional(),
  /** Proposed cells that a person found right, or (taken back) no longer so. */
  accepts: z
    .array(z.object({ uid: idSchema, accepted: z.boolean() }))
    .max(10_000)
    .optional(),
  /** Changes of what cells are. */
  types: z.array(wireTypesChangeSchema).max(10_000).optional(),
  /** Spots that came, went, moved or were assigned by hand. */
  spots: z.array(wireSpotChangeSchema).max(10_000).optional(),
});

/** One request carries at most 100 edits: a client that was offline sends several requests. */
export const postEditsSchema = z.object({ edits: z.array(wireEditSchema).min(1).max(100) });

export const editResultSchema = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("saved"),
    operationId: idSchema,
    seq: z.number().int(),
    /** Labels given to objects born in this edit. */
    labels: z.record(z.string(), z.number().int()),
  }),
  z.object({ state: z.literal("refused"), operationId: idSchema, error: wireErrorSchema }),
]);
export const postEditsResultSchema = z.object({ results: z.array(editResultSchema) });

export const loggedEditSchema = wireEditSchema.extend({
  // A model's proposal for a large image is one edit; the limit for edits sent by a client does not bind it.
  changes: z.array(wireChangeSchema),
  seq: z.number().int(),
  /** Labels of objects born in the edit, or brought back by it. */
  labels: z.record(z.string(), z.number().int()).optional(),
  agent: agentSchema,
  at: timeSchema,
  /** Cells that came with an import, where they were asked to be counted only; `changes` is then empty. */
  born: z.number().int().optional(),
});
export const editLogSchema = z.object({
  edits: z.array(loggedEditSchema),
  nextAfter: z.number().int().nullable(),
});

export const editLogQuerySchema = z.object({
  /** Only edits with a larger sequence number. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  /** Cells that came with an import: every one with its shape, or only how many. */
  births: z.enum(["whole", "counted"]).default("whole"),
});

export const layerRevisionSchema = z.object({
  id: idSchema,
  layerId: idSchema,
  /** 1, 2, 3 … within the layer. */
  number: z.number().int(),
  parentId: idSchema.nullable(),
  /** Head of the branch that a merge took in. */
  secondParentId: idSchema.nullable(),
  /** Merkle root over (object uid, object digest) in tiles. */
  root: digestSchema,
  objectCount: z.number().int(),
  message: z.string(),
  agent: agentSchema,
  createdAt: timeSchema,
  accepted: z.boolean(),
  /** Objects added, removed and changed against the parent. */
  changes: z.object({ added: z.number().int(), removed: z.number().int(), reshaped: z.number().int() }),
});
export const layerRevisionsSchema = z.object({ revisions: z.array(layerRevisionSchema) });
export const commitSchema = z.object({ message: z.string().max(500).default("") });

export type WireSpot = NonNullable<LayerObjects["spots"]>[number];
export type WireShape = z.infer<typeof wireShapeSchema>;
export type WireObject = z.infer<typeof wireObjectSchema>;
export type LayerObjects = z.infer<typeof layerObjectsSchema>;
export type RevisionObjects = z.infer<typeof revisionObjectsSchema>;
export type WireEdit = z.infer<typeof wireEditSchema>;
export type EditResult = z.infer<typeof editResultSchema>;
export type PostEditsResult = z.infer<typeof postEditsResultSchema>;
export type LoggedEdit = z.infer<typeof loggedEditSchema>;
export type EditLog = z.infer<typeof editLogSchema>;
export type LayerRevision = z.infer<typeof layerRevisionSchema>;
