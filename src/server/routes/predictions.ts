/** Predict: images and a model version go in, label images come out. */

import type { MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { jobSchema, predictionFilesMax, predictionQuerySchema, predictionResultSchema } from "#api/index.ts";
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { FoundryError, isFoundryError } from "#core/errors.ts";
import { writeLabelTiff } from "#formats/index.ts";
import { checkSettings, type PredictInput, type PredictSettings } from "#jobs/index.ts";
import { sha256 } from "#platform/index.ts";
import {
  decodeLabelPart,
  getModelVersion,
  getPrediction,
  type Prediction,
  readPrediction,
  readPredictionPart,
} from "#store/index.ts";
import { plainField, readForm, readPart } from "../form.ts";
import type { ServerParts } from "../parts.ts";
import { overlayPng, predictionSideMax, thumbnailPng } from "../pictures.ts";
import { predictionOf, settingsOfFields } from "../prediction-form.ts";
import { bytes, json, type Payload, route } from "../route.ts";

/** One image is held in memory while it is hashed; larger ones are for the command line. */
const fileBytesMax = 512 * 2 ** 20;

type Which = z.output<typeof predictionQuerySchema>;

export const predictionRoutes = [
  route({
    method: "POST",
    url: "/predictions",
    summary:
      "Segment image files with a model version; each file has its own state among the items of the job",
    policy: "predict",
    form: {
      file: "File: the image (TIFF, PNG, JPEG, WebP, BMP); may come several times",
      model: "`name` for its released version, `name@1.0.0`, or the id of a model version",
      mpp: "Optional: micrometres per pixel, in place of what the files say",
      scale: "Optional: model pixels per image pixel; `auto` (default) or `pixelSize` (never estimated)",
      channels:
        "Optional: channel of the image for each input of the model, such as `0,2`; `-` for one it lacks",
      foregroundThreshold: "Optional: threshold of cells, 0..1, in place of the model's",
      seedThreshold: "Optional: threshold of cell centres, 0..1",
      areaPxMin: "Optional: smallest object, pixels at the model's scale",
    },
    answer: json(jobSchema, 202),
    errors: ["model.notFound", "disk.full"],
    perMinute: 300,
    async handle({ parts, agent, request }) {
      const { files, model, settings } = await readPredictForm(parts, request);
      const version = await getModelVersion(parts.store, model);
      const [first] = files;
      const what = files.length === 1 ? first?.name : `${files.length} images`;
      return parts.queue.submit(agent, {
        kind: "predict",
        projectId: null,
        title: `Predict ${what} with ${version.name} ${version.version}`,
        params: { files, modelVersionId: version.id, settings },
      });
    },
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId",
    summary: "What a finished prediction found in one of its files",
    policy: "look",
    on: "job",
    query: predictionQuerySchema,
    answer: json(predictionResultSchema),
    handle: async ({ parts, object, query }) => {
      const prediction = await finished(parts, object.id, query);
      return predictionOf(
        prediction,
        (await readPredictionPart(parts.store, prediction.id, "maps")) !== null,
      );
    },
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/labels.tif",
    summary: "The label image as TIFF; it names the model version that made it",
    policy: "look",
    on: "job",
    query: predictionQuerySchema,
    answer: bytes("image/tiff"),
    handle: ({ parts, object, query }) =>
      payload(parts, object.id, query, "labels.tif", "image/tiff", async ({ labels, prediction }) => {
        const compartment = compartmentOf(prediction, query);
        const whole = await readPredictionPart(parts.store, prediction.id, `${compartment}.tif`);
        return (
          whole ??
          writeLabelTiff(labels, {
            description: {
              model: prediction.modelVersion,
              modelVersion: prediction.modelVersionId,
              compartment,
            },
          })
        );
      }),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/image.png",
    summary: "The image as it is shown",
    policy: "look",
    on: "job",
    query: predictionQuerySchema,
    answer: bytes("image/png"),
    handle: ({ parts, object, query }) =>
      payload(parts, object.id, query, "image.png", "image/png", async ({ image }) =>
        thumbnailPng(image, predictionSideMax),
      ),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/overlay.png",
    summary: "Fill and outline of every object, transparent elsewhere, to lay over the image",
    policy: "look",
    on: "job",
    query: predictionQuerySchema,
    answer: bytes("image/png"),
    handle: ({ parts, object, query }) =>
      payload(parts, object.id, query, "overlay.png", "image/png", async ({ labels }) =>
        overlayPng(labels, predictionSideMax),
      ),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/maps.npy",
    summary:
      "What the network answered, as NumPy array uint16 cyx, 0..65535 for 0..1: inner distance and foreground of each compartment",
    policy: "look",
    on: "job",
    query: predictionQuerySchema,
    answer: bytes("application/octet-stream"),
    handle: ({ parts, object, query }) =>
      payload(parts, object.id, query, "maps.npy", "application/octet-stream", async ({ prediction }) => {
        const maps = await readPredictionPart(parts.store, prediction.id, "maps");
        if (maps !== null) return maps;
        throw new FoundryError("request.notFound", {
          message: "No maps are kept of this prediction.",
          hint: "Maps are kept of images of up to 16 megapixels; give thresholds when predicting larger ones.",
        });
      }),
  }),
];

interface PredictForm {
  readonly files: readonly PredictInput[];
  readonly model: string;
  readonly settings: PredictSettings;
}

/** Files go to the blob store as they come, so that one is in memory at a time. */
async function readPredictForm(parts: ServerParts, request: FastifyRequest): Promise<PredictForm> {
  const fields = new Map<string, string>();
  const files: PredictInput[] = [];
  const limits = { files: predictionFilesMax, fileSize: fileBytesMax, fields: 20 };
  for await (const part of readForm(request, { limits })) {
    if (part.type === "field") fields.set(part.fieldname, plainField(part.value).slice(0, 200));
    else files.push({ name: fileName(part), digest: await parts.store.blobs.put(await readPart(part)) });
  }
  if (files.length === 0) throw missing("an image", "file");
  const model = fields.get("model") ?? "";
  if (model === "") throw missing("a model", "model");
  const settings = settingsOfFields(fields);
  checkSettings(settings);
  return { files, model, settings };
}

function fileName({ filename }: MultipartFile): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const last = ((filename ?? "").split(/[\\/]/).at(-1) ?? "").replaceAll(/[\u0000-\u001f\u007f]/g, "");
  return last === "" ? "image" : last.slice(-200);
}

