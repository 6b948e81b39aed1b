/** Metadata checks and the vocabulary as typed functions, with their hooks. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type * as wire from "#api/index.ts";
import { request } from "./http.ts";
import { keys } from "./keys.ts";
import { upload } from "./upload.ts";

type AddTerm = z.input<typeof wire.addTermSchema>;

const metadataApi = {
  check: (body: z.input<typeof wire.metadataCheckSchema>, signal: AbortSignal) =>
    request<wire.MetadataReportOnWire>("POST", "/metadata/check", { body, signal }),
  vocabulary: (signal: AbortSignal) => request<wire.VocabularyOnWire>("GET", "/vocabulary", { signal }),
  addTerm: (body: AddTerm) => request<unknown>("POST", "/terms", { body }),
  rename: (body: { curie: string; label: string }) => request<void>("POST", "/terms/rename", { body }),
  merge: (body: { from: string; into: string }) => request<void>("POST", "/terms/merge", { body }),
  install: (file: File) => {
    const form = new FormData();
    form.append("file", file, file.name);
    return upload<wire.InstalledVocabulary>("/vocabulary", form);
  },
};

const vocabularyKey = ["vocabulary"] as const;
const checkKey = ["metadata-check"] as const;

/** What the words of a record mean; the last answer stays while the next is on its way. */
export function useMetadataCheck(record: Readonly<Record<string, string>>, preset: string | undefined) {
  return useQuery({
    queryKey: [...checkKey, record, preset],
    queryFn: ({ signal }) =>
      metadataApi.check({ record, ...(preset === undefined ? {} : { preset }) }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function useVocabulary() {
  return useQuery({ queryKey: vocabularyKey, queryFn: ({ signal }) => metadataApi.vocabulary(signal) });
}

/** A change of terms changes what every word means: searches, checks, facets, words of images. */
function useVocabularyChange<Body, Result>(change: (body: Body) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all(
        [vocabularyKey, checkKey, ["terms"], ["project"], ["image"], keys.projects].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
}

export const useAddTerm = () => useVocabularyChange(metadataApi.addTerm);
export const useRenameTerm = () => useVocabularyChange(metadataApi.rename);
export const useMergeTerm = () => useVocabularyChange(metadataApi.merge);
export const useInstallVocabulary = () => useVocabularyChange(metadataApi.install);
