/**
 * Improve a model from a project's corrections: freeze them, fine-tune on them, judge, and propose anew where nobody has been.
 *
 * One job from one key press. Each part is the one that a person could have started apart (freeze, train, evaluate, propose), so
 * the result is as repeatable as theirs. What is better by a measure is used at once; anything else waits for a person.
 */

import { FoundryError, isFoundryError } from "#core/errors.ts";
import {
  ensureImprovement,
  freezeDataset,
  getDatasetVersion,
  getModelVersion,
  getProject,
  type Improvement,
  learningBase,
  type ModelVersion,
  noteImprovement,
  noteUsed,
  trainingRunOfJob,
} from "#store/index.ts";
import { evaluateModelVersion } from "../evaluate.ts";
import type { JobContext, JobOutcome, TrainParams } from "../job.ts";
import type { ProgressReport } from "../progress.ts";
import { untouchedImages } from "../propose.ts";
import { train } from "../train/train.ts";
import { improvedName } from "./improved-name.ts";
import { proposeImages } from "./propose-images.ts";
import { improvementVerdict, type Measured, type Verdict } from "./verdict.ts";

/** Share of the bar that learning takes; the rest is proposing. */
const learningShare = 0.8;

/** @throws FoundryError `dataset.*` when there is nothing to learn from or it is faulty, and as training. */
export async function improve(context: JobContext<"improve">): Promise<JobOutcome> {
  const { store, actor, params, job } = context;
  const projectId = job.projectId ?? "";
  const base = await getModelVersion(store, await learningBase(store, params.baseModelVersionId));
  const improvement = await ensureImprovement(store, actor, {
    projectId,
    jobId: job.id,
    baseModelVersionId: base.id,
  });
  const datasetVersionId = await frozenCorrections(context, improvement, base);
  const tuned = await learn(context, base, datasetVersionId);
  const verdict = await judge(context, { base, tuned, datasetVersionId });
  await noteImprovement(store, improvement.id, { modelVersionId: tuned.id, ...verdict });
  const isUsed = verdict.verdict === "better" && params.useWhenBetter;
  const used = isUsed ? await use(context, improvement, tuned) : null;
  return {
    result: {
      improvementId: improvement.id,
      modelVersionId: tuned.id,
      modelVersion: nameOf(tuned),
      ...verdict,
      used: isUsed,
      images: used?.proposed ?? 0,
      cells: used?.cells ?? 0,
    },
  };
}

const nameOf = ({ name, version }: Pick<ModelVersion, "name" | "version">): string => `${name}@${version}`;

/** The version that this improvement learns from: once frozen it stays, whatever people correct meanwhile. */
async function frozenCorrections(
  { store, actor, report }: JobContext<"improve">,
  improvement: Improvement,
  base: ModelVersion,
): Promise<string> {
  if (improvement.datasetVersionId !== null) return improvement.datasetVersionId;
  report({ fraction: 0, text: "Freezing what people corrected", msLeft: null });
  try {
    const { id } = await freezeDataset(store, actor, {
      projectId: improvement.projectId,
      name: "corrections",
      query: "status in (corrected, accepted)",
      split: { corrected: true },
      message: `To improve ${nameOf(base)}`,
    });
    await noteImprovement(store, improvement.id, { datasetVersionId: id });
    return id;
  } catch (error) {
    if (!isFoundryError(error, "dataset.empty")) throw error;
    throw new FoundryError("dataset.empty", {
      message: "Nobody has corrected or accepted a cell in this project yet.",
      hint: "Correct or accept some cells first; a few images are enough.",
      cause: error,
    });
  }
}

async function learn(
  context: JobContext<"improve">,
  base: ModelVersion,
  datasetVersionId: string,
): Promise<ModelVersion> {
  const { store, job, params } = context;
  const project = await getProject(store, job.projectId ?? "");
  const trainParams: TrainParams = {
    datasetVersionId,
    modelName: improvedName(base.name, project.name),
    minutes: params.minutes,
    seed: 0,
    baseModelVersionId: base.id,
  };
  const { result } = await train({
    ...context,
    params: trainParams,
    report: (progress) => context.report(partOf(progress, 0, learningShare)),
  });
  return getModelVersion(store, String(result["modelVersionId"]));
}

/** A part's progress as that of the whole; a part that cannot tell leaves the bar where it began. */
function partOf({ fraction, ...rest }: ProgressReport, from: number, share: number): ProgressReport {
  return { ...rest, fraction: fraction === null ? null : from + share * fraction };
}

async function judge(
  context: JobContext<"improve">,
  {
    base,
    tuned,
    datasetVersionId,
  }: { readonly base: ModelVersion; readonly tuned: ModelVersion; readonly datasetVersionId: string },
): Promise<Verdict> {
  const { store, actor, signal, job } = context;
  const dataset = await getDatasetVersion(store, datasetVersionId);
  const run = await trainingRunOfJob(store, job.id);
  const heldOut = heldOutOf(run?.inputs["fineTuning"]);
  const images = dataset.split.test.images;
  if (images === 0) return improvementVerdict({ test: null, heldOut });
  const ap50 = async (modelVersionId: string): Promise<number | null> => {
    const { scores } = await evaluateModelVersion({
      ...{ store, actor, signal, modelVersionId, datasetVersionId, split: "test" },
      report: (progress) => context.report(partOf(progress, learningShare, 0)),
    });
    return scores.find(({ threshold }) => threshold === 0.5)?.averagePrecision ?? null;
  };
  const [before, after] = [await ap50(base.id), await ap50(tuned.id)];
  const test = before === null || after === null ? null : { base: before, tuned: after, images };
  return improvementVerdict({ test, heldOut });
}

/** What the search for settings measured, from the record of the run. */
function heldOutOf(recorded: unknown): Measured["heldOut"] {
  const { before, after, heldOut } = (recorded ?? {}) as {
    readonly before?: number | null;
    readonly after?: number | null;
    readonly heldOut?: { readonly from: string; readonly images: readonly string[] };
  };
  if (typeof before !== "number" || typeof after !== "number" || heldOut === undefined) return null;
  const flatters = heldOut.from === "images" ? " of the same group, which flatters" : "";
  const count = heldOut.images.length;
  return { before, after, on: `${count} held-out ${count === 1 ? "image" : "images"}${flatters}` };
}

async function use(
  context: JobContext<"improve">,
  improvement: Improvement,
  tuned: ModelVersion,
): ReturnType<typeof proposeImages> {
  const { store, actor, job } = context;
  const imageIds = await untouchedImages(store, job.projectId);
  const used = await proposeImages(context, tuned, imageIds, {
    untouchedOnly: true,
    shown: (progress) => partOf(progress, learningShare, 1 - learningShare),
  });
  await noteUsed(store, actor, improvement.id, job.id);
  return used;
}
