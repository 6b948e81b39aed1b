/**
 * Every route of the server as a typed function.
 *
 * The types come from the schemas in `api/` and cost nothing at run time: the server checks what it sends, and the
 * page would only repeat it. Grouped by the thing they act on; names are verbs.
 */

import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { request } from "./http.ts";
import { type NamedFile, type UploadOptions, upload } from "./upload.ts";

const segment = encodeURIComponent;

/** What a caller may write, defaults left out. */
export type SignIn = z.input<typeof wire.signInSchema>;
export type ImageListRequest = Partial<z.input<typeof wire.imageListQuerySchema>>;
export type UpdateImage = z.input<typeof wire.updateImageSchema>;
export type ProposeRequest = z.input<typeof wire.proposeSchema>;
export type PreviewDatasetRequest = z.input<typeof wire.previewDatasetSchema>;
export type FreezeDatasetRequest = z.input<typeof wire.freezeDatasetSchema>;
export type TrainRequest = z.input<typeof wire.trainSchema>;
export type EvaluateRequest = z.input<typeof wire.evaluateSchema>;
export type ReleaseResult = z.infer<typeof wire.releaseResultSchema>;
export type UpdateMember = z.input<typeof wire.updateMemberSchema>;
export type CreateInvite = z.input<typeof wire.createInviteSchema>;
export type CreateToken = z.input<typeof wire.createTokenSchema>;
export type PostEdits = z.input<typeof wire.postEditsSchema>;

type Signal = { readonly signal?: AbortSignal };

export const sessionApi = {
  read: (options: Signal = {}) => request<wire.SessionInfo>("GET", "/session", options),
  signIn: (body: SignIn) => request<wire.SessionInfo>("POST", "/session", { body }),
  signOut: () => request<void>("DELETE", "/session"),
};

export const membersApi = {
  list: (options: Signal = {}) => request<{ members: wire.Member[] }>("GET", "/members", options),
  update: (memberId: string, body: UpdateMember) =>
    request<wire.Member>("PATCH", `/members/${segment(memberId)}`, { body }),
  invites: (options: Signal = {}) => request<{ invites: wire.Invite[] }>("GET", "/invites", options),
  invite: (body: CreateInvite) => request<wire.CreatedInvite>("POST", "/invites", { body }),
  withdrawInvite: (inviteId: string) => request<void>("DELETE", `/invites/${segment(inviteId)}`),
  tokens: (options: Signal = {}) => request<{ tokens: wire.ApiToken[] }>("GET", "/tokens", options),
  createToken: (body: CreateToken) => request<wire.CreatedApiToken>("POST", "/tokens", { body }),
  deleteToken: (tokenId: string) => request<void>("DELETE", `/tokens/${segment(tokenId)}`),
};

export const projectsApi = {
  list: (options: Signal = {}) => request<{ projects: wire.Project[] }>("GET", "/projects", options),
  create: (name: string) => request<wire.Project>("POST", "/projects", { body: { name } }),
  read: (projectId: string, options: Signal = {}) =>
    request<wire.Project>("GET", `/projects/${segment(projectId)}`, options),
};

export const imagesApi = {
  list: (projectId: string, query: ImageListRequest, options: Signal = {}) =>
    request<wire.ImageList>("GET", `/projects/${segment(projectId)}/images`, {
      ...options,
      query: query as Record<string, string | number | undefined>,
    }),
  read: (imageId: string, options: Signal = {}) =>
    request<wire.ImageDetail>("GET", `/images/${segment(imageId)}`, options),
  update: (imageId: string, body: UpdateImage) =>
    request<wire.ImageDetail>("PATCH", `/images/${segment(imageId)}`, { body }),
  trash: (imageId: string) => request<void>("DELETE", `/images/${segment(imageId)}`),
  restore: (imageId: string) => request<void>("POST", `/images/${segment(imageId)}/restore`),
  import: (projectId: string, parts: ImportParts, options: UploadOptions = {}) =>
    upload<wire.Job>(`/projects/${segment(projectId)}/imports`, importForm(parts), options),
};

export interface ImportParts {
  readonly files: readonly NamedFile[];
  readonly format?: string;
  /** CSV sheet that joins by file name and sets metadata and the leakage group. */
  readonly metadata?: File;
  readonly licence?: string;
}

/** Fields go before files: a server that streams must know the settings before the first file arrives. */
function importForm(parts: ImportParts): FormData {
  const form = new FormData();
  if (parts.format !== undefined) form.append("format", parts.format);
  if (parts.licence !== undefined && parts.licence !== "") form.append("licence", parts.licence);
  if (parts.metadata !== undefined) form.append("metadata", parts.metadata, parts.metadata.name);
  for (const { path, file } of parts.files) form.append("file", file, path);
  return form;
}

