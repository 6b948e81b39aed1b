/**
 * The model description of the BioImage.IO format 0.5, as far as a model with ONNX weights uses it.
 *
 * Written from the public specification (bioimage-io/spec-bioimage-io, model 0.5). Other weight formats, badges and the
 * like are let through unread. Limits on lists and texts are ours. Reading is lenient where the specification itself has
 * changed between its patch versions (a file as text or as object), writing keeps to what all of 0.5 reads.
 */
import { z } from "zod";

// A description is written by hand; these are beyond any that is.
const TEXT_MAX = 4096;
const LIST_MAX = 256;

const text = z.string().max(TEXT_MAX);

/** Python identifiers in lower case, as the specification wants them. */
const identifier = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[a-z_][a-z0-9_]*$/, "must be an identifier in lower case");
const tensorIdSchema = identifier(32);
const axisIdSchema = identifier(16);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower case");

/** A file, with its digest where one is given. Text alone is a path or an address. */
const fileSchema = z.union([
  text.transform((source) => ({ source, sha256: undefined as string | undefined })),
  z.object({ source: text, sha256: sha256Schema.nullish().transform((digest) => digest ?? undefined) }),
]);

const whole = z
  .number()
  .int()
  .min(1)
  .max(2 ** 24);
const sizeReference = z.object({
  tensor_id: tensorIdSchema,
  axis_id: axisIdSchema,
  offset: z.number().int().min(-65_536).max(65_536).default(0),
});
const parameterizedSize = z.object({ min: whole, step: whole });

const axisFields = {
  description: z.string().max(128).optional(),
  scale: z.number().positive().max(4096).default(1),
};

const axisSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("batch"),
    id: z.literal("batch").default("batch"),
    size: z.literal(1).nullish(),
    description: axisFields.description,
  }),
  z.object({
    type: z.literal("channel"),
    id: axisIdSchema.default("channel"),
    channel_names: z.array(text).min(1).max(LIST_MAX),
    description: axisFields.description,
  }),
  z.object({
    type: z.literal("space"),
    id: axisIdSchema.default("x"),
    size: z.union([whole, parameterizedSize, sizeReference]),
    unit: text.nullish(),
    halo: z.number().int().min(1).max(65_536).optional(),
    concatenable: z.boolean().optional(),
    ...axisFields,
  }),
  z.object({ type: z.literal("time"), id: axisIdSchema.default("time"), size: z.unknown(), ...axisFields }),
  z.object({ type: z.literal("index"), id: axisIdSchema.default("index"), size: z.unknown(), ...axisFields }),
]);

const numbers = z.union([z.number(), z.array(z.number()).min(1).max(LIST_MAX)]);
const axes = z.array(axisIdSchema).max(8).nullish();
const epsilon = z.number().positive().max(0.1).default(1e-6);
const percentile = z.number().min(0).max(100);

/** Steps that are understood; any other is refused, because leaving one out changes every number. */
const stepSchema = z.discriminatedUnion("id", [
  z.object({ id: z.literal("ensure_dtype"), kwargs: z.object({ dtype: z.string().max(16) }) }),
  z.object({
    id: z.literal("scale_linear"),
    kwargs: z.object({ axis: axisIdSchema.nullish(), gain: numbers.default(1), offset: numbers.default(0) }),
  }),
  z.object({
    id: z.literal("scale_range"),
    kwargs: z
      .object({
        axes,
        min_percentile: percentile.default(0),
        max_percentile: percentile.default(100),
        eps: epsilon,
        reference_tensor: tensorIdSchema.nullish(),
      })
      .refine(
        (step) => step.min_percentile < step.max_percentile,
        "min_percentile must be below max_percentile",
      )
      .default({ min_percentile: 0, max_percentile: 100, eps: 1e-6 }),
  }),
  z.object({
    id: z.literal("zero_mean_unit_variance"),
    kwargs: z.object({ axes, eps: epsilon }).default({ eps: 1e-6 }),
  }),
  z.object({
    id: z.literal("fixed_zero_mean_unit_variance"),
    kwargs: z.object({ axis: axisIdSchema.nullish(), mean: numbers, std: numbers }),
  }),
  z.object({
    id: z.literal("clip"),
    kwargs: z.object({
      min: z.number().nullish(),
      max: z.number().nullish(),
      min_percentile: percentile.nullish(),
      max_percentile: percentile.nullish(),
      axes,
    }),
  }),
  z.object({ id: z.literal("sigmoid"), kwargs: z.object({}).optional() }),
  z.object({
    id: z.literal("softmax"),
    kwargs: z.object({ axis: axisIdSchema.default("channel") }).default({ axis: "channel" }),
  }),
  z.object({
    id: z.literal("binarize"),
    kwargs: z.object({ axis: axisIdSchema.nullish(), threshold: numbers }),
  }),
  z.object({
    id: z.literal("stardist_postprocessing"),
    kwargs: z.object({
      prob_threshold: z.number(),
      nms_threshold: z.number(),
      grid: z.array(z.number().int().positive()).length(2),
      b: z.union([z.number().int().min(0), z.array(z.unknown())]),
    }),
  }),
  z.object({
    id: z.literal("cellpose_flow_dynamics"),
    kwargs: z
      .object({
        cellprob_threshold: z.number().default(0),
        flow_threshold: z.number().default(0.4),
        interp: z.boolean().default(true),
        do_3D: z.boolean().default(false),
      })
      .default({ cellprob_threshold: 0, flow_threshold: 0.4, interp: true, do_3D: false }),
  }),
]);

