/** Exports: a dataset version or a selection of images as files for other programs. */

import { z } from "zod";
import { agentSchema, digestSchema, idSchema, querySchema, timeSchema } from "./primitives.ts";

export const exportFormatsSchema = z.object({
  formats: z.array(
    z.object({
      /** Name for calls and the command line. */
      format: z.string(),
      title: z.string(),
      /** Who reads it and what it holds, in one sentence. */
      explains: z.string(),
      /** What the format cannot hold, a few words each. */
      drops: z.array(z.string()),
    }),
  ),
});

const formatSchema = z.string().min(1).max(40);

export const startExportSchema = z.object({ format: formatSchema });
export const startSelectionExportSchema = z.object({
  format: formatSchema,
  query: querySchema.default(""),
  search: z.string().max(200).optional(),
});

export const exportSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  jobId: idSchema,
  datasetVersionId: idSchema.nullable(),
  title: z.string(),
  format: z.string(),
  bytes: z.number().int(),
  fileCount: z.number().int(),
  imageCount: z.number().int(),
  cellCount: z.number().int(),
  /** Over all files of the export: equal contents, equal digest. */
  digest: digestSchema,
  agent: agentSchema,
  createdAt: timeSchema,
});
export const exportListSchema = z.object({ exports: z.array(exportSchema) });

export type ExportFormats = z.infer<typeof exportFormatsSchema>;
export type ExportRecord = z.infer<typeof exportSchema>;
export type ExportList = z.infer<typeof exportListSchema>;
