/** Looks of channels under a name, kept with a project. */

import { z } from "zod";
import { idSchema } from "./primitives.ts";

/** More channels than any microscope gives; a palette of them is still a few kB. */
const channelsMax = 64;
/** Longer names do not fit beside their colours. */
export const paletteNameMax = 60;
const byte = z.number().int().min(0).max(255);

const paletteChannelSchema = z.object({
  name: z.string().max(200),
  visible: z.boolean(),
  colour: z.tuple([byte, byte, byte]),
  limits: z.tuple([z.number(), z.number()]),
  gamma: z.number().positive().max(100),
  inverted: z.boolean(),
});

export const savePaletteSchema = z.object({
  name: z.string().trim().min(1).max(paletteNameMax),
  channels: z.array(paletteChannelSchema).min(1).max(channelsMax),
});
export const paletteSchema = savePaletteSchema.extend({ id: idSchema, projectId: idSchema });
export const paletteListSchema = z.object({ palettes: z.array(paletteSchema) });

export type SavedPalette = z.infer<typeof paletteSchema>;
