/** Tracking of the cells of a layer over time. */

import { z } from "zod";
import { idSchema } from "./primitives.ts";

/** A cell that is gone for longer is another one to any eye. */
const gapFramesMax = 10;

/** More than this is better linked whole. */
const aroundMax = 200;

export const trackLayerSchema = z.object({
  /** `name@1.0.0`, `name` for its released version, an id; `plain`: without learning. Default: the one that ships. */
  linker: z.string().min(1).max(200).optional(),
  solver: z.enum(["exact", "assignment", "greedy"]).default("exact"),
  gapFrames: z.number().int().min(0).max(gapFramesMax).default(2),
  /** Objects of the layer: only what lies around them is linked again, all other tracks stay as they are. */
  around: z.array(idSchema).min(1).max(aroundMax).optional(),
});

/** Movies of one job; more belong into several, so that a list of them stays readable. */
export const trackedMoviesMax = 500;

export const trackMoviesSchema = trackLayerSchema.omit({ around: true }).extend({
  imageIds: z.array(idSchema).min(1).max(trackedMoviesMax),
  /** Finds the cells of each frame first; without it the cells that are there are tracked. */
  modelVersionId: idSchema.optional(),
});

/** What a tracking job of movies says of each that it tracked. */
export const trackedMovieSchema = z.object({
  imageId: idSchema,
  name: z.string(),
  layerId: idSchema,
  cells: z.number().int(),
  tracks: z.number().int(),
  divisions: z.number().int(),
  /** Cells whose origin is another than before. */
  changed: z.number().int(),
});

export type TrackMovies = z.input<typeof trackMoviesSchema>;
export type TrackedMovie = z.infer<typeof trackedMovieSchema>;
export type TrackLayer = z.input<typeof trackLayerSchema>;
