/**
 * The objects that addresses point at: how each is found, and who may see it.
 *
 * An object that does not exist, that was thrown away and one that belongs to someone else give the same answer, word
 * for word, so that nobody learns by asking what exists. Handlers get the object from here, never an id to look up.
 */

import type {
  ApiToken,
  DatasetVersionDetail,
  ExportRecord,
  ImageDetail,
  Improvement,
  Invite,
  Job,
  LayerRevision,
  LayerSummary,
  Member,
  ModelVersion,
  Project,
  TrainingRun,
} from "#api/index.ts";
import { type ErrorCode, errorCodes, FoundryError, isFoundryError } from "#core/errors.ts";
import type { EvaluationDetail } from "#store/index.ts";
import * as store from "#store/index.ts";
import type { Actor } from "./policy.ts";

interface Objects {
  project: Project;
  image: ImageDetail;
  trashedImage: { readonly id: string };
  bulkEdit: { readonly id: string };
  savedQuery: { readonly id: string };
  palette: { readonly id: string };
  finding: { readonly id: string };
  mend: { readonly id: string };
  layer: LayerSummary;
  regionHold: store.Hold;
  revision: LayerRevision;
  datasetVersion: DatasetVersionDetail;
  modelVersion: ModelVersion;
  evaluation: EvaluationDetail;
  trainingRun: TrainingRun;
  export: ExportRecord;
  improvement: Improvement;
  job: Job;
  member: Member;
  invite: Invite;
  apiToken: ApiToken;
}

export type ObjectKind = keyof Objects;
export type ObjectOf<Kind extends ObjectKind> = Objects[Kind];

/** Someone who is signed in; only open routes know anonymous callers, and they have no objects. */
export type SignedIn = Exclude<Actor, { kind: "anonymous" }>;

interface ObjectRule<T> {
  /** Name of the parameter in the address. */
  readonly param: string;
  readonly missing: ErrorCode;
  /** For "There is no such …". */
  readonly noun: string;
  /** Null, undefined or a not-found error when there is none. */
  find(from: store.Store, id: string, who: SignedIn): Promise<T | null | undefined>;
  /** Absent means: everyone whom the rule of the route lets in. */
  visible?(object: T, who: SignedIn): boolean;
}

const find = <T extends { readonly id: string }>(list: readonly T[], id: string): T | undefined =>
  list.find((entry) => entry.id === id);

export const objectRules: { readonly [Kind in ObjectKind]: ObjectRule<Objects[Kind]> } = {
  project: {
    param: "projectId",
    missing: "project.notFound",
    noun: "project",
    find: (from, id) => store.getProject(from, id),
  },
  image: {
    param: "imageId",
    missing: "image.notFound",
    noun: "image",
    find: (from, id) => store.getImage(from, id),
  },
  trashedImage: {
    // Restoring answers "not found" itself: a trashed image has no detail to load.
    param: "imageId",
    missing: "image.notFound",
    noun: "image",
    find: async (_from, id) => ({ id }),
  },
  bulkEdit: {
    param: "bulkEditId",
    missing: "request.notFound",
    noun: "edit",
    find: (from, id) => store.getBulkEdit(from, id),
  },
  savedQuery: {
    param: "queryId",
    missing: "request.notFound",
    noun: "saved query",
    find: (from, id) => store.findSavedQuery(from, id),
  },
  palette: {
    param: "paletteId",
    missing: "request.notFound",
    noun: "palette",
    find: (from, id) => store.findPalette(from, id),
  },
  finding: {
    param: "findingId",
    missing: "request.notFound",
    noun: "finding",
    find: (from, id) => store.getFinding(from, id),
  },
  mend: {
    param: "mendId",
    missing: "request.notFound",
    noun: "mending",
    find: (from, id) => store.getMend(from, id),
  },
  improvement: {
    param: "improvementId",
    missing: "request.notFound",
    noun: "improvement of a model",
    find: (from, id) => store.getImprovement(from, id),
  },
  layer: {
    param: "layerId",
    missing: "layer.notFound",
    noun: "layer",
    find: (from, id) => store.getLayer(from, id),
  },
  regionHold: {
    param: "holdId",
    missing: "request.notFound",
    noun: "held region",
    find: (from, id) => store.findHold(from, id),
  },
  revision: {
    param: "revisionId",
    missing: "revision.notFound",
    noun: "layer revision",
    find: (from, id) => store.getRevision(from, id),
  },
  datasetVersion: {
    param: "datasetVersionId",
    missing: "dataset.notFound",
    noun: "dataset version",
    find: (from, id) => store.getDatasetVersion(from, id),
  },
  modelVersion: {
    param: "modelVersionId",
    missing: "model.notFound",
    noun: "model version",
    find: (from, id) => store.getModelVersion(from, id),
  },
  evaluation: {
    param: "evaluationId",
    missing: "request.notFound",
    noun: "evaluation",
    find: (from, id) => store.getEvaluation(from, id),
  },
  trainingRun: {
    param: "runId",
    missing: "training.notFound",
    noun: "training run",
    find: (from, id) => store.getTrainingRun(from, id),
  },
  export: {
    param: "exportId",
    missing: "request.notFound",
    noun: "export",
    find: (from, id) => store.getExport(from, id),
  },
  job: {
    param: "jobId",
    missing: "job.notFound",
    noun: "job",
    find: (from, id) => store.getJob(from, id),
    visible: maySeeJob,
  },
  member: {
    param: "memberId",
    missing: "member.notFound",
    noun: "member",
    find: async (from, id) => find(await store.listMembers(from), id),
  },
  invite: {
    param: "inviteId",
    missing: "member.notFound",
    noun: "invite",
    find: async (from, id) => find(await store.listInvites(from), id),
  },
  apiToken: {
    param: "tokenId",
    missing: "member.notFound",
    noun: "token",
    // Listed by member: another member's token is not found, like one that never was.
    find: async (from, id, who) => find(await store.listApiTokens(from, who.member.id), id),
  },
};

/** Jobs of a project are everyone's; a prediction is seen by who asked for it, and by owners. */
export function maySeeJob(job: Job, who: SignedIn): boolean {
  return (
    job.projectId !== null || who.member.role === "owner" || job.agent.id === store.agentOf(who.member).id
  );
}

/** @throws FoundryError the kind's not-found code, the same for missing and for hidden objects. */
export async function loadObject<Kind extends ObjectKind>(
  from: store.Store,
  kind: Kind,
  id: string,
  who: SignedIn,
): Promise<Objects[Kind]> {
  const chosen: ObjectRule<Objects[Kind]> = objectRules[kind];
  const object = await chosen.find(from, id, who).catch((error: unknown) => {
    if (isFoundryError(error) && errorCodes[error.code].http === 404) return null;
    throw error;
  });
  const hidden = object === null || object === undefined || chosen.visible?.(object, who) === false;
  if (!hidden) return object;
  throw new FoundryError(chosen.missing, {
    message: `There is no such ${chosen.noun}.`,
    hint: "It may have been removed; go back to the list it came from.",
  });
}
