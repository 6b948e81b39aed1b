/** Predict: an image and a model version go in, a label image comes out. */

import type { MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { jobSchema, predictionResultSchema } from "#api/index.ts";
import { FoundryError, isFoundryError } from "#core/errors.ts";
import { writeLabelTiff } from "#formats/index.ts";
import { sha256 } from "#platform/index.ts";
import { getModelVersion, getPrediction, type Prediction, readPrediction } from "#store/index.ts";
import { plainField, readForm, readPart } from "../form.ts";
import type { ServerParts } from "../parts.ts";
import { overlayPng, predictionSideMax, thumbnailPng } from "../pictures.ts";
import { bytes, json, type Payload, route } from "../route.ts";

/** One image is held in memory while it is hashed; larger ones are for the import. */
const fileBytesMax = 512 * 2 ** 20;

export const predictionRoutes = [
  route({
    method: "POST",
    url: "/predictions",
    summary: "Segment one image file with a model version",
    policy: "predict",
    form: {
      file: "File: the image (PNG or TIFF)",
      model: "`name` for its released version, `name@1.0.0`, or the id of a model version",
    },
    answer: json(jobSchema, 202),
    errors: ["model.notFound", "disk.full"],
    perMinute: 300,
    async handle({ parts, agent, request }) {
      const { name, file, model } = await readPredictForm(request);
      const version = await getModelVersion(parts.store, model);
      const inputDigest = await parts.store.blobs.put(file);
      return parts.queue.submit(agent, {
        kind: "predict",
        projectId: null,
        title: `Predict ${name} with ${version.name} ${version.version}`,
        params: { inputDigest, name, modelVersionId: version.id },
      });
    },
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId",
    summary: "What a finished prediction found",
    policy: "look",
    on: "job",
    answer: json(predictionResultSchema),
    handle: ({ parts, object }) => finished(parts, object.id),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/labels.tif",
    summary: "The label image as TIFF; it names the model version that made it",
    policy: "look",
    on: "job",
    answer: bytes("image/tiff"),
    handle: ({ parts, object }) =>
      payload(parts, object.id, "labels.tif", "image/tiff", ({ labels, prediction }) =>
        writeLabelTiff(labels, {
          description: { model: prediction.modelVersion, modelVersion: prediction.modelVersionId },
        }),
      ),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/image.png",
    summary: "The image as it is shown",
    policy: "look",
    on: "job",
    answer: bytes("image/png"),
    handle: ({ parts, object }) =>
      payload(parts, object.id, "image.png", "image/png", ({ image }) =>
        thumbnailPng(image, predictionSideMax),
      ),
  }),
  route({
    method: "GET",
    url: "/predictions/:jobId/overlay.png",
    summary: "Fill and outline of every object, transparent elsewhere, to lay over the image",
    policy: "look",
    on: "job",
    answer: bytes("image/png"),
    handle: ({ parts, object }) =>
      payload(parts, object.id, "overlay.png", "image/png", ({ labels }) =>
        overlayPng(labels, predictionSideMax),
      ),
  }),
];

interface PredictForm {
  readonly name: string;
  readonly file: Uint8Array;
  readonly model: string;
}

async function readPredictForm(request: FastifyRequest): Promise<PredictForm> {
  let model: string | undefined;
  let file: Uint8Array | undefined;
  let name = "";
  for await (const part of readForm(request, { limits: { files: 1, fileSize: fileBytesMax, fields: 5 } })) {
    if (part.type === "field") {
      if (part.fieldname === "model") model = plainField(part.value);
    } else {
      name = fileName(part);
      file = await readPart(part);
    }
  }
  if (file === undefined) throw missing("an image", "file");
  if (model === undefined || model === "") throw missing("a model", "model");
  return { name, file, model: model.slice(0, 200) };
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

/** @throws FoundryError `job.notFound` when the job is not a prediction or has not finished. */
async function finished(parts: ServerParts, jobId: string): Promise<Prediction> {
  return getPrediction(parts.store, jobId).catch((error: unknown) => {
    if (!isFoundryError(error)) throw error;
    throw new FoundryError("job.notFound", {
      message: "This job has no prediction.",
      hint: "Wait until it is done; its state is told at /api/jobs/{jobId}.",
    });
  });
}

async function payload(
  parts: ServerParts,
  jobId: string,
  what: string,
  type: string,
  draw: (stored: Awaited<ReturnType<typeof readPrediction>>) => Uint8Array,
): Promise<Payload> {
  const prediction = await finished(parts, jobId);
  const stem = prediction.name.replace(/\.[A-Za-z0-9]{1,5}$/, "");
  return {
    type,
    etag: sha256(
      JSON.stringify([
        `${what} 1`,
        prediction.imageDigest,
        prediction.labelDigest,
        prediction.modelVersionId,
      ]),
    ),
    cache: "immutable",
    fileName: `${stem}-${what}`,
    make: async () => draw(await readPrediction(parts.store, jobId)),
  };
}
