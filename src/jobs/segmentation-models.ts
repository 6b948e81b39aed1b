/**
 * Loaded model versions of this process: one engine, and the few models used last.
 *
 * Loading a model costs more than predicting a small image, so a worker keeps the last ones; weights are immutable,
 * so a kept model is never out of date. A model in use is never released. The native runtime is loaded at the first
 * use only.
 */

import { FoundryError } from "#core/errors.ts";
import { type ModelTask, modelTask } from "#core/prepare/index.ts";
import type { Engine, SegmentationModel } from "#nn/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import { engineChoice } from "./engine-choice.ts";

/** A model takes some 10-50 MB with its buffers; two cover "candidate against released". */
const IDLE_MODELS_KEPT = 2;

interface LoadedModel {
  readonly model: Promise<SegmentationModel>;
  users: number;
}

let engine: Promise<Engine> | undefined;
/** By model version; least recently used first. */
const loaded = new Map<string, LoadedModel>();

/** The engine of this process. @throws FoundryError `engine.unavailable` when the native runtime cannot be loaded. */
export function processEngine(): Promise<Engine> {
  engine ??= import("#nn/engine/open-engine.ts").then(({ openEngine }) => openEngine(engineChoice()));
  return engine;
}

/**
 * Lends the model of a version to `work`.
 *
 * @throws FoundryError `model.invalid` when the stored contract does not fit this program, `blob.corrupt`,
 *         `blob.missing`, and whatever `work` throws.
 */
export async function withSegmentationModel<T>(
  store: Store,
  version: ModelVersion,
  work: (model: SegmentationModel) => Promise<T>,
): Promise<T> {
  // Two versions may share their network and read it differently.
  const key = version.id;
  const entry = loaded.get(key) ?? { model: load(store, version), users: 0 };
  loaded.delete(key);
  loaded.set(key, entry);
  entry.users += 1;
  try {
    return await work(await entry.model);
  } catch (error) {
    const failedToLoad = await entry.model.then(
      () => false,
      () => true,
    );
    if (failedToLoad) loaded.delete(key);
    throw error;
  } finally {
    entry.users -= 1;
    await releaseIdle(IDLE_MODELS_KEPT);
  }
}

/** Releases every idle model, for a clean end of the process. */
export async function releaseSegmentationModels(): Promise<void> {
  await releaseIdle(0);
}

async function releaseIdle(keep: number): Promise<void> {
  for (const [key, entry] of loaded) {
    if (loaded.size <= keep) return;
    if (entry.users > 0) continue;
    loaded.delete(key);
    await (await entry.model).release();
  }
}

const otherTasks: Readonly<Record<Exclude<ModelTask, "segmentation">, string>> = {
  linking: "links cells of movies",
  prompt: "outlines the cell that is pointed at",
};

async function load(store: Store, version: ModelVersion): Promise<SegmentationModel> {
  const task = modelTask(version.contract);
  if (task !== "segmentation")
    throw new FoundryError("model.invalid", {
      message: `${version.name}@${version.version} ${otherTasks[task]}; it finds none in images.`,
      hint: "Choose a segmentation model.",
    });
  const { loadModel } = await import("#nn/index.ts");
  const bytes = await store.blobs.get(version.onnxDigest);
  // Of whatever version; checked field by field by the loader.
  return loadModel(await processEngine(), bytes, version.contract);
}
