/** Models, training runs, evaluations, and the release gate. */

import { z } from "zod";
import { leakWaiverSchema } from "./datasets.ts";
import {
  agentSchema,
  compartmentSchema,
  digestSchema,
  idSchema,
  semverSchema,
  slugSchema,
  splitRoleSchema,
  timeSchema,
} from "./primitives.ts";

export const stageSchema = z.enum(["candidate", "released", "retired"]);

/** Pooled over all images of the split; every score names its threshold. */
export const scoreSchema = z.object({
  threshold: z.number(),
  tp: z.number().int(),
  fp: z.number().int(),
  fn: z.number().int(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  averagePrecision: z.number(),
  panopticQuality: z.number(),
});

export const errorCountsSchema = z.object({
  correct: z.number().int(),
  missed: z.number().int(),
  gained: z.number().int(),
  split: z.number().int(),
  merge: z.number().int(),
  catastrophe: z.number().int(),
});

export const evaluationSchema = z.object({
  id: idSchema,
  modelVersionId: idSchema,
  datasetVersionId: idSchema,
  dataset: z.string(),
  split: splitRoleSchema,
  compartment: compartmentSchema,
  metricVersion: z.string(),
  imageCount: z.number().int(),
  scores: z.array(scoreSchema),
  errors: errorCountsSchema,
  groups: z.array(
    z.object({ group: z.string(), images: z.number().int(), ap50: z.number(), f1: z.number() }),
  ),
  createdAt: timeSchema,
});

export const modelVersionSchema = z.object({
  id: idSchema,
  modelId: idSchema,
  /** Came with the program; belongs to no project. */
  shipped: z.boolean(),
  name: slugSchema,
  version: semverSchema,
  stage: stageSchema,
  weightsDigest: digestSchema,
  onnxDigest: digestSchema,
  onnxBytes: z.number().int(),
  architecture: z.string(),
  /** What the model expects: channels by role, mpp, normalisation, stride, post-processing. */
  contract: z.record(z.string(), z.unknown()),
  licence: z.string(),
  /** Null for a model that came with the program or was imported. */
  dataset: z
    .object({ versionId: idSchema, name: slugSchema, version: semverSchema, digest: digestSchema })
    .nullable(),
  training: z
    .object({
      runId: idSchema,
      view: z.string(),
      seed: z.number().int(),
      steps: z.number().int(),
      config: z.record(z.string(), z.unknown()),
      splitDigest: digestSchema,
      codeVersion: z.string(),
      lockDigest: digestSchema,
      device: z.string(),
      baseModel: z.string().nullable(),
    })
    .nullable(),
  evaluations: z.array(evaluationSchema),
  agent: agentSchema,
  createdAt: timeSchema,
});

const listedVersionSchema = modelVersionSchema.extend({
  /** -1 (made for other images) to 1 (made for images like the project's; outside a project, for any); null: not known. */
  fit: z.number().min(-1).max(1).nullable(),
});

export const modelSchema = z.object({
  id: idSchema,
  name: slugSchema,
  versions: z.array(listedVersionSchema),
});
export const modelListSchema = z.object({ models: z.array(modelSchema) });

export const trainSchema = z.object({
  datasetVersionId: idSchema,
  modelName: slugSchema,
  /** How long to train; turned into a number of steps once, so that the run can be repeated exactly. */
  minutes: z
    .number()
    .min(0.05)
    .max(24 * 60)
    .optional(),
  steps: z.number().int().min(1).max(1_000_000).optional(),
  seed: z.number().int().min(0).max(0xffffffff).default(0),
  /** A member of the family, such as `unet-16`; default `unet-16`, or that of the base, which no other can replace. */
  architecture: z.string().max(64).optional(),
  baseModelVersionId: idSchema.optional(),
  /** Split of the version to use, such as `fold:1/5` or `tranche:25`; default the frozen one. */
  view: z.string().max(2100).optional(),
  /** Findings of the leak audit that are accepted. */
  waivers: z.array(leakWaiverSchema).max(100).optional(),
});

export const evaluateSchema = z.object({
  datasetVersionId: idSchema,
  split: splitRoleSchema.default("test"),
});

export const curvePointSchema = z.object({
  step: z.number().int(),
  loss: z.number(),
  learningRate: z.number(),
  validation: z.object({ ap50: z.number(), f1: z.number() }).nullable(),
});
/** How rate and steps of a fine-tuning were found; scores are AP at IoU 0.5 on groups it does not learn from. */
export const fineTuningSchema = z.object({
  learningRate: z.number(),
  steps: z.number().int(),
  /** Whether the run fits the base's thresholds to its images; absent in runs that could not. */
  fitThresholds: z.boolean().optional(),
  /** Thresholds by compartment that were chosen on what was held out; null or absent where none were. */
  thresholds: z.record(z.string(), z.record(z.string(), z.number())).nullable().optional(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  heldOut: z.object({
    from: z.enum(["validation", "training", "images", "none"]),
    groups: z.array(z.string()),
    images: z.array(z.string()),
  }),
  trials: z.array(
    z.object({
      learningRate: z.number(),
      points: z.array(z.object({ step: z.number().int(), ap50: z.number(), f1: z.number() })),
    }),
  ),
  forecast: z
    .object({
      points: z.array(z.object({ cells: z.number().int(), score: z.number() })),
      ahead: z.array(
        z.object({
          cells: z.number().int(),
          expected: z.number(),
          low: z.number(),
          high: z.number(),
        }),
      ),
    })
    .nullable(),
});

export const trainingRunSchema = z.object({
  id: idSchema,
  jobId: idSchema,
  modelName: slugSchema,
  datasetVersionId: idSchema,
  seed: z.number().int(),
  steps: z.number().int(),
  step: z.number().int(),
  config: z.record(z.string(), z.unknown()),
  inputs: z.object({ fineTuning: fineTuningSchema.optional() }),
  baseModelVersionId: idSchema.nullable(),
  curve: z.array(curvePointSchema),
  modelVersionId: idSchema.nullable(),
  createdAt: timeSchema,
});

export const trainingRunListSchema = z.object({ runs: z.array(trainingRunSchema) });

/** The gate compares on the same frozen items; the reason is a sentence for people. */
export const gateSchema = z.object({
  passed: z.boolean(),
  reason: z.string(),
  candidate: z.object({ name: z.string(), ap50: z.number(), f1: z.number() }).nullable(),
  released: z.object({ name: z.string(), ap50: z.number(), f1: z.number() }).nullable(),
});
export const releaseResultSchema = z.object({ modelVersion: modelVersionSchema, gate: gateSchema });

export type Stage = z.infer<typeof stageSchema>;
export type Score = z.infer<typeof scoreSchema>;
export type ErrorCounts = z.infer<typeof errorCountsSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;
export type ModelVersion = z.infer<typeof modelVersionSchema>;
export type ListedVersion = z.infer<typeof listedVersionSchema>;
export type Model = z.infer<typeof modelSchema>;
export type CurvePoint = z.infer<typeof curvePointSchema>;
export type FineTuning = z.infer<typeof fineTuningSchema>;
export type TrainingRun = z.infer<typeof trainingRunSchema>;
export type Gate = z.infer<typeof gateSchema>;
