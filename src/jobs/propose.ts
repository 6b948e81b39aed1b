/**
 * Propose: a model version pre-labels images; each image is one edit of its layer.
 *
 * Objects that a person made stay; the store trims proposals around them. Which edits a job made is remembered, so that the
 * same kind of job can also bring back what stood there before.
 */

import { errorToWire, FoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import { getModelVersion, imageIdsForQuery, jobProposals, takeBackProposal } from "#store/index.ts";
import { proposeImages } from "./improve/propose-images.ts";
import type { JobContext, JobOutcome } from "./job.ts";

// Warnings name values, so every image may have its own; the most frequent ones tell the story.
const WARNINGS_KEPT_MAX = 20;

/** @throws FoundryError `model.notFound`, `model.invalid`, `import.empty` when there is no image to work on. */
export async function propose(context: JobContext<"propose">): Promise<JobOutcome> {
  const { store, params } = context;
  if (params.takeBackOf !== undefined) return takeBack(context, params.takeBackOf);
  const version = await getModelVersion(store, params.modelVersionId);
  const imageIds = await imagesToPropose(context);
  const { untouchedOnly = false, fit } = params;
  const { proposed, skipped, cells, warnings } = await proposeImages(context, version, imageIds, {
    untouchedOnly,
    fit,
  });
  if (proposed + skipped === 0) {
    throw new FoundryError("model.invalid", {
      message: `${version.name}@${version.version} could not propose cells in any of the ${imageIds.length} images.`,
      hint: "The list of images says why for each.",
    });
  }
  const told = [...warnings]
    .sort((a, b) => b[1] - a[1])
    .slice(0, WARNINGS_KEPT_MAX)
    .map(([message, images]) => ({ message, images }));
  return { result: { modelVersionId: version.id, images: proposed, skipped, cells, warnings: told } };
}

async function imagesToPropose(context: JobContext<"propose">): Promise<readonly string[]> {
  const { params, job } = context;
  if (params.imageIds.length > 0) return params.imageIds;
  const found = await untouchedImages(context.store, job.projectId);
  if (found.length > 0) return found;
  throw new FoundryError("import.empty", {
    message: "Every image of the project has labels made or accepted by a person.",
    hint: "Import more images, or choose images by name.",
  });
}

/** Images of a project that no person has touched. */
export async function untouchedImages(
  store: JobContext<"propose">["store"],
  projectId: string | null,
): Promise<readonly string[]> {
  if (projectId === null) return [];
  return imageIdsForQuery(store, projectId, parseQuery("status in (unlabelled, proposed)"));
}

/** Each layer gets its former proposals back, unless something came after. */
async function takeBack(context: JobContext<"propose">, jobId: string): Promise<JobOutcome> {
  const { store, signal, job } = context;
  const proposals = await jobProposals(store, jobId);
  const changed = new Set<string>();
  const kept = new Set<string>();
  for (const [at, proposal] of proposals.entries()) {
    signal.throwIfAborted();
    const { imageId, imageName: name } = proposal;
    try {
      const isBack = await takeBackProposal(store, proposal, job.id);
      (isBack ? changed : kept).add(imageId);
      await context.item({ name, state: isBack ? "done" : "skipped", error: null, id: imageId });
    } catch (error) {
      await context.item({ name, state: "failed", error: errorToWire(error), id: imageId });
    }
    context.report({
      fraction: (at + 1) / proposals.length,
      text: `Bringing the former proposals back: ${at + 1} of ${proposals.length}`,
      msLeft: null,
    });
  }
  return { result: { takenBackOf: jobId, images: changed.size, skipped: kept.size } };
}
