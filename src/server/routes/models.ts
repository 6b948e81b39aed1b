/** Model versions: lists, cards, weights, evaluation, the release gate. */

import {
  evaluateSchema,
  gateSchema,
  jobSchema,
  modelListSchema,
  modelVersionSchema,
  releaseResultSchema,
} from "#api/index.ts";
import { modelsForProject, releasedModels } from "#jobs/index.ts";
import { getDatasetVersion, releaseGate, releaseModelVersion } from "#store/index.ts";
import { bytes, json, type Payload, route } from "../route.ts";

export const modelRoutes = [
  route({
    method: "GET",
    url: "/projects/:projectId/models",
    summary: "Model versions of a project, and those that came with the program",
    policy: "look",
    on: "project",
    answer: json(modelListSchema),
    handle: async ({ parts, object }) => ({ models: await modelsForProject(parts.store, object.id) }),
  }),
  route({
    method: "GET",
    url: "/models",
    summary: "All released model versions",
    policy: "look",
    answer: json(modelListSchema),
    handle: async ({ parts }) => ({ models: await releasedModels(parts.store) }),
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId",
    summary: "The card of a model version: data, split, seed, scores, errors by class",
    policy: "look",
    on: "modelVersion",
    answer: json(modelVersionSchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId/model.onnx",
    summary: "The model version as an ONNX file",
    policy: "look",
    on: "modelVersion",
    answer: bytes("application/octet-stream"),
    errors: ["blob.corrupt", "blob.missing"],
    handle: async ({ parts, object }): Promise<Payload> => ({
      type: "application/octet-stream",
      etag: object.onnxDigest,
      cache: "immutable",
      fileName: `${object.name}-${object.version}.onnx`,
      make: () => parts.store.blobs.get(object.onnxDigest),
    }),
  }),
  route({
    method: "POST",
    url: "/model-versions/:modelVersionId/evaluate",
    summary: "Score a model version on a split of a dataset version",
    policy: "edit",
    on: "modelVersion",
    body: evaluateSchema,
    answer: json(jobSchema, 202),
    errors: ["dataset.notFound"],
    async handle({ parts, agent, object, body }) {
      const dataset = await getDatasetVersion(parts.store, body.datasetVersionId);
      return parts.queue.submit(agent, {
        kind: "evaluate",
        projectId: dataset.projectId,
        title: `Evaluate ${object.name} ${object.version} on ${dataset.name} ${dataset.version}`,
        params: { modelVersionId: object.id, datasetVersionId: dataset.id, split: body.split },
      });
    },
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId/gate",
    summary: "Whether this version may be released, and why",
    policy: "look",
    on: "modelVersion",
    answer: json(gateSchema),
    handle: ({ parts, object }) => releaseGate(parts.store, object.id),
  }),
  route({
    method: "POST",
    url: "/model-versions/:modelVersionId/release",
    summary: "Release a version that beats the released one on the same frozen test items",
    policy: "release",
    on: "modelVersion",
    answer: json(releaseResultSchema),
    errors: ["model.gate"],
    handle: ({ parts, agent, object }) => releaseModelVersion(parts.store, agent, object.id),
  }),
];
