/** Datasets: what a query would freeze, freezing it, and the frozen versions. */

import {
  datasetListSchema,
  datasetPreviewSchema,
  datasetVersionDetailSchema,
  freezeDatasetSchema,
  previewDatasetSchema,
} from "#api/index.ts";
import { freezeDataset, listDatasets, previewDataset } from "#store/index.ts";
import { json, route } from "../route.ts";

export const datasetRoutes = [
  route({
    method: "GET",
    url: "/projects/:projectId/datasets",
    summary: "Datasets of a project with their versions",
    policy: "look",
    on: "project",
    answer: json(datasetListSchema),
    handle: async ({ parts, object }) => ({ datasets: await listDatasets(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/datasets/preview",
    summary: "What freezing a query would give: counts, split, licence, what is left out and why",
    policy: "look",
    on: "project",
    body: previewDatasetSchema,
    answer: json(datasetPreviewSchema),
    errors: ["query.syntax"],
    handle: ({ parts, object, body }) => previewDataset(parts.store, object.id, body),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/datasets/freeze",
    summary: "Freeze the accepted labels that a query selects into an immutable version",
    policy: "edit",
    on: "project",
    body: freezeDatasetSchema,
    answer: json(datasetVersionDetailSchema),
    errors: ["query.syntax", "dataset.empty", "dataset.leak"],
    handle: ({ parts, agent, object, body }) =>
      freezeDataset(parts.store, agent, { projectId: object.id, ...body }),
  }),
  route({
    method: "GET",
    url: "/dataset-versions/:datasetVersionId",
    summary: "One dataset version with its items",
    policy: "look",
    on: "datasetVersion",
    answer: json(datasetVersionDetailSchema),
    handle: async ({ object }) => object,
  }),
];
