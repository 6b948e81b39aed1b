/** Evaluations on the wire: report with intervals, images, cells by error class, comparisons, pinned images. */

import { z } from "zod";
import { errorClassNames, headlineNames } from "#core/metrics/index.ts";
import { changeVerbs } from "#core/versions/index.ts";
import { errorCountsSchema, evaluationSchema } from "./models.ts";
import { compartmentSchema, idSchema, timeSchema } from "./primitives.ts";
import { objectDifferenceSchema } from "./versions.ts";

const headlineName = z.enum(headlineNames);
/** Scores by their names; null where there was nothing to score. */
export const headlineSchema = z.record(headlineName, z.number().nullable());
const intervalSchema = z.object({ low: z.number(), high: z.number() });
const unitSchema = z.enum(["group", "image"]);

/** How intervals were made: what was drawn, how often, with which seed. */
const intervalsSchema = z.object({
  method: z.string(),
  unit: unitSchema,
  unitCount: z.number().int(),
  replicates: z.number().int(),
  seed: z.number(),
  level: z.number(),
  intervals: z.record(headlineName, intervalSchema.nullable()),
});

export const scoreComparisonSchema = z.object({
  unit: unitSchema,
  unitCount: z.number().int(),
  replicates: z.number().int(),
  seed: z.number(),
  level: z.number(),
  test: z.string(),
  permutations: z.number().int(),
  /** No smaller p is possible with so few units. */
  smallestP: z.number(),
  scores: z.record(
    headlineName,
    z.object({
      a: z.number().nullable(),
      b: z.number().nullable(),
      difference: z.number().nullable(),
      interval: intervalSchema.nullable(),
      p: z.number().nullable(),
    }),
  ),
});

const tallySettingsSchema = z.object({
  matcher: z.string(),
  thresholds: z.array(z.number()),
  measuredIou: z.number(),
  boundaryTolerance: z.object({ distance: z.number(), unit: z.enum(["px", "um"]) }),
  errors: z.object({ correctIou: z.number(), relatedIou: z.number(), swallowedShare: z.number() }),
  /** Absent in evaluations from before regions were known to scores. */
  counting: z.object({ uncountedShare: z.number(), foundIou: z.number() }).optional(),
});

export const facetScoresSchema = z.object({
  field: z.string(),
  value: z.string(),
  imageCount: z.number().int(),
  groupCount: z.number().int(),
  referenceCount: z.number().int(),
  headline: headlineSchema,
  intervals: intervalsSchema,
});

export const evaluationReportSchema = z.object({
  settings: tallySettingsSchema,
  referenceCount: z.number().int(),
  predictedCount: z.number().int(),
  /** Objects left out because nobody annotated their place; not among the counts above. */
  uncounted: z.object({ references: z.number().int(), predictions: z.number().int() }).optional(),
  headline: headlineSchema,
  intervals: intervalsSchema,
  hausdorff: z.object({
    px: z.number().nullable(),
    p95Px: z.number().nullable(),
    um: z.number().nullable(),
    p95Um: z.number().nullable(),
  }),
  areaBias: z.object({ mean: z.number().nullable(), absolute: z.number().nullable() }),
  foreground: z.object({ iou: z.number().nullable(), dice: z.number().nullable() }),
  facets: z.array(facetScoresSchema),
  /** Null when no image has labels of a second person. */
  agreement: z
    .object({
      imageCount: z.number().int(),
      referenceCount: z.number().int(),
      comparison: scoreComparisonSchema,
    })
    .nullable(),
});

export const evaluationDetailSchema = evaluationSchema.extend({
  model: z.string(),
  projectId: idSchema,
  /** Null for an evaluation of an older program: it can be made again. */
  report: evaluationReportSchema.nullable(),
});

export const evaluationImageSchema = z.object({
  position: z.number().int(),
  imageId: idSchema,
  name: z.string(),
  group: z.string(),
  facets: z.record(z.string(), z.string()),
  references: z.number().int(),
  predictions: z.number().int(),
  headline: headlineSchema,
  errors: errorCountsSchema,
});
export const evaluationImagesSchema = z.object({ images: z.array(evaluationImageSchema) });

const errorClassSchema = z.enum(errorClassNames);

/** A cell, or a group of cells and predictions, that an error count counts. */
export const evaluationCellSchema = z.object({
  /** Of the image in the evaluation. */
  position: z.number().int(),
  imageId: idSchema,
  imageName: z.string(),
  /** The labels that were the reference. */
  layerId: idSchema,
  group: z.string(),
  class: errorClassSchema,
  side: z.enum(["reference", "predicted"]),
  label: z.number().int(),
  /** Of the reference object, for the editor; null for a prediction. */
  uid: z.string().nullable(),
  /** [y0, x0, y1, x1) in pixels of the image. */
  box: z.array(z.number().int()),
  areaPx: z.number().int(),
  iou: z.number(),
  /** How many objects of the other side it is about. */
  partners: z.number().int(),
});
export const evaluationCellsSchema = z.object({
  items: z.array(evaluationCellSchema),
  nextCursor: z.string().nullable(),
  total: z.number().int(),
});

