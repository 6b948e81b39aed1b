/** Model registry: versions with their stage and origin, each with its evaluations. */

import { FoundryError } from "#core/errors.ts";
import { isoTime } from "#platform/index.ts";
import { keepBlob } from "./blob-rows.ts";
import { selectEvaluationsOf } from "./sql/evaluations.ts";
import * as text from "./sql/models.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Evaluation, Model, ModelVersion, Stage } from "./types.ts";
import { insertModelVersion } from "./write-model-version.ts";

export interface ImportedModel {
  readonly name: string;
  readonly version: string;
  readonly weights: Uint8Array;
  readonly onnx: Uint8Array;
  readonly architecture: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly card: Readonly<Record<string, unknown>>;
  readonly licence: string;
  /** Default `released`, which retires the released version of that name. */
  readonly stage?: Stage | undefined;
  /** Null for a model that ships with the program; default null. */
  readonly projectId?: string | null | undefined;
}

type VersionRow = Omit<ModelVersion, "evaluations">;

/**
 * Registers a model version from outside. The same name, version and bytes again return the one that is there.
 *
 * @throws FoundryError `model.invalid` when the version exists with other bytes.
 */
export async function importModelVersion(
  store: Store,
  actor: Agent,
  model: ImportedModel,
): Promise<ModelVersion> {
  const weights = await keepBlob(store, model.weights);
  const onnx = await keepBlob(store, model.onnx);
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.insertModel, [tx.ids.next(), model.name, isoTime(tx.clock)]);
    await tx.sql.query(text.lockModel, [model.name]);
    const [present] = await tx.sql.query<VersionRow>(text.selectVersionByName, [model.name, model.version]);
    if (present !== undefined) {
      if (present.weightsDigest === weights.digest && present.onnxDigest === onnx.digest)
        return getModelVersion(tx, present.id);
      throw new FoundryError("model.invalid", {
        message: `Model ${model.name}@${model.version} exists already with other weights.`,
        hint: "Give the new one another version.",
      });
    }
    const content = {
      ...model,
      weights,
      onnx,
      stage: model.stage ?? "released",
      projectId: model.projectId ?? null,
    };
    return getModelVersion(tx, await insertModelVersion(tx, actor, content));
  });
}

/** Models with a version of the project, and those that ship; all without a project. By name, newest version first. */
export async function listModels(store: Store, projectId?: string): Promise<Model[]> {
  const versions = await withEvaluations(
    store,
    await store.sql.query<VersionRow>(text.selectVersions, [projectId ?? null]),
  );
  return [...Map.groupBy(versions, ({ modelId }) => modelId)].map(([id, list]) => ({
    id,
    name: list[0]?.name ?? "",
    versions: list,
  }));
}

/**
 * By id, by `name@1.0.0`, or by `name` for its released version.
 *
 * @throws FoundryError `model.notFound`.
 */
export async function getModelVersion(store: Store, reference: string): Promise<ModelVersion> {
  const [found] = await withEvaluations(store, await findVersions(store, reference));
  if (found !== undefined) return found;
  throw new FoundryError("model.notFound", {
    message: reference.includes("@")
      ? `There is no model version "${reference}".`
      : `There is no released model "${reference}".`,
    hint: "List the models to see what there is.",
    details: { reference },
  });
}

async function findVersions(store: Store, reference: string): Promise<VersionRow[]> {
  const byId = await store.sql.query<VersionRow>(text.selectVersion, [reference]);
  if (byId.length > 0) return byId;
  const [name, version] = reference.split("@");
  if (version === undefined) return store.sql.query<VersionRow>(text.selectReleased, [name]);
  return store.sql.query<VersionRow>(text.selectVersionByName, [name, version]);
}

async function withEvaluations(store: Store, versions: readonly VersionRow[]): Promise<ModelVersion[]> {
  if (versions.length === 0) return [];
  const rows = await store.sql.query<Evaluation>(selectEvaluationsOf, [versions.map(({ id }) => id)]);
  const byVersion = Map.groupBy(rows, ({ modelVersionId }) => modelVersionId);
  return versions.map((version) => ({ ...version, evaluations: byVersion.get(version.id) ?? [] }));
}

/** What its maker wrote about a model version. @throws FoundryError `model.notFound`. */
export async function modelCard(store: Store, modelVersionId: string): Promise<Record<string, unknown>> {
  const [row] = await store.sql.query<{ card: Record<string, unknown> }>(text.selectCard, [modelVersionId]);
  if (row === undefined)
    throw new FoundryError("model.notFound", { message: "There is no such model version." });
  return row.card;
}
