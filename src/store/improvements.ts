/**
 * Improvements: a model learns from the corrections of a project, and its proposals replace the former ones in images that
 * nobody has touched.
 *
 * The row ties together what belongs together: the job, the base, the frozen corrections, the new version, whether it is
 * better, whose proposals stand. So the page can say where a project is, and go back.
 */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/improvements.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

export type ImprovementVerdict = "better" | "alike" | "unknown";

export interface Improvement {
  readonly id: string;
  readonly projectId: string;
  readonly jobId: string;
  readonly baseModelVersionId: string;
  readonly datasetVersionId: string | null;
  readonly modelVersionId: string | null;
  /** Null until it is trained. */
  readonly verdict: ImprovementVerdict | null;
  /** The verdict in a sentence for people. */
  readonly reason: string;
  readonly usedByJobId: string | null;
  readonly takenBackByJobId: string | null;
  readonly createdAt: string;
}

/** Improvements of a project that a page shows. */
const listLimit = 50;

/** The improvement of a job, made when it is new. */
export async function ensureImprovement(
  store: Store,
  actor: Agent,
  { projectId, jobId, baseModelVersionId }: Pick<Improvement, "projectId" | "jobId" | "baseModelVersionId">,
): Promise<Improvement> {
  return inTransaction(store, async (tx) => {
    const id = tx.ids.next();
    await tx.sql.query(text.insertImprovement, [
      id,
      projectId,
      jobId,
      baseModelVersionId,
      actor.id,
      isoTime(tx.clock),
    ]);
    const [row] = await tx.sql.query<Improvement>(text.selectImprovementOfJob, [jobId]);
    const made = row as Improvement;
    if (made.id === id)
      await appendEvent(tx, actor, {
        verb: "improvement.started",
        entity: "improvement",
        entityId: id,
        details: { baseModelVersionId },
      });
    return made;
  });
}

/** @throws FoundryError `request.notFound`. */
export async function getImprovement(store: Store, improvementId: string): Promise<Improvement> {
  const [row] = await store.sql.query<Improvement>(text.selectImprovement, [improvementId]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", { message: "There is no such improvement of a model." });
}

/** Newest first. */
export function listImprovements(store: Store, projectId: string): Promise<Improvement[]> {
  return store.sql.query<Improvement>(text.selectImprovements, [projectId, listLimit]);
}

/** Improvements of improvements of improvements: longer chains are not followed. */
const chainMax = 100;

/**
 * The version that learning starts from: not an improvement but what that was learnt from, so that each one starts from
 * released weights with all corrections, and nothing drifts.
 */
export async function learningBase(store: Store, modelVersionId: string): Promise<string> {
  let base = modelVersionId;
  for (let k = 0; k < chainMax; k++) {
    const [row] = await store.sql.query<{ baseId: string }>(text.selectBaseOfImproved, [base]);
    if (row === undefined) return base;
    base = row.baseId;
  }
  return base;
}

/** Writes down what has become known; the rest stays. */
export async function noteImprovement(
  store: Store,
  improvementId: string,
  known: Partial<Pick<Improvement, "datasetVersionId" | "modelVersionId" | "verdict" | "reason">>,
): Promise<void> {
  await store.sql.query(text.updateImprovement, [
    improvementId,
    known.datasetVersionId ?? null,
    known.modelVersionId ?? null,
    known.verdict ?? null,
    known.reason ?? null,
  ]);
}

/** The job whose proposals stand in the images from now on. */
export const noteUsed = (store: Store, actor: Agent, improvementId: string, jobId: string): Promise<void> =>
  noteJob(store, actor, { improvementId, jobId, verb: "improvement.used", statement: text.setUsedBy });

/** The job that brings the former proposals back. */
export const noteTakenBack = (
  store: Store,
  actor: Agent,
  improvementId: string,
  jobId: string,
): Promise<void> =>
  noteJob(store, actor, {
    improvementId,
    jobId,
    verb: "improvement.takenBack",
    statement: text.setTakenBackBy,
  });

interface NotedJob {
  readonly improvementId: string;
  readonly jobId: string;
  readonly verb: "improvement.used" | "improvement.takenBack";
  readonly statement: string;
}

async function noteJob(
  store: Store,
  actor: Agent,
  { improvementId, jobId, verb, statement }: NotedJob,
): Promise<void> {
  await inTransaction(store, async (tx) => {
    await tx.sql.query(statement, [improvementId, jobId]);
    await appendEvent(tx, actor, {
      verb,
      entity: "improvement",
      entityId: improvementId,
      details: { jobId },
    });
  });
}