function missing(what: string, part: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The request lacks ${what}.`,
    hint: `Send a multipart form with the part \`${part}\`.`,
  });
}

/** @throws FoundryError `job.notFound` when the job is not a prediction, has not finished, or has no such file. */
async function finished(parts: ServerParts, jobId: string, { file }: Which): Promise<Prediction> {
  return getPrediction(parts.store, jobId, file).catch((error: unknown) => {
    if (!isFoundryError(error)) throw error;
    throw new FoundryError("job.notFound", {
      message: "This job has no prediction of this file.",
      hint: "Wait until it is done; its state and that of each file is told at /api/jobs/{jobId}.",
    });
  });
}

/** The compartment asked for, or the first. @throws FoundryError `job.notFound` when the prediction has no such one. */
function compartmentOf(prediction: Prediction, { compartment }: Which): string {
  const known = predictionOf(prediction, false).compartments.map((one) => one.compartment);
  const chosen = compartment ?? known[0] ?? "nuclear";
  if (known.includes(chosen)) return chosen;
  throw new FoundryError("job.notFound", {
    message: `This prediction has no ${chosen} labels; it has ${known.join(", ")}.`,
    hint: "Ask for one of them.",
  });
}

interface Stored {
  readonly prediction: Prediction;
  readonly image: ImageArray;
  /** Of the compartment asked for. */
  readonly labels: LabelImage;
}

async function payload(
  parts: ServerParts,
  jobId: string,
  which: Which,
  what: string,
  type: string,
  draw: (stored: Stored) => Promise<Uint8Array>,
): Promise<Payload> {
  const prediction = await finished(parts, jobId, which);
  const compartment = compartmentOf(prediction, which);
  const stem = prediction.name.replace(/\.[A-Za-z0-9]{1,5}$/, "");
  return {
    type,
    etag: sha256(
      JSON.stringify([
        `${what} 2`,
        prediction.imageDigest,
        prediction.labelDigest,
        prediction.modelVersionId,
        compartment,
        prediction.facts,
      ]),
    ),
    cache: "immutable",
    fileName: `${stem}-${what}`,
    async make() {
      const stored = await readPrediction(parts.store, jobId, which.file);
      const own = await readPredictionPart(parts.store, prediction.id, `${compartment}.labels`);
      return draw(own === null ? stored : { ...stored, labels: decodeLabelPart(own) });
    },
  };
}
