/**
 * Datasets: a query over accepted labels, frozen into immutable versions.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import type { Store } from "./store.ts";
import type { Agent, Dataset, DatasetPreview, DatasetVersionDetail, Mpp, SplitRole } from "./types.ts";

export interface FreezeRequest {
  readonly projectId: string;
  readonly name: string;
  readonly query: string;
  readonly message?: string;
  readonly seed?: number;
}

export interface TrainingItem {
  readonly imageId: string;
  readonly name: string;
  readonly group: string;
  readonly image: ImageArray;
  readonly labels: LabelImage;
  readonly mpp: Mpp | null;
}

export async function previewDataset(
  _store: Store,
  _projectId: string,
  _request: { readonly name?: string | undefined; readonly query: string; readonly seed?: number },
): Promise<DatasetPreview> {
  return notYet();
}

export async function freezeDataset(
  _store: Store,
  _actor: Agent,
  _request: FreezeRequest,
): Promise<DatasetVersionDetail> {
  return notYet();
}

/** By id, or by `name@1.0.0` (within a project when given; `name` alone means its newest version). */
export async function getDatasetVersion(
  _store: Store,
  _reference: string,
  _projectId?: string,
): Promise<DatasetVersionDetail> {
  return notYet();
}

export async function listDatasets(_store: Store, _projectId: string): Promise<Dataset[]> {
  return notYet();
}

/** Items of one role in the frozen order, read one at a time. */
export async function* datasetItemsForTraining(
  _store: Store,
  _versionId: string,
  _role: SplitRole,
): AsyncGenerator<TrainingItem> {
  notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
