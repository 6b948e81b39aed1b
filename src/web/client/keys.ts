/**
 * Names of what is in the query cache, from wide to narrow, so that one invalidation reaches all that it should:
 * invalidating `keys.project(id)` reaches its images, datasets, models and runs.
 */

import type { PreviewDatasetRequest } from "./api.ts";

export interface ImageFilter {
  readonly q?: string;
  readonly search?: string;
  readonly order?: "imported" | "name" | "cells" | "mpp";
  readonly descending?: 0 | 1;
}

export const keys = {
  session: ["session"] as const,
  members: ["members"] as const,
  invites: ["invites"] as const,
  tokens: ["tokens"] as const,
  projects: ["projects"] as const,
  project: (projectId: string) => ["project", projectId] as const,
  projectFacts: (projectId: string) => ["project", projectId, "facts"] as const,
  images: (projectId: string) => ["project", projectId, "images"] as const,
  imageList: (projectId: string, filter: ImageFilter) => ["project", projectId, "images", filter] as const,
  catalogue: (projectId: string, what: string, of: unknown) =>
    ["project", projectId, "catalogue", what, of] as const,
  findings: (projectId: string, what: string, of: unknown) =>
    ["project", projectId, "findings", what, of] as const,
  terms: (text: string, field: string | undefined) => ["terms", text, field] as const,
  termPlaces: (curies: string) => ["terms", "places", curies] as const,
  markerPanel: (projectId: string) => ["project", projectId, "marker-panel"] as const,
  pinned: (projectId: string, what: string, of: unknown = null) =>
    ["project", projectId, "pinned", what, of] as const,
  evaluation: (evaluationId: string, what: string, of: unknown = null) =>
    ["evaluation", evaluationId, what, of] as const,
  datasets: (projectId: string) => ["project", projectId, "datasets"] as const,
  datasetPreview: (projectId: string, body: PreviewDatasetRequest) =>
    ["project", projectId, "datasets", "preview", body] as const,
  improvements: (projectId: string) => ["project", projectId, "improvements"] as const,
  effort: (projectId: string) => ["project", projectId, "effort"] as const,
  models: (projectId: string) => ["project", projectId, "models"] as const,
  runs: (projectId: string) => ["project", projectId, "runs"] as const,
  image: (imageId: string) => ["image", imageId] as const,
  layer: (layerId: string) => ["layer", layerId] as const,
  layerObjects: (layerId: string) => ["layer", layerId, "objects"] as const,
  layerRevisions: (layerId: string) => ["layer", layerId, "revisions"] as const,
  layerVersions: (layerId: string, what: string, of: unknown = null) =>
    ["layer", layerId, "versions", what, of] as const,
  datasetVersion: (versionId: string) => ["dataset-version", versionId] as const,
  datasetItems: (versionId: string) => ["dataset-version", versionId, "items"] as const,
  datasetChanges: (versionId: string) => ["dataset-version", versionId, "changes"] as const,
  datasetCard: (versionId: string) => ["dataset-version", versionId, "card"] as const,
  releasedModels: ["released-models"] as const,
  modelVersion: (versionId: string) => ["model-version", versionId] as const,
  gate: (versionId: string) => ["model-version", versionId, "gate"] as const,
  run: (runId: string) => ["run", runId] as const,
  jobs: ["jobs"] as const,
  job: (jobId: string) => ["job", jobId] as const,
  prediction: (jobId: string, file: number) => ["prediction", jobId, file] as const,
};
