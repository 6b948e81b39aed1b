/** A layer as it was after an edit of its log, and the edits of one cell. */

import { z } from "zod";
import { editKindSchema, wireShapeSchema } from "./labels.ts";
import { agentSchema, idSchema, timeSchema } from "./primitives.ts";

export const pastQuerySchema = z.object({
  /** Number of the edit after which it was so; 0 is before the first. */
  seq: z.coerce.number().int().min(0),
});

export const pastLayerSchema = z.object({
  layerId: idSchema,
  seq: z.number().int(),
  height: z.number().int(),
  width: z.number().int(),
  objects: z.array(z.object({ uid: idSchema, label: z.number().int().min(1), shape: wireShapeSchema })),
});

export const cellEditQuerySchema = z.object({ uid: idSchema });

export const cellEditsSchema = z.object({
  /** Newest first. */
  edits: z.array(
    z.object({
      seq: z.number().int(),
      operationId: idSchema,
      kind: editKindSchema,
      tool: z.string(),
      agent: agentSchema,
      at: timeSchema,
      /** The cell was not there before. */
      born: z.boolean(),
    }),
  ),
});

export type PastLayerWire = z.infer<typeof pastLayerSchema>;
export type CellEditWire = z.infer<typeof cellEditsSchema>["edits"][number];
