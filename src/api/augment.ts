/** Augmentation before a run: the plans for the images of a dataset version, and which picture shows them. */

import { z } from "zod";

/** Options of the picture; seed and outlines are part of the address, so each picture has one of its own. */
export const augmentQuerySchema = z.object({
  seed: z.coerce.number().int().min(0).max(0xffffffff).default(0),
  mode: z.enum(["domain", "safe", "none"]).default("domain"),
  outlines: z.coerce.number().int().min(0).max(1).default(0),
});
export const augmentPlanQuerySchema = augmentQuerySchema.pick({ mode: true });

/** One change in plain words. */
export const augmentChangeSchema = z.object({
  name: z.string(),
  about: z.string(),
  often: z.string(),
  strengths: z.array(z.string()),
  why: z.string(),
});

/** The plan for one family of images, in plain words. */
export const augmentPlanSchema = z.object({
  family: z.string(),
  /** Training images it is for. */
  images: z.number().int(),
  title: z.string(),
  reason: z.string(),
  geometry: z.string(),
  changes: z.array(augmentChangeSchema),
});
export const augmentPlanListSchema = z.object({ plans: z.array(augmentPlanSchema) });

export type AugmentPlanInWords = z.infer<typeof augmentPlanSchema>;
export type AugmentPlanList = z.infer<typeof augmentPlanListSchema>;
export type AugmentMode = z.infer<typeof augmentQuerySchema>["mode"];
