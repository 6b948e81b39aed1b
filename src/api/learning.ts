/** Learning in place: improving a model from corrections, what it saved, and models that look at a part of an image. */

import { z } from "zod";
import { imageFitSchema } from "./jobs.ts";
import { wireShapeSchema } from "./labels.ts";
import { idSchema, timeSchema } from "./primitives.ts";

export const improveSchema = z.object({
  /** The model whose proposals were corrected. */
  baseModelVersionId: idSchema,
  /** For the fine-tuning, in all. */
  minutes: z.number().min(0.1).max(240).default(5),
  /** False: its proposals wait until a person says "use it here". */
  useWhenBetter: z.boolean().default(true),
});

export const improvementSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  jobId: idSchema,
  baseModelVersionId: idSchema,
  /** The frozen corrections it learnt from. */
  datasetVersionId: idSchema.nullable(),
  modelVersionId: idSchema.nullable(),
  /** Whether it is better on images it did not learn from; null until it is trained. */
  verdict: z.enum(["better", "alike", "unknown"]).nullable(),
  reason: z.string(),
  /** The job whose proposals stand in the images. */
  usedByJobId: idSchema.nullable(),
  /** The job that brought the former proposals back. */
  takenBackByJobId: idSchema.nullable(),
  createdAt: timeSchema,
});
export const improvementListSchema = z.object({ improvements: z.array(improvementSchema) });

/** What an image took: one point of the curve. */
export const imageEffortSchema = z.object({
  imageId: idSchema,
  layerId: idSchema,
  name: z.string(),
  /** First and last edit of a person. */
  from: timeSchema,
  to: timeSchema,
  cells: z.number().int(),
  /** Cells drawn, changed or removed by people, each once. */
  corrections: z.number().int(),
  /** Cells accepted one by one as they were proposed. */
  accepted: z.number().int(),
  /** Milliseconds. */
  msSpent: z.number(),
  /** Whose proposals were there at first. */
  proposedBy: z.string().nullable(),
});
export const effortSchema = z.object({ images: z.array(imageEffortSchema) });

/** Frames that cells are followed through in one draft. */
export const followFramesMax = 50;

const side = z.number().int().min(0).max(1_000_000);

export const predictPartSchema = z.object({
  modelVersionId: idSchema,
  t: side.default(0),
  z: side.default(0),
  /** [y0, x0, y1, x1), pixels. Default: the whole plane; not used where cells are followed. */
  box: z.tuple([side, side, side, side]).optional(),
  /** Cells of this frame to find in the frames after it. */
  follow: z
    .object({
      uids: z.array(idSchema).min(1).max(500),
      frames: z.number().int().min(1).max(followFramesMax),
    })
    .optional(),
  fit: imageFitSchema.optional(),
});

export const predictedPartSchema = z.object({
  modelVersion: z.string(),
  window: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  cells: z.array(
    z.object({
      key: z.string(),
      shape: wireShapeSchema,
      confidence: z.number().nullable(),
      /** The object, or by its key the found cell, that it goes on from. */
      from: z.object({ cell: z.string(), kind: z.enum(["link", "division"]) }).nullable(),
    }),
  ),
  warnings: z.array(z.string()),
});

export type ImproveRequest = z.input<typeof improveSchema>;
export type Improvement = z.infer<typeof improvementSchema>;
export type ImprovementList = z.infer<typeof improvementListSchema>;
export type ImageEffort = z.infer<typeof imageEffortSchema>;
export type Effort = z.infer<typeof effortSchema>;
export type PredictPartRequest = z.input<typeof predictPartSchema>;
export type WirePredictedPart = z.infer<typeof predictedPartSchema>;