export const layersApi = {
  ensure: (imageId: string, body: wire.EnsureLayer) =>
    request<wire.LayerSummary>("POST", `/images/${segment(imageId)}/layers`, { body }),
  read: (layerId: string, options: Signal = {}) =>
    request<wire.LayerSummary>("GET", `/layers/${segment(layerId)}`, options),
  objects: (layerId: string, options: Signal = {}) =>
    request<wire.LayerObjects>("GET", `/layers/${segment(layerId)}/objects`, options),
  edits: (
    layerId: string,
    query: { after?: number; limit?: number; births?: "whole" | "counted" },
    options: Signal = {},
  ) => request<wire.EditLog>("GET", `/layers/${segment(layerId)}/edits`, { ...options, query }),
  postEdits: (layerId: string, body: PostEdits, options: Signal = {}) =>
    request<wire.PostEditsResult>("POST", `/layers/${segment(layerId)}/edits`, { ...options, body }),
  revisions: (layerId: string, options: Signal = {}) =>
    request<{ revisions: wire.LayerRevision[] }>("GET", `/layers/${segment(layerId)}/revisions`, options),
  revisionObjects: (revisionId: string, options: Signal = {}) =>
    request<wire.RevisionObjects>("GET", `/layer-revisions/${segment(revisionId)}/objects`, options),
  commit: (layerId: string, message: string) =>
    request<wire.LayerRevision>("POST", `/layers/${segment(layerId)}/revisions`, { body: { message } }),
  accept: (layerId: string) => request<wire.LayerRevision>("POST", `/layers/${segment(layerId)}/accept`),
};

export const datasetsApi = {
  list: (projectId: string, options: Signal = {}) =>
    request<{ datasets: wire.Dataset[] }>("GET", `/projects/${segment(projectId)}/datasets`, options),
  preview: (projectId: string, body: PreviewDatasetRequest, options: Signal = {}) =>
    request<wire.DatasetPreview>("POST", `/projects/${segment(projectId)}/datasets/preview`, {
      ...options,
      body,
    }),
  freeze: (projectId: string, body: FreezeDatasetRequest) =>
    request<wire.DatasetVersionDetail>("POST", `/projects/${segment(projectId)}/datasets/freeze`, { body }),
  readVersion: (versionId: string, options: Signal = {}) =>
    request<wire.DatasetVersionDetail>("GET", `/dataset-versions/${segment(versionId)}`, options),
  items: (versionId: string, after: number, options: Signal = {}) =>
    request<wire.DatasetItemPage>("GET", `/dataset-versions/${segment(versionId)}/items`, {
      ...options,
      query: { after },
    }),
  changes: (versionId: string, options: Signal = {}) =>
    request<wire.DatasetImageChanges>("GET", `/dataset-versions/${segment(versionId)}/changes`, options),
  card: (versionId: string, options: Signal = {}) =>
    request<wire.DatasetCard>("GET", `/dataset-versions/${segment(versionId)}/card`, options),
};

export const modelsApi = {
  ofProject: (projectId: string, options: Signal = {}) =>
    request<{ models: wire.Model[] }>("GET", `/projects/${segment(projectId)}/models`, options),
  released: (options: Signal = {}) => request<{ models: wire.Model[] }>("GET", "/models", options),
  readVersion: (versionId: string, options: Signal = {}) =>
    request<wire.ModelVersion>("GET", `/model-versions/${segment(versionId)}`, options),
  train: (projectId: string, body: TrainRequest) =>
    request<wire.Job>("POST", `/projects/${segment(projectId)}/train`, { body }),
  runs: (projectId: string, options: Signal = {}) =>
    request<{ runs: wire.TrainingRun[] }>("GET", `/projects/${segment(projectId)}/training-runs`, options),
  readRun: (runId: string, options: Signal = {}) =>
    request<wire.TrainingRun>("GET", `/training-runs/${segment(runId)}`, options),
  evaluate: (versionId: string, body: EvaluateRequest) =>
    request<wire.Job>("POST", `/model-versions/${segment(versionId)}/evaluate`, { body }),
  gate: (versionId: string, options: Signal = {}) =>
    request<wire.Gate>("GET", `/model-versions/${segment(versionId)}/gate`, options),
  release: (versionId: string) =>
    request<ReleaseResult>("POST", `/model-versions/${segment(versionId)}/release`),
  propose: (projectId: string, body: ProposeRequest) =>
    request<wire.Job>("POST", `/projects/${segment(projectId)}/propose`, { body }),
  trackMovies: (projectId: string, body: wire.TrackMovies) =>
    request<wire.Job>("POST", `/projects/${segment(projectId)}/track`, { body }),
};

export const predictionsApi = {
  /** @param model "name", "name@1.0.0" or the id of a model version. @param fields as the route's form takes them. */
  start: (
    files: readonly File[],
    model: string,
    fields: Readonly<Record<string, string>> = {},
    options: UploadOptions = {},
  ) => {
    const form = new FormData();
    form.append("model", model);
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const file of files) form.append("file", file, file.name);
    return upload<wire.Job>("/predictions", form, options);
  },
  read: (jobId: string, file = 0, options: Signal = {}) =>
    request<wire.PredictionResult>("GET", `/predictions/${segment(jobId)}`, { ...options, query: { file } }),
};

export const jobsApi = {
  list: (query: { state?: wire.JobState; limit?: number } = {}, options: Signal = {}) =>
    request<{ jobs: wire.Job[] }>("GET", "/jobs", { ...options, query }),
  read: (jobId: string, options: Signal = {}) => request<wire.Job>("GET", `/jobs/${segment(jobId)}`, options),
  cancel: (jobId: string) => request<wire.Job>("POST", `/jobs/${segment(jobId)}/cancel`),
};
