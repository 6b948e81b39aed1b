/**
 * Check: looks at labels and pixels of images, at the images beside each other, and, when a model version is named, at
 * where that model sees other cells. Findings replace those of the check before, so running again changes nothing.
 */

import { checkRules } from "#core/checks/index.ts";
import { errorToWire } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import {
  type Compartment,
  checkAgainstPrediction,
  checkImageById,
  checkProject,
  findingSummary,
  getImage,
  getModelVersion,
  imageIdsForQuery,
  type ModelVersion,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { predictStored } from "./predict/index.ts";
import { createRateMeter } from "./progress.ts";
import { withSegmentationModel } from "./segmentation-models.ts";

/** @throws FoundryError `project.notFound`, `model.notFound`, `query.syntax`, `query.term`. */
export async function check(context: JobContext<"check">): Promise<JobOutcome> {
  const { store, params, signal, job } = context;
  const projectId = job.projectId ?? "";
  const model =
    params.modelVersionId === undefined ? null : await getModelVersion(store, params.modelVersionId);
  const imageIds = await imageIdsForQuery(store, projectId, parseQuery(params.query ?? ""));
  const meter = createRateMeter(() => performance.now());
  let [finished, objects, failed, opinions] = [0, 0, 0, 0];
  for (const imageId of imageIds) {
    signal.throwIfAborted();
    try {
      objects += (await checkImageById(store, imageId)).objects;
      if (model !== null) opinions += await askModel(context, model, imageId);
    } catch (error) {
      signal.throwIfAborted();
      failed += 1;
      // Only what failed is listed: a thousand good images are no news.
      await context.item({ name: imageId, state: "failed", error: errorToWire(error), id: imageId });
    }
    finished += 1;
    context.report({
      fraction: finished / imageIds.length,
      text: `Checking image ${finished} of ${imageIds.length}`,
      msLeft: meter.msLeft(finished, imageIds.length),
    });
  }
  await checkProject(store, projectId);
  const { rules } = await findingSummary(store, projectId);
  const open = (severity: string): number =>
    rules.reduce((sum, row) => sum + (checkRules[row.rule].severity === severity ? row.open : 0), 0);
  const counts = { errors: open("error"), warnings: open("warning"), infos: open("info") };
  return { result: { images: imageIds.length, objects, failed, opinions, ...counts } };
}

/** Labels of an image against what the model sees in it; nothing when the image has none of that compartment. */
async function askModel(
  { store, signal }: JobContext<"check">,
  version: ModelVersion,
  imageId: string,
): Promise<number> {
  const image = await getImage(store, imageId);
  const compartment = compartmentOf(version);
  const layer = image.layers.find((one) => one.compartment === compartment && one.name === "");
  if (layer === undefined || layer.objectCount === 0) return 0;
  const { compartments } = await withSegmentationModel(store, version, (model) =>
    predictStored(store, model, image, { signal }),
  );
  signal.throwIfAborted();
  const [first] = compartments;
  const predicted = [...(first?.shapes ?? [])].map(([label, shape]) => ({
    uid: `seen ${label}`,
    shape,
    confidence: first?.confidence.get(label) ?? null,
  }));
  return checkAgainstPrediction(store, imageId, compartment, predicted);
}

function compartmentOf(version: ModelVersion): Compartment {
  const { compartment } = version.contract;
  return compartment === "wholeCell" || compartment === "cytoplasm" ? compartment : "nuclear";
}
