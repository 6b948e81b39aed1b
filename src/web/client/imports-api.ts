/** Uploads that wait: sent once, looked at as often as it takes to answer what they leave open, then imported. */

import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { request } from "./http.ts";
import { type NamedFile, type UploadOptions, upload } from "./upload.ts";

const segment = encodeURIComponent;
const of = (projectId: string, uploadId: string, rest = ""): string =>
  `/projects/${segment(projectId)}/uploads/${segment(uploadId)}${rest}`;

export type ImportChoices = z.input<typeof wire.importChoicesSchema>;

export const importsApi = {
  send: (projectId: string, files: readonly NamedFile[], options: UploadOptions = {}) => {
    const form = new FormData();
    for (const { path, file } of files) form.append("file", file, path);
    return upload<wire.Upload>(`/projects/${segment(projectId)}/uploads`, form, options);
  },
  plan: (projectId: string, uploadId: string, body: ImportChoices, signal: AbortSignal) =>
    request<wire.ImportPlan>("POST", of(projectId, uploadId, "/plan"), { body, signal }),
  /** Describes the images of the upload by this sheet from now on. */
  setSheet: (projectId: string, uploadId: string, body: { name: string; text: string }) =>
    request<void>("POST", of(projectId, uploadId, "/sheet"), { body }),
  start: (projectId: string, uploadId: string, body: ImportChoices) =>
    request<wire.Job>("POST", of(projectId, uploadId, "/import"), { body }),
  discard: (projectId: string, uploadId: string) => request<void>("DELETE", of(projectId, uploadId)),
};
