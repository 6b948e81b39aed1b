/** How the page speaks with the server: typed routes, addresses, cache keys and hooks. The editor uses it too. */

export * from "./api.ts";
export * from "./augment-api.ts";
export { createCache, toFoundryError } from "./cache.ts";
export * from "./catalogue-api.ts";
export * from "./cell-types-api.ts";
export * from "./evaluations-api.ts";
export { applyJob, isFinal, putJob, subscribeToJobs } from "./events.ts";
export * from "./exports-api.ts";
export * from "./findings-api.ts";
export * from "./hooks-catalogue.ts";
export * from "./hooks-images.ts";
export * from "./hooks-jobs.ts";
export * from "./hooks-learning.ts";
export * from "./hooks-models.ts";
export * from "./hooks-session.ts";
export * from "./hooks-versions.ts";
export { apiUrl, readAnswer, request } from "./http.ts";
export { type ImageFilter, keys } from "./keys.ts";
export * from "./learning-api.ts";
export { liveApi } from "./live-api.ts";
export * from "./model-import-api.ts";
export * from "./palettes-api.ts";
export { pastApi } from "./past-api.ts";
export { tracksApi } from "./tracks-api.ts";
export type { NamedFile, UploadOptions, UploadProgress } from "./upload.ts";
export { upload } from "./upload.ts";
export * from "./urls.ts";
