/**
 * Predict: one image file and one model version give a label image.
 *
 * The input lies in the blob store, so that a retry on another machine finds it. Prediction row and end of the job are
 * written together.
 */

import { readImage } from "#formats/index.ts";
import { getModelVersion, insertPrediction } from "#store/index.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { withSegmentationModel } from "./segmentation-models.ts";
import "./wasm-decoders.ts";

/** @throws FoundryError of the reader for a bad file, `model.notFound`, `model.invalid`. */
export async function predict(context: JobContext<"predict">): Promise<JobOutcome> {
  const { store, actor, job, params, signal } = context;
  context.report({ fraction: 0, text: `Reading ${params.name}`, msLeft: null });
  const version = await getModelVersion(store, params.modelVersionId);
  const read = await readImage(await store.blobs.get(params.inputDigest), { name: params.name });
  const startedAt = performance.now();
  const { labels } = await withSegmentationModel(store, version, (model) =>
    model.predict(read.image, {
      signal,
      mpp: read.mpp,
      onProgress: (fraction) => {
        const elapsed = performance.now() - startedAt;
        context.report({
          fraction,
          text: `Segmenting ${params.name}`,
          msLeft: fraction > 0 ? (elapsed / fraction) * (1 - fraction) : null,
        });
      },
    }),
  );
  signal.throwIfAborted();
  const cellCount = new Set(labels.data).size - (labels.data.includes(0) ? 1 : 0);
  return {
    result: {
      name: params.name,
      modelVersion: `${version.name}@${version.version}`,
      height: labels.height,
      width: labels.width,
      cellCount,
      notes: read.notes,
    },
    commit: async (tx) => {
      await insertPrediction(tx, actor, {
        jobId: job.id,
        name: params.name,
        modelVersionId: version.id,
        inputDigest: params.inputDigest,
        image: read.image,
        labels,
      });
    },
  };
}
