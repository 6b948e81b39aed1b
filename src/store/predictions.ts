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
  /** The image, or a small picture of one too large to be kept twice. */
  readonly image: ImageArray;
  /** Labels of the first compartment, of the size of `image`. */
  readonly labels: LabelImage;
  /** Which of the job's files; default 0. */
  readonly file?: number;
  /** Size and count of the image itself, where `image` and `labels` are small pictures. */
  readonly whole?: { readonly height: number; readonly width: number; readonly cellCount: number };
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Further bytes that belong to it, by name of the part. */
  readonly parts?: ReadonlyMap<string, Uint8Array>;
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
  const { jobId, name, modelVersionId, inputDigest, image, labels, file = 0, facts = {} } = prediction;
  const input: KeptBlob = { digest: inputDigest, bytes: await inputBytes(store, inputDigest) };
  const imageBlob = await keepBlob(store, encodeArray(image));
  const labelBlob = await keepBlob(store, encodeArray(labelsToArray(labels)));
  const parts: { readonly part: string; readonly blob: KeptBlob }[] = [];
  for (const [part, bytes] of prediction.parts ?? [])
    parts.push({ part, blob: await keepBlob(store, bytes) });
  const { height, width, cellCount } = prediction.whole ?? {
    height: labels.height,
    width: labels.width,
    cellCount: indexLabels(labels).labels.length,
  };
  return inTransaction(store, async (tx) => {
    for (const blob of [input, imageBlob, labelBlob, ...parts.map((one) => one.blob)])
      await insertBlobRow(tx, blob);
    const id = tx.ids.next();
    await tx.sql.query(text.insertPrediction, [
      id,
      jobId,
      modelVersionId,
      name,
      inputDigest,
      imageBlob.digest,
      labelBlob.digest,
      height,
      width,
      cellCount,
      actor.id,
      isoTime(tx.clock),
      file,
      JSON.stringify(facts),
    ]);
    for (const { part, blob } of parts)
      await tx.sql.query(text.insertPredictionPart, [id, part, blob.digest]);
    const details = { modelVersionId, labelDigest: labelBlob.digest };
    await appendEvent(tx, actor, { verb: "prediction.made", entity: "prediction", entityId: id, details });
    return getPrediction(tx, jobId, file);
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

/** The prediction of a job for one of its files. @throws FoundryError `request.notFound` when there is none (yet). */
export async function getPrediction(store: Store, jobId: string, file = 0): Promise<Prediction> {
  const [row] = await store.sql.query<Prediction>(text.selectPrediction, [jobId, file]);
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
  file = 0,
): Promise<{ readonly prediction: Prediction; readonly image: ImageArray; readonly labels: LabelImage }> {
  const prediction = await getPrediction(store, jobId, file);
  const image = decodeArray(await store.blobs.get(prediction.imageDigest));
  const labels = arrayToLabels(decodeArray(await store.blobs.get(prediction.labelDigest)));
  return { prediction, image, labels };
}

/** Bytes of a part of a prediction, verified; `null` when it has no such part. @throws `blob.missing`, `blob.corrupt`. */
export async function readPredictionPart(
  store: Store,
  predictionId: string,
  part: string,
): Promise<Uint8Array | null> {
  const [row] = await store.sql.query<{ digest: string }>(text.selectPredictionPart, [predictionId, part]);
  return row === undefined ? null : store.blobs.get(row.digest);
}

/** Bytes of the labels of a compartment beyond the first, as `decodeLabelPart` reads them. */
export function encodeLabelPart(labels: LabelImage): Uint8Array {
  return encodeArray(labelsToArray(labels));
}

/** @throws FoundryError `blob.corrupt` for bytes that `encodeLabelPart` did not make. */
export function decodeLabelPart(bytes: Uint8Array): LabelImage {
  return arrayToLabels(decodeArray(bytes));
}