export const judgedImageQuerySchema = z.object({ imageId: idSchema });
/** What became of every reference cell of one image. */
export const judgedImageSchema = z.object({
  /** `name@version` of the model, and of the dataset. */
  model: z.string(),
  dataset: z.string(),
  /** The labels that were the reference. */
  layerId: idSchema,
  cells: z.array(z.object({ uid: z.string(), class: errorClassSchema })),
  /** Predictions where there is no cell. */
  gained: z.number().int(),
});

const cellCursor = z
  .string()
  .regex(/^\d{1,7}:\d{1,7}$/, "expects a cursor of an earlier page")
  .optional();
const facetWord = z.string().max(500).optional();
export const evaluationCellsQuerySchema = z.object({
  class: errorClassSchema,
  /** Only images with this value of a facet. */
  field: facetWord,
  value: facetWord,
  /** Only this image. */
  position: z.coerce.number().int().min(0).optional(),
  cursor: cellCursor,
  limit: z.coerce.number().int().min(1).max(200).default(60),
});

export const evaluationPictureQuerySchema = z.object({
  position: z.coerce.number().int().min(0),
  side: z.enum(["reference", "predicted"]),
  label: z.coerce.number().int().min(1),
  size: z.coerce.number().int().min(16).max(512).default(192),
  show: z.enum(["both", "reference", "predicted", "none"]).default("both"),
  /** The window: around all that belongs to the case, or the cell alone, so that two versions show the same place. */
  around: z.enum(["case", "cell"]).default("case"),
});

export const evaluationComparisonQuerySchema = z.object({ with: idSchema });

/** Two evaluations on the same images: the one in the address is b, the other one a; a difference is b - a. */
export const evaluationComparisonSchema = z.object({
  a: evaluationSchema.extend({ model: z.string() }),
  b: evaluationSchema.extend({ model: z.string() }),
  imageCount: z.number().int(),
  comparison: scoreComparisonSchema,
  cells: z.object({
    /** Reference cells that both get right, only b, only a, neither. */
    both: z.number().int(),
    won: z.number().int(),
    lost: z.number().int(),
    neither: z.number().int(),
  }),
});

export const comparedCellSchema = evaluationCellSchema.extend({
  /** Error class of the cell in a, and place of its image there. */
  otherClass: errorClassSchema,
  otherPosition: z.number().int(),
});
export const comparedCellsQuerySchema = z.object({
  with: idSchema,
  change: z.enum(["won", "lost"]),
  cursor: cellCursor,
  limit: z.coerce.number().int().min(1).max(200).default(60),
});
export const comparedCellsSchema = z.object({
  items: z.array(comparedCellSchema),
  nextCursor: z.string().nullable(),
});

export const pinnedImageSchema = z.object({
  imageId: idSchema,
  name: z.string(),
  height: z.number().int(),
  width: z.number().int(),
  pinnedAt: timeSchema,
});
export const pinnedImagesSchema = z.object({ images: z.array(pinnedImageSchema), max: z.number().int() });
export const pinSchema = z.object({ imageIds: z.array(idSchema).min(1).max(50) });

const againstId = idSchema.optional();
export const comparePinnedSchema = z.object({ projectId: idSchema, againstId });
export const pinnedQuerySchema = z.object({ projectId: idSchema, againstId });
export const pinnedImageQuerySchema = pinnedQuerySchema.extend({
  imageId: idSchema,
  compartment: compartmentSchema,
});

const verbCountsSchema = z.record(z.enum(changeVerbs), z.number().int());
/** What would happen to the cells of pinned images if this version took over. */
export const pinnedComparisonSchema = z.object({
  /** `name@version` of the version before; null when there is none to compare with. */
  against: z.object({ id: idSchema, name: z.string() }).nullable(),
  differences: z.array(
    z.object({
      image: pinnedImageSchema,
      compartment: compartmentSchema,
      before: z.number().int(),
      after: z.number().int(),
      identical: z.number().int(),
      counts: verbCountsSchema,
    }),
  ),
  missing: z.array(pinnedImageSchema),
});
export const pinnedDifferenceSchema = z.object({
  image: pinnedImageSchema,
  identical: z.number().int(),
  changes: z.array(objectDifferenceSchema),
});

export type HeadlineWire = z.infer<typeof headlineSchema>;
export type EvaluationReportWire = z.infer<typeof evaluationReportSchema>;
export type EvaluationDetailWire = z.infer<typeof evaluationDetailSchema>;
export type EvaluationImageWire = z.infer<typeof evaluationImageSchema>;
export type EvaluationCellWire = z.infer<typeof evaluationCellSchema>;
export type JudgedImageWire = z.infer<typeof judgedImageSchema>;
export type ComparedCellWire = z.infer<typeof comparedCellSchema>;
export type EvaluationComparisonWire = z.infer<typeof evaluationComparisonSchema>;
export type ScoreComparisonWire = z.infer<typeof scoreComparisonSchema>;
export type FacetScoresWire = z.infer<typeof facetScoresSchema>;
export type PinnedComparisonWire = z.infer<typeof pinnedComparisonSchema>;
export type PinnedDifferenceWire = z.infer<typeof pinnedDifferenceSchema>;
export type PinnedImageWire = z.infer<typeof pinnedImageSchema>;
