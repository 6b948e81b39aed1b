/** Sends an image for prediction; tells how much of it has left, and hands over the job when it is taken. */

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { applyJob, predictionsApi, toFoundryError } from "../client/index.ts";
import { tellProblem } from "../ui/index.ts";

export interface PredictWork {
  /** Share sent, 0..1; null when nothing is being sent. */
  readonly sent: number | null;
  /** @param fields what a person said about the prediction, as the route's form takes it. */
  readonly start: (files: readonly File[], model: string, fields?: Readonly<Record<string, string>>) => void;
}

export function usePredict(onJob: (jobId: string) => void): PredictWork {
  const client = useQueryClient();
  const [sent, setSent] = useState<number | null>(null);
  const latest = useRef<AbortController | null>(null);

  const start: PredictWork["start"] = (files, model, fields = {}) => {
    latest.current?.abort();
    const controller = new AbortController();
    latest.current = controller;
    setSent(0);
    predictionsApi
      .start(files, model, fields, {
        signal: controller.signal,
        onProgress: ({ bytesSent, bytesTotal }) => setSent(bytesTotal === 0 ? 0 : bytesSent / bytesTotal),
      })
      .then(
        (job) => {
          if (latest.current !== controller) return; // A newer image was dropped meanwhile.
          setSent(null);
          applyJob(client, job);
          onJob(job.id);
        },
        (error: unknown) => {
          if (latest.current !== controller) return;
          setSent(null);
          if (!controller.signal.aborted) tellProblem(toFoundryError(error));
        },
      );
  };
  return { sent, start };
}
