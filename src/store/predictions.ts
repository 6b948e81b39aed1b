/** Predictions: label images made for an uploaded image by a model version, one per job. */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { indexLabels } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import { arrayToLabels, decodeArray, encodeArray, labelsToArray } from "./array-bytes.ts";
import { insertBlobRow, type KeptBlob, keepBlob } from "./blob-rows.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/predictions.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Prediction } from "./types.ts";

export interface NewPrediction {
  readonly jobId: string;
  /** File name as the person gave it. */
  readonly name: string;
  readonly modelVersionId: string;
  /** Blob of the uploaded file. */
  readonly inputDigest: string;
  readonly image: ImageArray;
  readonly labels: LabelImage;
}

/**
 * Keeps a prediction; call within the transaction that ends its job.
 *
 * @throws FoundryError `blob.missing` when the uploaded file was never kept.
 */
export async function insertPrediction(
  store: Store,
  actor: Agent,
  prediction: NewPrediction,
): Promise<Prediction> {
  const { jobId, name, modelVersionId, inputDigest, image, labels } = prediction;
  const input: KeptBlob = { digest: inputDigest, bytes: await inputBytes(store, inputDigest) };
  const imageBlob = await keepBlob(store, encodeArray(image));
  const labelBlob = await keepBlob(store, encodeArray(labelsToArray(labels)));
  return inTransaction(store, async (tx) => {
    for (const blob of [input, imageBlob, labelBlob]) await insertBlobRow(tx, blob);
    const id = tx.ids.next();
    await tx.sql.query(text.insertPrediction, [
      id,
      jobId,
      modelVersionId,
      name,
      inputDigest,
      imageBlob.digest,
      labelBlob.digest,
      labels.height,
      labels.width,
      indexLabels(labels).labels.length,
      actor.id,
      isoTime(tx.clock),
    ]);
    const details = { modelVersionId, labelDigest: labelBlob.digest };
    await appendEvent(tx, actor, { verb: "prediction.made", entity: "prediction", entityId: id, details });
    return getPrediction(tx, jobId);
  });
}

async function inputBytes(store: Store, digest: string): Promise<number> {
  const bytes = await store.blobs.size(digest);
  if (bytes !== null) return bytes;
  throw new FoundryError("blob.missing", {
    message: "The uploaded file is not in the data folder.",
    details: { digest },
  });
}

/** The prediction of a job. @throws FoundryError `request.notFound` when there is none (yet). */
export async function getPrediction(store: Store, jobId: string): Promise<Prediction> {
  const [row] = await store.sql.query<Prediction>(text.selectPrediction, [jobId]);
  if (row !== undefined) return row;
  throw new FoundryError("request.notFound", {
    message: "There is no prediction of this job, or it is not finished yet.",
    details: { jobId },
  });
}

/** The prediction of a job with its image and labels, verified. @throws also `blob.missing`, `blob.corrupt`. */
export async function readPrediction(
  store: Store,
  jobId: string,
): Promise<{ readonly prediction: Prediction; readonly image: ImageArray; readonly labels: LabelImage }> {
  const prediction = await getPrediction(store, jobId);
  const image = decodeArray(await store.blobs.get(prediction.imageDigest));
  const labels = arrayToLabels(decodeArray(await store.blobs.get(prediction.labelDigest)));
  return { prediction, image, labels };
}
