/**
 * Predicts the pinned images of a project with a model version and the one it is laid beside, so that the difference can
 * be looked at before a release. What is there already (weights and pixels never change) is not predicted again.
 */

import { errorToWire } from "#core/errors.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import {
  getModelVersion,
  keepOutcomes,
  keepPinnedResult,
  listPinnedImages,
  type ModelVersion,
  missingPinnedResults,
  readArray,
  releasedOfModel,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { predictCompartments } from "./predict/index.ts";
import { createRateMeter } from "./progress.ts";

/** @throws FoundryError `model.notFound`, `project.notFound`, the signal's reason. An image that fails is listed. */
export async function comparePinned(context: JobContext<"evaluate">, projectId: string): Promise<JobOutcome> {
  const { store, params, signal } = context;
  const version = await getModelVersion(store, params.modelVersionId);
  const against = await otherVersion(context, version);
  const images = new Map(
    (await listPinnedImages(store, projectId)).map((image) => [image.arrayDigest, image]),
  );
  const work: { readonly version: ModelVersion; readonly arrayDigest: string }[] = [];
  for (const side of against === null ? [version] : [against, version]) {
    const missing = await missingPinnedResults(store, projectId, side.id);
    work.push(...missing.map((arrayDigest) => ({ version: side, arrayDigest })));
  }
  const meter = createRateMeter(() => performance.now());
  let [done, failed] = [0, 0];
  for (const { version: side, arrayDigest } of work) {
    signal.throwIfAborted();
    const image = images.get(arrayDigest);
    if (image === undefined) continue;
    try {
      const pixels = await readArray(store, arrayDigest);
      const seen = await predictCompartments(
        store,
        side,
        { imageId: image.imageId, image: pixels, mpp: image.mpp },
        signal,
      );
      for (const [compartment, labels] of seen) {
        const outcomes = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({
          side: "predicted" as const,
          label,
          class: "gained" as const,
          iou: 0,
          partners: [],
          hausdorffPx: null,
          uid: null,
          shape,
        }));
        await keepPinnedResult(store, {
          modelVersionId: side.id,
          arrayDigest,
          compartment,
          objectCount: outcomes.length,
          outcomes: await keepOutcomes(store, outcomes),
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      await context.item({ name: image.name, state: "failed", error: errorToWire(error), id: image.imageId });
    }
    done += 1;
    context.report({
      fraction: done / work.length,
      text: `${side.name}@${side.version} on pinned images: ${done} of ${work.length}`,
      msLeft: meter.msLeft(done, work.length),
    });
  }
  return { result: { modelVersionId: version.id, againstId: against?.id ?? null, predicted: done, failed } };
}

async function otherVersion(
  { store, params }: JobContext<"evaluate">,
  version: ModelVersion,
): Promise<ModelVersion | null> {
  const againstId = params.pinnedOf === undefined ? undefined : params.againstId;
  return againstId === undefined
    ? releasedOfModel(store, version.modelId)
    : getModelVersion(store, againstId);
}
