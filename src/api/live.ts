/**
 * Several people in one layer: who is there and what they point at, parts of the image that someone holds, and what the
 * live stream of a layer tells.
 */

import { z } from "zod";
import { toldSelectionMax } from "./live-limits.ts";
import { agentSchema, idSchema, timeSchema } from "./primitives.ts";

/** As far as the largest image goes, and half a pixel over the edge. */
const place = z
  .number()
  .min(-1)
  .max(1 << 21);
const planeIndex = z.number().int().min(0).max(1_000_000);

const planeAtSchema = z.object({ t: planeIndex, z: planeIndex });

/** What a page says of its person; nothing of it is stored. */
export const presenceSchema = z.object({
  /** Made by the page when it opens: one person may have two pages. */
  page: idSchema,
  /** Where the pointer is on the image; null when it is elsewhere. */
  at: z.object({ y: place, x: place }).nullable(),
  plane: planeAtSchema,
  selection: z.array(idSchema).max(toldSelectionMax),
  /** Name of the tool in hand. */
  tool: z.string().max(32),
  /** The page is being closed. */
  leaving: z.boolean().default(false),
});

export const presentPersonSchema = presenceSchema.omit({ leaving: true }).extend({
  memberId: idSchema,
  name: z.string(),
});

const coordinate = z
  .number()
  .int()
  .min(0)
  .max(1 << 20);

/** A part of an image that one person has for a while. */
export const regionHoldSchema = z.object({
  id: idSchema,
  layerId: idSchema,
  agent: agentSchema,
  /** [y0, x0, y1, x1), half open. */
  box: z.tuple([coordinate, coordinate, coordinate, coordinate]),
  /** The plane it is in; null: the box in all of them. */
  plane: planeAtSchema.nullable(),
  madeAt: timeSchema,
  /** It ends by itself then, unless it is renewed. */
  expiresAt: timeSchema,
});
export const regionHoldsSchema = z.object({ holds: z.array(regionHoldSchema) });

export const holdRegionSchema = z.object({
  box: z.tuple([coordinate, coordinate, coordinate, coordinate]),
  plane: planeAtSchema.nullable().default(null),
});

/** What the live stream of a layer tells, each whole: the newest of a kind makes the ones before it void. */
export const liveEventSchemas = {
  /** The layer has edits up to this number. */
  edits: z.object({ seq: z.number().int() }),
  people: z.object({ people: z.array(presentPersonSchema) }),
  holds: regionHoldsSchema,
};

export type Presence = z.infer<typeof presenceSchema>;
export type PresentPerson = z.infer<typeof presentPersonSchema>;
export type RegionHold = z.infer<typeof regionHoldSchema>;
