/**
 * One model version over many images: each image is one edit of its layers, and has its own outcome.
 *
 * For the job that proposes and for the one that improves a model and then proposes. One image that fails is reported and
 * the rest goes on.
 */

import { errorToWire } from "#core/errors.ts";
import {
  type Agent,
  ensureAgent,
  ensureLayer,
  getImage,
  type ImageDetail,
  type ModelVersion,
  replaceProposals,
} from "#store/index.ts";
import type { JobContext } from "../job.ts";
import { fitToImage, type ImageFit, predictStored } from "../predict/index.ts";
import { createRateMeter, type ProgressReport } from "../progress.ts";
import { withSegmentationModel } from "../segmentation-models.ts";

export type ProposeContext = Pick<
  JobContext<"propose" | "improve">,
  "store" | "signal" | "item" | "report" | "job"
>;

export interface ProposedImages {
  readonly proposed: number;
  /** Images left alone because a person has touched them. */
  readonly skipped: number;
  readonly cells: number;
  /** In how many images each warning was given. */
  readonly warnings: ReadonlyMap<string, number>;
}

/** @param options.shown  turns the progress of this part into that of the whole job. */
export async function proposeImages(
  context: ProposeContext,
  version: ModelVersion,
  imageIds: readonly string[],
  options: {
    readonly untouchedOnly: boolean;
    readonly fit?: ImageFit | undefined;
    readonly shown?: (progress: ProgressReport) => ProgressReport;
  },
): Promise<ProposedImages> {
  const { store, signal } = context;
  const agent = await ensureAgent(store, "model", `${version.name}@${version.version}`);
  const meter = createRateMeter(() => performance.now());
  const { shown = (progress) => progress } = options;
  const warnings = new Map<string, number>();
  let [proposed, skipped, cells, finished] = [0, 0, 0, 0];
  /** A slide takes an hour: how far it is told within the image. */
  const report = (done: number, image: string, fraction: number): void => {
    const part = fraction < 1 ? `, ${Math.floor(100 * fraction)} %` : "";
    context.report(
      shown({
        fraction: done / imageIds.length,
        text: `Proposing cells: image ${image} of ${imageIds.length}${part}`,
        msLeft: meter.msLeft(done, imageIds.length),
      }),
    );
  };
  for (const imageId of imageIds) {
    signal.throwIfAborted();
    let name = imageId;
    try {
      const image = await getImage(store, imageId);
      name = image.name;
      const found = await proposeImage(context, version, agent, image, {
        untouchedOnly: options.untouchedOnly,
        fit: options.fit,
        onProgress: (fraction) => report(finished + fraction, `${finished + 1}`, fraction),
      });
      cells += found.added;
      for (const message of found.warnings) warnings.set(message, (warnings.get(message) ?? 0) + 1);
      if (found.skipped) skipped += 1;
      else proposed += 1;
      await context.item({ name, state: found.skipped ? "skipped" : "done", error: null, id: imageId });
    } catch (error) {
      signal.throwIfAborted();
      await context.item({ name, state: "failed", error: errorToWire(error), id: imageId });
    }
    finished += 1;
    report(finished, `${finished}`, 1);
  }
  return { proposed, skipped, cells, warnings };
}

async function proposeImage(
  { store, signal, job }: ProposeContext,
  version: ModelVersion,
  agent: Agent,
  image: ImageDetail,
  options: {
    readonly untouchedOnly: boolean;
    readonly fit: ImageFit | undefined;
    readonly onProgress: (fraction: number) => void;
  },
): Promise<{ readonly added: number; readonly skipped: boolean; readonly warnings: readonly string[] }> {
  const { untouchedOnly, fit, onProgress } = options;
  if (untouchedOnly && (image.status === "corrected" || image.status === "accepted"))
    return { added: 0, skipped: true, warnings: [] };
  const { compartments, warnings } = await withSegmentationModel(store, version, (model) =>
    predictStored(store, model, image, { signal, onProgress, ...fitToImage(model.contract, fit) }),
  );
  signal.throwIfAborted();
  let added = 0;
  let skipped = 0;
  const { height, width } = image;
  for (const { compartment, shapes, confidence } of compartments) {
    const layer = await ensureLayer(store, agent, image.id, compartment);
    const proposal = { shapes, height, width, confidence };
    // Asked again under the lock: a person may have begun while the model was at work.
    const counts = await replaceProposals(store, agent, layer.id, proposal, { jobId: job.id, untouchedOnly });
    added += counts.added;
    if (counts.skipped) skipped += 1;
  }
  return {
    added,
    skipped: skipped === compartments.length,
    warnings: warnings.map(({ message }) => message),
  };
}
