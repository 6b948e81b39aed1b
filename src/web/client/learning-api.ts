/** Calls for learning in place: improvements, effort, and models that look at a part of an image. */

import type * as wire from "#api/index.ts";
import { errorFromWire, type WireError } from "#core/errors.ts";
import { jobsApi } from "./api.ts";
import { isFinal } from "./events.ts";
import { request } from "./http.ts";

const segment = encodeURIComponent;

type Signal = { readonly signal?: AbortSignal };

export const learningApi = {
  improve: (projectId: string, body: wire.ImproveRequest) =>
    request<wire.Job>("POST", `/projects/${segment(projectId)}/improvements`, { body }),
  improvements: (projectId: string, options: Signal = {}) =>
    request<wire.ImprovementList>("GET", `/projects/${segment(projectId)}/improvements`, options),
  effort: (projectId: string, options: Signal = {}) =>
    request<wire.Effort>("GET", `/projects/${segment(projectId)}/effort`, options),
  use: (improvementId: string) => request<wire.Job>("POST", `/improvements/${segment(improvementId)}/use`),
  takeBack: (improvementId: string) =>
    request<wire.Job>("POST", `/improvements/${segment(improvementId)}/take-back`),
  askPart: (layerId: string, body: wire.PredictPartRequest) =>
    request<wire.Job>("POST", `/layers/${segment(layerId)}/predict-part`, { body }),
  part: (jobId: string, options: Signal = {}) =>
    request<wire.WirePredictedPart>("GET", `/jobs/${segment(jobId)}/part`, options),
};

/** A person waits for the answer with their eyes on the box. */
const askAgainMs = 300;

/**
 * Asks a model about a part of a layer and waits for the answer.
 *
 * @throws FoundryError of the job; the signal's reason, and the job is cancelled then.
 */
export async function askModelPart(
  layerId: string,
  body: wire.PredictPartRequest,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (text: string, fraction: number | null) => void },
): Promise<wire.WirePredictedPart> {
  let job = await learningApi.askPart(layerId, body);
  const { id } = job;
  const stop = (): void => void jobsApi.cancel(id).catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!isFinal(job)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      signal.throwIfAborted();
      job = await jobsApi.read(id, { signal });
      onProgress(job.state === "waiting" ? "Waiting for its turn" : job.progress.text, job.progress.fraction);
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
  if (job.state === "done") return learningApi.part(id, { signal });
  throw errorFromWire(
    (job.error as WireError | null) ?? { code: "job.canceled", message: "The question was cancelled." },
  );
}
