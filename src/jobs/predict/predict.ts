/**
 * Predict: image files and one model version give label images, file by file.
 *
 * A file that fails is reported and the rest goes on. Uploaded files lie in the blob store, so that a retry on another
 * machine finds them, and their predictions are rows written together with their items; files of this machine are read
 * where they lie and their labels written to a folder (command line).
 */

import { errorToWire, FoundryError } from "#core/errors.ts";
import type { Compartment } from "#nn/index.ts";
import {
  getModelVersion,
  getPrediction,
  insertPrediction,
  inTransaction,
  type ModelVersion,
} from "#store/index.ts";
import type { JobContext, JobOutcome, PredictInput } from "../job.ts";
import { withSegmentationModel } from "../segmentation-models.ts";
import { predictFile } from "./predict-file.ts";
import { checkSettings } from "./settings.ts";
import "../wasm-decoders.ts";

/**
 * @throws FoundryError `model.notFound`, `model.invalid`, `request.invalid` for settings; of the file when there is only
 *         one and it fails.
 */
export async function predict(context: JobContext<"predict">): Promise<JobOutcome> {
  const { store, params, signal } = context;
  const version = await getModelVersion(store, params.modelVersionId);
  checkSettings(params.settings ?? {});
  const startedAt = performance.now();
  const files: Record<string, unknown>[] = [];
  const failures: unknown[] = [];
  for (const [index, input] of params.files.entries()) {
    signal.throwIfAborted();
    const report = reporter(context, index, startedAt);
    report(0);
    try {
      files.push({ state: "done", ...(await predictOne(context, version, index, report)) });
    } catch (error) {
      // A model that cannot be loaded fails every file alike.
      if (signal.aborted || isFatal(error)) throw error;
      failures.push(error);
      const wire = errorToWire(error);
      files.push({ state: "failed", name: input.name, error: wire });
      await context.item({ name: input.name, state: "failed", error: wire, id: null });
    }
  }
  // One file is its job; of many, each has its own state.
  if (params.files.length === 1 && failures.length === 1) throw failures[0];
  const first = files.find(({ state }) => state === "done") ?? {};
  return { result: { ...first, modelVersion: `${version.name}@${version.version}`, files } };
}

const isFatal = (error: unknown): boolean =>
  error instanceof FoundryError &&
  ["model.invalid", "engine.unavailable", "disk.full", "blob.corrupt"].includes(error.code);

/** Progress over all files, with the time left as it went so far. */
function reporter(
  { params, report }: JobContext<"predict">,
  index: number,
  startedAt: number,
): (fraction: number) => void {
  const { files } = params;
  const name = files[index]?.name ?? "";
  const which = files.length === 1 ? "" : `image ${index + 1} of ${files.length}: `;
  return (within) => {
    const fraction = (index + within) / files.length;
    const elapsed = performance.now() - startedAt;
    report({
      fraction,
      text: `Segmenting ${which}${name}`,
      msLeft: fraction > 0 ? (elapsed / fraction) * (1 - fraction) : null,
    });
  };
}

async function predictOne(
  context: JobContext<"predict">,
  version: ModelVersion,
  index: number,
  onProgress: (fraction: number) => void,
): Promise<Record<string, unknown>> {
  const { store, actor, job, params, signal } = context;
  const input = params.files[index] as PredictInput;
  const item = { name: input.name, state: "done", error: null, id: null } as const;
  const before = await madeBefore(context, index);
  if (before !== null) {
    await context.item(item);
    return before;
  }
  const path = input.digest === undefined ? input.path : store.blobs.path(input.digest);
  const { out } = input;
  const target =
    out === undefined
      ? undefined
      : (compartment: Compartment): string =>
          countOf(version) > 1 ? out.replace(/\.tif$/, `_${compartment}.tif`) : out;
  const { found, keep } = await withSegmentationModel(store, version, (model) =>
    predictFile(
      model,
      version,
      { path: path ?? "", name: input.name },
      {
        settings: params.settings ?? {},
        signal,
        onProgress,
        out: target,
      },
    ),
  );
  signal.throwIfAborted();
  if (keep === null || input.digest === undefined) {
    await context.item(item);
    const written =
      target === undefined ? [] : found.compartments.map(({ compartment }) => target(compartment));
    return { ...found, out: written };
  }
  const { digest } = input;
  await inTransaction(store, async (tx) => {
    await insertPrediction(tx, actor, {
      ...keep,
      jobId: job.id,
      file: index,
      name: input.name,
      modelVersionId: version.id,
      inputDigest: digest,
      facts: { ...found, settings: params.settings ?? {} },
    });
    await context.itemsIn(tx, [item]);
  });
  return { ...found };
}

/** What an earlier attempt of the job found for the file, if it got so far. */
async function madeBefore(
  { store, job }: JobContext<"predict">,
  index: number,
): Promise<Record<string, unknown> | null> {
  try {
    return { ...(await getPrediction(store, job.id, index)).facts };
  } catch (error) {
    if (error instanceof FoundryError && error.code === "request.notFound") return null;
    throw error;
  }
}

const countOf = (version: ModelVersion): number => {
  const { compartments } = version.contract as { readonly compartments?: readonly unknown[] };
  return compartments?.length ?? 1;
};
