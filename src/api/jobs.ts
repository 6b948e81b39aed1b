/** Jobs: machine work with progress, results and cancel; and the events that tell a page about them. */

import { z } from "zod";
import { agentSchema, compartmentSchema, idSchema, timeSchema, wireErrorSchema } from "./primitives.ts";

export const jobKindSchema = z.enum([
  "ingest",
  "propose",
  "train",
  "evaluate",
  "predict",
  "check",
  "export",
  "reproduce",
  "track",
  "improve",
  "predictPart",
]);
export const jobStateSchema = z.enum(["waiting", "running", "done", "failed", "canceled"]);

export const progressSchema = z.object({
  /** 0..1, or null when the end is not known. */
  fraction: z.number().min(0).max(1).nullable(),
  /** What is being done now, in words. */
  text: z.string(),
  msLeft: z.number().nullable(),
});

/** One thing a job worked on (a file, an image), with its own outcome, so that one failure never hides another. */
export const jobItemSchema = z.object({
  name: z.string(),
  state: z.enum(["done", "failed", "skipped"]),
  error: wireErrorSchema.nullable(),
  id: idSchema.nullable(),
});

export const jobSchema = z.object({
  id: idSchema,
  kind: jobKindSchema,
  state: jobStateSchema,
  projectId: idSchema.nullable(),
  title: z.string(),
  progress: progressSchema,
  /** Depends on the kind: imported image ids, model version id, prediction facts … */
  result: z.record(z.string(), z.unknown()).nullable(),
  items: z.array(jobItemSchema),
  error: wireErrorSchema.nullable(),
  agent: agentSchema,
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
});
export const jobListSchema = z.object({ jobs: z.array(jobSchema) });

export const jobListQuerySchema = z.object({
  state: jobStateSchema.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

/** How a model is to see images, in steps around what it does by itself. */
export const imageFitSchema = z.object({
  /** Touching cells: -2 (kept together) to 2 (cut apart). */
  touching: z.number().int().min(-2).max(2).optional(),
  /** Faint cells: -2 (left out) to 2 (taken). */
  faint: z.number().int().min(-2).max(2).optional(),
  /** About how wide a cell is, pixels of the image, in place of the model's own look at it. */
  diameterPx: z.number().min(2).max(2000).optional(),
});

export const proposeSchema = z.object({
  modelVersionId: idSchema,
  /** Empty means every image of the project that has no person's labels. */
  imageIds: z.array(idSchema).max(100_000).default([]),
  fit: imageFitSchema.optional(),
});

/** Which job of proposals is taken back. */
export const takeBackSchema = z.object({ jobId: idSchema });

/** Files of one prediction job; more belong into several, so that a list of them stays readable. */
export const predictionFilesMax = 500;

/** How large a model saw an image. */
export const usedScaleSchema = z.object({
  /** Model pixels per image pixel. */
  factor: z.number(),
  source: z.enum(["pixelSize", "given", "estimated", "none"]),
  estimate: z
    .object({
      scale: z.number(),
      cellDiameterPx: z.number(),
      cellCount: z.number().int(),
      sure: z.boolean(),
    })
    .nullable(),
});

/** What a prediction of one file found. */
export const predictionResultSchema = z.object({
  name: z.string(),
  modelVersion: z.string(),
  modelVersionId: idSchema,
  /** Which of the job's files, from 0. */
  file: z.number().int(),
  height: z.number().int(),
  width: z.number().int(),
  cellCount: z.number().int(),
  /** First the one whose labels are given when none is asked for. */
  compartments: z.array(z.object({ compartment: compartmentSchema, cellCount: z.number().int() })),
  /** How large the model saw the image, and why; absent for predictions of earlier versions of the program. */
  scale: usedScaleSchema.nullable(),
  mpp: z.object({ y: z.number(), x: z.number() }).nullable(),
  /** In what the image is unlike the model's training images, in words. */
  warnings: z.array(z.object({ kind: z.string(), message: z.string() })),
  notes: z.array(z.string()),
  /** Whether maps are kept, so that thresholds can be moved without predicting again. */
  hasMaps: z.boolean(),
});

/** Which file of a prediction, and which of its compartments. */
export const predictionQuerySchema = z.object({
  file: z.coerce.number().int().min(0).max(predictionFilesMax).default(0),
  compartment: compartmentSchema.optional(),
});

export type ImageFitWire = z.infer<typeof imageFitSchema>;
export type JobKind = z.infer<typeof jobKindSchema>;
export type JobState = z.infer<typeof jobStateSchema>;
export type Progress = z.infer<typeof progressSchema>;
export type JobItem = z.infer<typeof jobItemSchema>;
export type Job = z.infer<typeof jobSchema>;
export type PredictionResult = z.infer<typeof predictionResultSchema>;
