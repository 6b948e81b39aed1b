/**
 * Model registry: versions, evaluations.
 */

import type { Store } from "./store.ts";
import type {
  Agent,
  ErrorCounts,
  Evaluation,
  GroupScore,
  Model,
  ModelVersion,
  Score,
  SplitRole,
  Stage,
} from "./types.ts";

export interface ImportedModel {
  readonly name: string;
  readonly version: string;
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
  readonly architecture: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly card: Readonly<Record<string, unknown>>;
  readonly licence: string;
  /** Default `released`. */
  readonly stage?: Stage;
  /** Null for a model that ships with the program; default null. */
  readonly projectId?: string | null;
}

export interface NewEvaluation {
  readonly metricVersion: string;
  readonly imageCount: number;
  readonly scores: readonly Score[];
  readonly errors: ErrorCounts;
  readonly groups: readonly GroupScore[];
  /** One entry per image. */
  readonly items: readonly {
    readonly imageId: string;
    readonly scores: readonly Score[];
    readonly errors: ErrorCounts;
  }[];
}

/** Registers a model version from outside; the same name, version and weights again returns the one that is there. */
export async function importModelVersion(
  _store: Store,
  _actor: Agent,
  _model: ImportedModel,
): Promise<ModelVersion> {
  return notYet();
}

/** Models of a project and those that ship; all models without a project. */
export async function listModels(_store: Store, _projectId?: string): Promise<Model[]> {
  return notYet();
}

/** By id, `name@1.0.0`, or `name` for its released version. */
export async function getModelVersion(_store: Store, _reference: string): Promise<ModelVersion> {
  return notYet();
}

export async function modelCard(_store: Store, _modelVersionId: string): Promise<Record<string, unknown>> {
  return notYet();
}

export async function addEvaluation(
  _store: Store,
  _actor: Agent,
  _subject: { readonly modelVersionId: string; readonly datasetVersionId: string; readonly split: SplitRole },
  _evaluation: NewEvaluation,
): Promise<Evaluation> {
  return notYet();
}

export async function evaluationFor(
  _store: Store,
  _modelVersionId: string,
  _datasetVersionId: string,
  _split: SplitRole,
): Promise<Evaluation | null> {
  return notYet();
}

function notYet(): never {
  throw new Error("internal: not yet");
}
