/** Models from elsewhere: what a file is, how it did in its trial, what became of it. */

import { z } from "zod";
import { modelVersionSchema } from "./models.ts";

const portSchema = z.object({
  name: z.string(),
  elementType: z.string(),
  shape: z.array(z.union([z.number(), z.string(), z.null()])),
});

export const modelTestSchema = z.object({
  /** "none": the file brings no test, the model ran on noise. */
  state: z.enum(["passed", "failed", "none"]),
  /** Largest absolute difference to the stored answers; null when there are none, or they have another shape. */
  largestDifference: z.number().nullable(),
  tolerance: z.object({ absolute: z.number(), relative: z.number() }),
  seconds: z.number(),
  memoryBytes: z.number(),
});

export const modelImportSchema = z.object({
  source: z.enum(["onnx", "bioimageio", "cellfoundry"]),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  licence: z.string(),
  authors: z.array(z.string()),
  citations: z.array(z.string()),
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
  nodes: z.number().int(),
  parameters: z.number(),
  producer: z.string(),
  /** How its answer becomes cells; null for a model of this program. */
  adapter: z.enum(["deepWatershed", "foreground", "stardist", "cellpose"]).nullable(),
  channels: z.array(z.string()),
  compartments: z.array(z.string()),
  test: modelTestSchema,
  /** What was guessed, and what to mind. */
  notes: z.array(z.string()),
});

export const modelImportResultSchema = z.object({
  model: modelImportSchema,
  modelVersion: modelVersionSchema,
});

export type ModelImport = z.infer<typeof modelImportSchema>;
export type ModelImportResult = z.infer<typeof modelImportResultSchema>;