const dataSchema = z.object({
  type: z.string().max(16).default("float32"),
  range: z.array(z.number().nullable()).length(2).optional(),
  values: z.array(z.unknown()).max(LIST_MAX).optional(),
});

const tensorFields = {
  description: z.string().max(128).default(""),
  axes: z.array(axisSchema).min(1).max(6),
  test_tensor: fileSchema.nullish(),
  sample_tensor: fileSchema.nullish(),
  data: z.union([dataSchema, z.array(dataSchema).max(LIST_MAX)]).optional(),
};

const inputSchema = z.object({
  id: tensorIdSchema.default("input"),
  optional: z.boolean().default(false),
  preprocessing: z.array(stepSchema).max(32).default([]),
  ...tensorFields,
});
const outputSchema = z.object({
  id: tensorIdSchema.default("output"),
  postprocessing: z.array(stepSchema).max(32).default([]),
  ...tensorFields,
});

const personSchema = z.object({
  name: z.string().max(256).optional(),
  affiliation: z.string().max(1024).nullish(),
  email: z.string().max(256).nullish(),
  orcid: z.string().max(32).nullish(),
  github_user: z.string().max(256).nullish(),
});
const citeSchema = z
  .object({ text, doi: z.string().max(256).nullish(), url: z.string().max(2048).nullish() })
  .refine(({ doi, url }) => Boolean(doi) || Boolean(url), "each citation needs a doi or a url");

const onnxWeightsSchema = z.object({
  source: text,
  sha256: sha256Schema.nullish(),
  opset_version: z.number().int().min(7).max(1000),
  parent: z.string().max(64).nullish(),
  external_data: fileSchema.nullish(),
  comment: text.optional(),
});

const toleranceSchema = z.object({
  relative_tolerance: z.number().min(0).max(0.01).default(1e-3),
  absolute_tolerance: z.number().min(0).default(1e-3),
  mismatched_elements_per_million: z.number().int().min(0).max(5000).default(100),
  output_ids: z.array(tensorIdSchema).default([]),
  weights_formats: z.array(z.string().max(64)).default([]),
});

export const modelDescriptionSchema = z.object({
  format_version: z.string().regex(/^0\.5\.\d{1,3}$/, "must be 0.5 with a patch number"),
  type: z.literal("model"),
  name: z
    .string()
    .min(5)
    .max(128)
    .regex(/^[A-Za-z0-9_+\- ()]+$/, "may hold letters, digits, blanks, _ + - ( )"),
  description: z.string().max(1024).default(""),
  authors: z
    .array(personSchema.extend({ name: z.string().min(1).max(256) }))
    .max(LIST_MAX)
    .default([]),
  maintainers: z.array(personSchema).max(LIST_MAX).default([]),
  cite: z.array(citeSchema).max(LIST_MAX).default([]),
  license: z.union([z.string().max(128), fileSchema]).nullish(),
  documentation: fileSchema.nullish(),
  covers: z.array(fileSchema).max(LIST_MAX).default([]),
  tags: z.array(z.string().max(256)).max(LIST_MAX).default([]),
  timestamp: z.union([z.string().max(64), z.date().transform((date) => date.toISOString())]).optional(),
  version: z.union([z.string().max(64), z.number()]).nullish(),
  git_repo: z.string().max(2048).nullish(),
  id: z.string().max(256).nullish(),
  inputs: z.array(inputSchema).min(1).max(16),
  outputs: z.array(outputSchema).min(1).max(64),
  weights: z.object({ onnx: onnxWeightsSchema.optional() }).loose(),
  training_data: z.unknown().optional(),
  config: z
    .object({
      bioimageio: z
        .object({ reproducibility_tolerance: z.array(toleranceSchema).max(LIST_MAX).default([]) })
        .loose()
        .optional(),
    })
    .loose()
    .optional(),
});

export type ModelDescription = z.infer<typeof modelDescriptionSchema>;
export type TensorDescription = ModelDescription["inputs"][number] | ModelDescription["outputs"][number];
export type AxisDescription = z.infer<typeof axisSchema>;
export type DescribedStep = z.infer<typeof stepSchema>;
