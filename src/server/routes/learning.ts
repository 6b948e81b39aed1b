/** Learning in place: improve a model from corrections, use it or go back, and let a model look at a part of an image. */

import {
  effortSchema,
  improvementListSchema,
  improvementSchema,
  improveSchema,
  jobSchema,
  predictedPartSchema,
  predictPartSchema,
  shapeToWire,
  takeBackSchema,
} from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import * as store from "#store/index.ts";
import type { ServerParts } from "../parts.ts";
import { json, route } from "../route.ts";

export const learningRoutes = [
  route({
    method: "POST",
    url: "/projects/:projectId/improvements",
    summary:
      "Fine-tune a model on the project's corrections; when it is better, propose anew in untouched images",
    policy: "edit",
    on: "project",
    body: improveSchema,
    answer: json(jobSchema, 202),
    errors: ["model.notFound", "training.config"],
    async handle({ parts, agent, object, body }) {
      const base = await store.getModelVersion(parts.store, body.baseModelVersionId);
      return parts.queue.submit(agent, {
        kind: "improve",
        projectId: object.id,
        title: `Improve ${base.name} ${base.version}`,
        params: { ...body, baseModelVersionId: base.id },
      });
    },
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/improvements",
    summary: "Improvements of models from a project's corrections, newest first",
    policy: "look",
    on: "project",
    answer: json(improvementListSchema),
    handle: async ({ parts, object }) => ({
      improvements: await store.listImprovements(parts.store, object.id),
    }),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/effort",
    summary: "Corrections and time per image, in the order in which people worked on them",
    policy: "look",
    on: "project",
    answer: json(effortSchema),
    handle: async ({ parts, object }) => ({ images: await store.annotationEffort(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/propose/take-back",
    summary: "Bring back what stood before the proposals of a job, in images that nobody has changed since",
    policy: "edit",
    on: "project",
    body: takeBackSchema,
    answer: json(jobSchema, 202),
    errors: ["job.notFound"],
    handle: ({ parts, agent, object, body }) => takeBack(parts, agent, object.id, body.jobId),
  }),
  route({
    method: "POST",
    url: "/improvements/:improvementId/use",
    summary: "Let the improved model propose in all images that nobody has touched",
    policy: "edit",
    on: "improvement",
    answer: json(jobSchema, 202),
    errors: ["model.notFound"],
    async handle({ parts, agent, object }) {
      if (object.modelVersionId === null) {
        throw new FoundryError("model.notFound", {
          message: "This improvement has no model yet.",
          hint: "Wait until its training has ended.",
        });
      }
      const version = await store.getModelVersion(parts.store, object.modelVersionId);
      const job = await parts.queue.submit(agent, {
        kind: "propose",
        projectId: object.projectId,
        title: `Propose anew with ${version.name} ${version.version}`,
        params: { modelVersionId: version.id, imageIds: [], untouchedOnly: true },
      });
      await store.noteUsed(parts.store, agent, object.id, job.id);
      return job;
    },
  }),
  route({
    method: "POST",
    url: "/improvements/:improvementId/take-back",
    summary: "Back to the proposals that stood before this improvement",
    policy: "edit",
    on: "improvement",
    answer: json(jobSchema, 202),
    errors: ["job.notFound"],
    async handle({ parts, agent, object }) {
      const job = await takeBack(parts, agent, object.projectId, object.usedByJobId);
      await store.noteTakenBack(parts.store, agent, object.id, job.id);
      return job;
    },
  }),
  route({
    method: "GET",
    url: "/improvements/:improvementId",
    summary: "One improvement",
    policy: "look",
    on: "improvement",
    answer: json(improvementSchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/predict-part",
    summary: "Run a model on a box of one frame, or follow cells into the next frames; the answer is a draft",
    policy: "edit",
    on: "layer",
    body: predictPartSchema,
    answer: json(jobSchema, 202),
    errors: ["model.notFound"],
    async handle({ parts, agent, object, body }) {
      const version = await store.getModelVersion(parts.store, body.modelVersionId);
      const image = await store.getImage(parts.store, object.imageId);
      const { box, follow, fit, t, z } = body;
      return parts.queue.submit(agent, {
        kind: "predictPart",
        projectId: image.projectId,
        title: `${follow === undefined ? "Look at a part" : "Follow cells"} of ${image.name} with ${version.name} ${version.version}`,
        params: {
          ...{ layerId: object.id, modelVersionId: version.id, t, z },
          ...(box === undefined ? {} : { box }),
          ...(follow === undefined ? {} : { follow }),
          ...(fit === undefined ? {} : { fit }),
        },
      });
    },
  }),
  route({
    method: "GET",
    url: "/jobs/:jobId/part",
    summary: "The cells that a finished job found in a part of an image",
    policy: "look",
    on: "job",
    answer: json(predictedPartSchema),
    errors: ["request.notFound"],
    async handle({ parts, object }) {
      const part = await store.getPredictedPart(parts.store, object.id);
      const [y0, x0, y1, x1] = part.window;
      return {
        modelVersion: part.modelVersion,
        window: [y0, x0, y1, x1] as [number, number, number, number],
        cells: part.cells.map((cell) => ({ ...cell, shape: shapeToWire(cell.shape) })),
        warnings: [...part.warnings],
      };
    },
  }),
];

async function takeBack(parts: ServerParts, agent: store.Agent, projectId: string, jobId: string | null) {
  const job = jobId === null ? null : await store.getWorkJob(parts.store, jobId);
  const isProposals = job?.kind === "propose" || job?.kind === "improve";
  if (job === null || job.projectId !== projectId || !isProposals) {
    throw new FoundryError("job.notFound", {
      message: "No proposals of this project stand to be taken back.",
      hint: "Only the proposals of a job can be taken back, once.",
    });
  }
  return parts.queue.submit(agent, {
    kind: "propose",
    projectId,
    title: `Bring back what was before "${job.title}"`,
    params: {
      modelVersionId: String(job.params["modelVersionId"] ?? job.params["baseModelVersionId"] ?? ""),
      imageIds: [],
      takeBackOf: job.id,
    },
  });
}
