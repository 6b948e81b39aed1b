/** Evaluations: what a model version scored on frozen items, image by image and object by object. */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { insertBlobRow, type KeptBlob, keepBlob } from "./blob-rows.ts";
import type {
  EvaluationDetail,
  EvaluationImage,
  EvaluationSubject,
  NewEvaluation,
  NewEvaluationImage,
} from "./evaluation-types.ts";
import { appendEvent } from "./events.ts";
import { decodeOutcomes, encodeOutcomes, type StoredOutcome } from "./outcome-file.ts";
import * as text from "./sql/evaluations.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Evaluation, SplitRole } from "./types.ts";

/** Makes the objects of an image durable, before the evaluation that names them. */
export async function keepOutcomes(store: Store, outcomes: readonly StoredOutcome[]): Promise<KeptBlob> {
  return keepBlob(store, await encodeOutcomes(outcomes));
}

/** @throws FoundryError `blob.missing`, `blob.corrupt`. Cost: some 10 us per object. */
export async function readOutcomes(store: Store, digest: string): Promise<StoredOutcome[]> {
  return decodeOutcomes(await store.blobs.get(digest));
}

/** Keeps an evaluation; the same subject and metric version again replaces the earlier one. */
export async function addEvaluation(
  store: Store,
  actor: Agent,
  subject: EvaluationSubject,
  evaluation: NewEvaluation,
): Promise<EvaluationDetail> {
  return inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query<{ id: string }>(text.insertEvaluation, [
      tx.ids.next(),
      subject.modelVersionId,
      subject.datasetVersionId,
      subject.split,
      subject.compartment,
      evaluation.metricVersion,
      evaluation.imageCount,
      JSON.stringify(evaluation.scores),
      JSON.stringify(evaluation.errors),
      JSON.stringify(evaluation.groups),
      JSON.stringify(evaluation.report),
      actor.id,
      isoTime(tx.clock),
    ]);
    const { id } = row as { id: string };
    await tx.sql.query(text.deleteImages, [id]);
    await insertImages(tx, id, evaluation.images);
    await appendEvent(tx, actor, {
      verb: "model.evaluated",
      entity: "evaluation",
      entityId: id,
      details: { ...subject },
    });
    return getEvaluation(tx, id);
  });
}

async function insertImages(tx: Store, id: string, images: readonly NewEvaluationImage[]): Promise<void> {
  for (const { outcomes } of images) await insertBlobRow(tx, outcomes);
  await tx.sql.query(text.insertImages, [
    id,
    images.map((_, k) => k),
    images.map(({ imageId }) => imageId),
    images.map(({ name }) => name),
    images.map(({ arrayDigest }) => arrayDigest),
    images.map(({ layerRevisionId }) => layerRevisionId),
    images.map(({ group }) => group),
    images.map(({ facets }) => JSON.stringify(facets)),
    images.map(({ tally }) => JSON.stringify(tally)),
    images.map(({ human }) => (human === null ? null : JSON.stringify(human))),
    images.map(({ outcomes }) => outcomes.digest),
  ]);
}

/** @throws FoundryError `request.notFound`. */
export async function getEvaluation(store: Store, id: string): Promise<EvaluationDetail> {
  const [row] = await store.sql.query<EvaluationDetail>(text.selectEvaluation, [id]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", {
    message: "There is no such evaluation.",
    hint: "Open it from the list of models.",
  });
}

/** Evaluations of a model version on the items of a split, newest first, one per compartment and metric version. */
export async function evaluationsFor(
  store: Store,
  modelVersionId: string,
  datasetVersionId: string,
  split: SplitRole,
): Promise<Evaluation[]> {
  return store.sql.query<Evaluation>(text.selectEvaluationsFor, [modelVersionId, datasetVersionId, split]);
}

/** The newest of them, first compartment first, or null. */
export async function evaluationFor(
  store: Store,
  modelVersionId: string,
  datasetVersionId: string,
  split: SplitRole,
): Promise<Evaluation | null> {
  const [newest] = await evaluationsFor(store, modelVersionId, datasetVersionId, split);
  return newest ?? null;
}

/** Images of an evaluation with their sums, in the frozen order of the items. */
export async function evaluationImages(store: Store, evaluationId: string): Promise<EvaluationImage[]> {
  return store.sql.query<EvaluationImage>(text.selectImages, [evaluationId]);
}

/** @throws FoundryError `request.notFound`. */
export async function evaluationImage(
  store: Store,
  evaluationId: string,
  position: number,
): Promise<EvaluationImage> {
  const [row] = await store.sql.query<EvaluationImage>(text.selectImage, [evaluationId, position]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", { message: "There is no such image in this evaluation." });
}
