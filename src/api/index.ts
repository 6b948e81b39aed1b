/**
 * What goes over the wire: one schema per thing, used by the server to check, by OpenAPI to document, and by the
 * web page and the command line for their types. The browser meets the server only through this folder.
 */

export * from "./augment.ts";
export * from "./catalogue.ts";
export * from "./cell-types.ts";
export * from "./coverage.ts";
export * from "./datasets.ts";
export * from "./edits.ts";
export * from "./evaluations.ts";
export * from "./exports.ts";
export * from "./findings.ts";
export * from "./fine-tuning-words.ts";
export * from "./images.ts";
export * from "./imports.ts";
export * from "./jobs.ts";
export * from "./labels.ts";
export * from "./learning.ts";
export * from "./live.ts";
export * from "./members.ts";
export * from "./metadata.ts";
export * from "./model-import.ts";
export * from "./models.ts";
export * from "./palettes.ts";
export * from "./past.ts";
export * from "./primitives.ts";
export * from "./server.ts";
export * from "./shapes.ts";
export * from "./tracks.ts";
export * from "./versions.ts";
