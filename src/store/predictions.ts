/**
 * Predictions: label images made for an uploaded image by a model version.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent, Prediction } from "./types.ts";

export interface NewPrediction {
  readonly jobId: string;
  readonly name: string;
  readonly modelVersionId: string;
  readonly inputDigest: string;
  readonly image: ImageArray;
  readonly labels: LabelImage;
}

export async function insertPrediction(
  _store: Store,
  _actor: Agent,
  _prediction: NewPrediction,
): Promise<Prediction> {
  return notYet();
}

/** The prediction of a job. */
export async function getPrediction(_store: Store, _jobId: string): Promise<Prediction> {
  return notYet();
}

export async function readPrediction(
  _store: Store,
  _jobId: string,
): Promise<{ readonly prediction: Prediction; readonly image: ImageArray; readonly labels: LabelImage }> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
