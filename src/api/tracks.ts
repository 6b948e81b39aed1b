/** Tracking of the cells of a layer over time. */

import { z } from "zod";

/** A cell that is gone for longer is another one to any eye. */
const gapFramesMax = 10;

export const trackLayerSchema = z.object({
  /** `name@1.0.0`, `name` for its released version, an id; `plain`: without learning. Default: the one that ships. */
  linker: z.string().min(1).max(200).optional(),
  solver: z.enum(["exact", "assignment", "greedy"]).default("exact"),
  gapFrames: z.number().int().min(0).max(gapFramesMax).default(2),
});

export type TrackLayer = z.input<typeof trackLayerSchema>;
