/** Training, and pre-labelling by a model: work that a project's people start and a worker does. */

import {
  jobSchema,
  proposeSchema,
  trainingRunListSchema,
  trainingRunSchema,
  trainSchema,
} from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { parseSplitView } from "#core/select/index.ts";
import { assertArchitecture } from "#jobs/index.ts";
import { getDatasetVersion, getModelVersion, listTrainingRuns } from "#store/index.ts";
import { json, route } from "../route.ts";

export const trainingRoutes = [
  route({
    method: "POST",
    url: "/projects/:projectId/propose",
    summary: "Let a model version pre-label images (all without a person's labels when none are named)",
    policy: "edit",
    on: "project",
    body: proposeSchema,
    answer: json(jobSchema, 202),
    errors: ["model.notFound"],
    bodyBytesMax: 4 * 2 ** 20,
    async handle({ parts, agent, object, body }) {
      const model = await getModelVersion(parts.store, body.modelVersionId);
      return parts.queue.submit(agent, {
        kind: "propose",
        projectId: object.id,
        title: `Pre-label with ${model.name} ${model.version}`,
        params: {
          modelVersionId: model.id,
          imageIds: body.imageIds,
          ...(body.fit === undefined ? {} : { fit: body.fit }),
        },
      });
    },
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/train",
    summary: "Train a model version on a dataset version",
    policy: "edit",
    on: "project",
    body: trainSchema,
    answer: json(jobSchema, 202),
    errors: ["dataset.notFound", "model.notFound", "training.config"],
    async handle({ parts, agent, object, body }) {
      if ((body.minutes === undefined) === (body.steps === undefined)) {
        throw new FoundryError("training.config", {
          message: "Say how long to train, either in minutes or in steps.",
          hint: "Send exactly one of `minutes` and `steps`.",
        });
      }
      const dataset = await getDatasetVersion(parts.store, body.datasetVersionId);
      if (dataset.projectId !== object.id) {
        throw new FoundryError("dataset.notFound", {
          message: "This project has no such dataset version.",
          hint: "Choose one of the project's own versions.",
        });
      }
      if (body.baseModelVersionId !== undefined) await getModelVersion(parts.store, body.baseModelVersionId);
      assertArchitecture(body);
      if (body.view !== undefined) parseSplitView(body.view);
      return parts.queue.submit(agent, {
        kind: "train",
        projectId: object.id,
        title: `Train ${body.modelName} on ${dataset.name} ${dataset.version}`,
        params: body,
      });
    },
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/training-runs",
    summary: "Training runs of a project, newest first",
    policy: "look",
    on: "project",
    answer: json(trainingRunListSchema),
    handle: async ({ parts, object }) => ({ runs: await listTrainingRuns(parts.store, object.id) }),
  }),
  route({
    method: "GET",
    url: "/training-runs/:runId",
    summary: "One training run with its curve",
    policy: "look",
    on: "trainingRun",
    answer: json(trainingRunSchema),
    handle: async ({ object }) => object,
  }),
];
