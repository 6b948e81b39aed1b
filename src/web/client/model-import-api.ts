/** Models from elsewhere: look at a file, import it; the package of a version as a download. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type * as wire from "#api/index.ts";
import { apiUrl } from "./http.ts";
import { keys } from "./keys.ts";
import { upload } from "./upload.ts";

export interface ModelImportChoices {
  /** Empty: as the file says. */
  readonly adapter: string;
  readonly compartment: string;
  /** For files that state none. */
  readonly licence: string;
  readonly name: string;
}

export const modelPackageUrl = (versionId: string): string =>
  apiUrl(`/model-versions/${versionId}/package.zip`);

function formOf(file: File, choices: Partial<ModelImportChoices>, dryRun: boolean): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(choices)) if (value !== "") form.append(name, value);
  if (dryRun) form.append("dryRun", "1");
  form.append("file", file, file.name);
  return form;
}

const path = (projectId: string): string => `/projects/${encodeURIComponent(projectId)}/models/import`;

/** What a file is; nothing is stored. */
export function useInspectModel(projectId: string) {
  return useMutation({
    mutationFn: ({ file, choices }: { file: File; choices: Partial<ModelImportChoices> }) =>
      upload<wire.ModelImport>(path(projectId), formOf(file, choices, true)),
    // The sheet shows what went wrong beside the file.
    meta: { quiet: true },
  });
}

export function useImportModel(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ file, choices }: { file: File; choices: ModelImportChoices }) =>
      upload<wire.ModelImportResult>(path(projectId), formOf(file, choices, false)),
    meta: { quiet: true },
    onSuccess: () => client.invalidateQueries({ queryKey: keys.models(projectId) }),
  });
}
