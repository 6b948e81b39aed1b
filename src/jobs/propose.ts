/**
 * Propose: a model version pre-labels images; each image is one edit of its layer.
 *
 * Objects that a person made stay; the store trims proposals around them. One image that fails is reported and the
 * rest goes on.
 */

import { errorToWire, FoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import {
  type Agent,
  ensureAgent,
  ensureLayer,
  getImage,
  getModelVersion,
  imageIdsForQuery,
  type ModelVersion,
  replaceProposals,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "./job.ts";
import { predictStored } from "./predict-stored.ts";
import { createRateMeter } from "./progress.ts";
import { withSegmentationModel } from "./segmentation-models.ts";

// Warnings name values, so every image may have its own; the most frequent ones tell the story.
const WARNINGS_KEPT_MAX = 20;

/** @throws FoundryError `model.notFound`, `model.invalid`, `import.empty` when there is no image to work on. */
export async function propose(context: JobContext<"propose">): Promise<JobOutcome> {
  const { store, params, signal } = context;
  const version = await getModelVersion(store, params.modelVersionId);
  const agent = await ensureAgent(store, "model", `${version.name}@${version.version}`);
  const imageIds = await imagesToPropose(context);
  const meter = createRateMeter(() => performance.now());
  let proposed = 0;
  let cells = 0;
  let finished = 0;
  /** In how many images each warning was given. */
  const warnings = new Map<string, number>();
  for (const imageId of imageIds) {
    signal.throwIfAborted();
    let name = imageId;
    try {
      const image = await getImage(store, imageId);
      name = image.name;
      const found = await proposeImage(context, version, agent, image);
      cells += found.added;
      for (const message of found.warnings) warnings.set(message, (warnings.get(message) ?? 0) + 1);
      proposed += 1;
      await context.item({ name, state: "done", error: null, id: imageId });
    } catch (error) {
      signal.throwIfAborted();
      await context.item({ name, state: "failed", error: errorToWire(error), id: imageId });
    }
    finished += 1;
    context.report({
      fraction: finished / imageIds.length,
      text: `Proposing cells: image ${finished} of ${imageIds.length}`,
      msLeft: meter.msLeft(finished, imageIds.length),
    });
  }
  if (proposed === 0) {
    throw new FoundryError("model.invalid", {
      message: `${version.name}@${version.version} could not propose cells in any of the ${imageIds.length} images.`,
      hint: "The list of images says why for each.",
    });
  }
  const told = [...warnings]
    .sort((a, b) => b[1] - a[1])
    .slice(0, WARNINGS_KEPT_MAX)
    .map(([message, images]) => ({ message, images }));
  return { result: { modelVersionId: version.id, images: proposed, cells, warnings: told } };
}

async function imagesToPropose(context: JobContext<"propose">): Promise<readonly string[]> {
  const { store, params, job } = context;
  if (params.imageIds.length > 0) return params.imageIds;
  const projectId = job.projectId;
  const found =
    projectId === null
      ? []
      : await imageIdsForQuery(store, projectId, parseQuery("status in (unlabelled, proposed)"));
  if (found.length > 0) return found;
  throw new FoundryError("import.empty", {
    message: "Every image of the project has labels made or accepted by a person.",
    hint: "Import more images, or choose images by name.",
  });
}

async function proposeImage(
  context: JobContext<"propose">,
  version: ModelVersion,
  agent: Agent,
  image: Awaited<ReturnType<typeof getImage>>,
): Promise<{ readonly added: number; readonly warnings: readonly string[] }> {
  const { store, signal } = context;
  const { compartments, warnings } = await withSegmentationModel(store, version, (model) =>
    predictStored(store, model, image, { signal }),
  );
  signal.throwIfAborted();
  let added = 0;
  for (const { compartment, labels, confidence } of compartments) {
    const layer = await ensureLayer(store, agent, image.id, compartment);
    added += (await replaceProposals(store, agent, layer.id, { labels, confidence })).added;
  }
  return { added, warnings: warnings.map(({ message }) => message) };
}
