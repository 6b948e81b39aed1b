/** Addresses of things the browser fetches itself: pictures, downloads, pixel arrays. */

import { apiUrl } from "./http.ts";

/** @param options.size longest side in px; options.labels draws outlines; options.version defeats the cache when labels change. */
export function thumbnailUrl(
  imageId: string,
  options: { readonly size?: number; readonly labels?: boolean; readonly version?: string } = {},
): string {
  return apiUrl(`/images/${imageId}/thumbnail.png`, {
    size: options.size ?? 256,
    labels: options.labels === true ? 1 : 0,
    v: options.version,
  });
}

/** Absolute, because readers of Zarr want a full URL. */
export function imageZarrUrl(imageId: string): string {
  return new URL(apiUrl(`/images/${imageId}/zarr`), window.location.origin).href;
}

export function revisionZarrUrl(revisionId: string): string {
  return new URL(apiUrl(`/layer-revisions/${revisionId}/zarr`), window.location.origin).href;
}

export const revisionTiffUrl = (revisionId: string): string =>
  apiUrl(`/layer-revisions/${revisionId}/labels.tif`);

export const modelOnnxUrl = (versionId: string): string => apiUrl(`/model-versions/${versionId}/model.onnx`);

/** One file of a prediction job, and one of its compartments. */
export interface PredictionPart {
  readonly file?: number;
  readonly compartment?: string;
}

function predictionUrl(jobId: string, what: string, { file, compartment }: PredictionPart): string {
  const query = new URLSearchParams();
  if (file !== undefined && file > 0) query.set("file", String(file));
  if (compartment !== undefined) query.set("compartment", compartment);
  const text = query.toString();
  return apiUrl(`/predictions/${jobId}/${what}${text === "" ? "" : `?${text}`}`);
}

export const predictionTiffUrl = (jobId: string, part: PredictionPart): string =>
  predictionUrl(jobId, "labels.tif", part);
export const predictionImageUrl = (jobId: string, part: PredictionPart): string =>
  predictionUrl(jobId, "image.png", part);
export const predictionOverlayUrl = (jobId: string, part: PredictionPart): string =>
  predictionUrl(jobId, "overlay.png", part);
export const predictionMapsUrl = (jobId: string, part: PredictionPart): string =>
  predictionUrl(jobId, "maps.npy", part);
