/** Imports on the wire: uploads that wait, what an import would do, the questions it asks, the answers. */

import { z } from "zod";
import { imageMetadataSchema } from "./images.ts";
import { agentSchema, idSchema, timeSchema, wireErrorSchema } from "./primitives.ts";

const count = z.number().int().min(0);

/** Lists of answers are not changed by whoever makes them. */
const list = <S extends z.ZodType>(schema: S) => z.array(schema).readonly();

/** Files received and not yet imported. */
export const uploadSchema = z.object({
  id: idSchema,
  /** For people: the folder all files came from, the one file, or how many. */
  title: z.string(),
  files: count,
  bytes: count,
});

/** Answers to the questions of a plan, by id of the question. */
export const importAnswersSchema = z.object({
  /** What pages are when the file does not say: `t`, `z`, `c`, or axes such as `tyx`. */
  axes: z.string().max(10).optional(),
  /** Micrometres per pixel for images that do not tell: `0.5`, `0.5,0.48` (y, x) or `unknown`. */
  mpp: z.string().max(60).optional(),
  /** Names or roles of channels in order: `nuclear,membrane` or `DAPI=nuclear,CD45=membrane`. */
  channels: z.string().max(20_000).optional(),
  /** What labels outline when the layout does not say. */
  compartment: z.enum(["nuclear", "wholeCell", "cytoplasm"]).optional(),
  /** Cells that overlap in the files stay whole, in layers whose cells may overlap. Default: each pixel goes to one cell. */
  overlaps: z.enum(["keep"]).optional(),
});

/** What a person chooses for a plan or an import; all of it may be left out. */
export const importChoicesSchema = z.object({
  /** A format of the plan's candidates; default `auto`. */
  format: z.string().max(40).optional(),
  licence: z.string().max(200).optional(),
  /** Group of images for which neither a sheet nor the layout names one. */
  group: z.string().min(1).max(200).optional(),
  /** Metadata for every image; what the files or a sheet say comes first. */
  metadata: imageMetadataSchema.optional(),
  answers: importAnswersSchema.optional(),
});

export const importQuestionSchema = z.object({
  id: z.enum(["axes", "mpp", "compartment", "channels"]),
  text: z.string(),
  choices: list(z.object({ value: z.string(), label: z.string() })),
  /** What else may be written, in words; null when only the choices. */
  free: z.string().nullable(),
  /** The import is refused without an answer. */
  required: z.boolean(),
  /** What happens without an answer. */
  fallback: z.string().nullable(),
  /** Names of some images concerned, and the number among those examined. */
  images: list(z.string()),
  count,
});

export const sheetProblemSchema = z.object({
  severity: z.enum(["error", "warning"]),
  /** The whole sentence with its place. */
  text: z.string(),
  /** Row as a spreadsheet counts, from 1; in YAML the line. */
  row: count,
  /** As the sheet writes it. */
  column: z.string(),
  /** Metadata field that the column fills. */
  field: z.string(),
  value: z.string(),
  rule: z.string(),
  message: z.string(),
  /** What was probably meant, ready to be put in place of the value. */
  nearest: z.string().optional(),
  candidates: list(z.object({ curie: z.string(), label: z.string() })).optional(),
  /** Further rows with the same problem. */
  more: count,
});

/** A sheet for a waiting upload, in place of the one it has. */
export const uploadSheetSchema = z.object({
  name: z
    .string()
    .max(200)
    .regex(/^[^/\\]+\.(csv|tsv|ya?ml)$/i),
  text: z.string().max(4_000_000),
});

const spread = z.object({ min: z.number(), median: z.number(), max: z.number() });

/** What an import would do. Lists show at most 100 entries; counts are complete. */
export const importPlanSchema = z.object({
  title: z.string(),
  format: z.string(),
  formatTitle: z.string(),
  /** Layouts that were considered, in order, and why each fits or not. */
  candidates: list(
    z.object({
      format: z.string(),
      title: z.string(),
      fits: z.boolean(),
      images: count,
      withLabels: count,
      reason: z.string(),
    }),
  ),
  images: count,
  withLabels: count,
  groups: count,
  groupList: list(
    z.object({
      key: z.string(),
      /** `field`, `movie`, `well`, `slide`, `specimen`, `donor`, `source`; null when only named. */
      level: z.string().nullable(),
      rule: z.string(),
      known: z.boolean(),
      images: count,
    }),
  ),
  /** Images decoded for the figures below. */
  examined: count,
  arrays: list(
    z.object({
      axes: z.string(),
      dtype: z.string(),
      channels: count,
      smallest: list(count),
      largest: list(count),
      images: count,
    }),
  ),
  channels: list(z.object({ name: z.string(), role: z.string(), images: count })),
  pixelSizes: list(z.object({ mpp: z.string().nullable(), source: z.string(), images: count })),
  labels: list(
    z.object({
      compartment: z.string(),
      name: z.string(),
      coverage: list(z.string()),
      truth: list(z.string()),
      images: count,
      objects: count,
      perImage: spread,
      areaPx: spread,
      empty: count,
    }),
  ),
  /** Raw words by field, the most frequent first. */
  metadata: list(
    z.object({
      field: z.string(),
      images: count,
      values: list(z.object({ value: z.string(), images: count })),
    }),
  ),
  licence: z.string(),
  /** A few images as they were decoded. */
  samples: list(
    z.object({
      name: z.string(),
      axes: z.string(),
      shape: list(count),
      dtype: z.string(),
      notes: list(z.string()),
      /** `data:` address of a PNG with the outlines of labels. */
      picture: z.string().nullable(),
      /** The same of undeclared pages or of channels. */
      parts: list(z.object({ title: z.string(), picture: z.string() })),
    }),
  ),
  /** Fields that some images lack, with the number of those images. */
  missing: list(z.object({ field: z.string(), images: count })),
  /** Names of images whose files or pixels are the same. */
  duplicates: list(list(z.string())),
  /** Images that the project holds already, by file or by pixels. */
  inProject: list(z.object({ name: z.string(), as: z.string(), by: z.enum(["file", "pixels"]) })),
  inProjectCount: count,
  questions: list(importQuestionSchema),
  /** Sheet that describes the images; its text unless it is very long. */
  sheet: z.object({ path: z.string(), text: z.string().nullable() }).nullable(),
  /** Values of the sheet that break a rule or are no term. */
  sheetProblems: list(sheetProblemSchema),
  sheetProblemCount: count,
  ignored: list(z.object({ path: z.string(), reason: z.string() })),
  ignoredCount: count,
  /** Files that would be refused, each with its reason. */
  failures: list(z.object({ path: z.string(), error: wireErrorSchema })),
  failureCount: count,
  warnings: list(z.string()),
});

/** An import that was begun: what dataset cards and citations rest on. */
export const importRecordSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  title: z.string(),
  format: z.string(),
  licence: z.string(),
  program: z.string(),
  agent: agentSchema,
  createdAt: timeSchema,
  imageCount: count,
  fileCount: count,
});
export const importRecordListSchema = z.object({ imports: list(importRecordSchema) });

export type Upload = z.infer<typeof uploadSchema>;
export type ImportAnswers = z.infer<typeof importAnswersSchema>;
export type ImportChoices = z.infer<typeof importChoicesSchema>;
export type ImportQuestion = z.infer<typeof importQuestionSchema>;
export type ImportPlan = z.infer<typeof importPlanSchema>;
export type SheetProblem = z.infer<typeof sheetProblemSchema>;
export type ImportRecord = z.infer<typeof importRecordSchema>;
