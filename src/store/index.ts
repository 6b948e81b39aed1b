/** Public surface of `store`: everything durable. Other layers import from here only. */

export { agentOf, ensureAgent } from "./agents.ts";
export type { BlobStore } from "./blobs.ts";
export * from "./datasets.ts";
export { type DoctorReport, doctor, type Finding } from "./doctor/index.ts";
export * from "./edits.ts";
export * from "./events.ts";
export * from "./image-list.ts";
export * from "./images.ts";
export * from "./jobs.ts";
export * from "./layers.ts";
export { ensureLab, ensureOwner, getMember, listMembers, updateMember } from "./members.ts";
export * from "./models.ts";
export * from "./open-store.ts";
export * from "./predictions.ts";
export * from "./projects.ts";
export * from "./proposals.ts";
export * from "./release.ts";
export * from "./revisions.ts";
export * from "./sessions.ts";
export type { Sql } from "./sql.ts";
export { inTransaction, type Store } from "./store.ts";
export * from "./training-runs.ts";
export * from "./types.ts";
export { jobChannel, watchJobs } from "./watch-jobs.ts";
