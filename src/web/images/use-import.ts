/** The states of one import: choosing, sending, importing (a job). */

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { applyJob, type ImportParts, imagesApi, toFoundryError } from "../client/index.ts";
import { tellProblem } from "../ui/index.ts";

type ImportState =
  | { readonly state: "choosing" }
  | { readonly state: "sending"; readonly bytesSent: number; readonly bytesTotal: number }
  | { readonly state: "importing"; readonly jobId: string };

export type ImportWork = ImportState & {
  readonly start: (parts: ImportParts) => void;
  readonly cancel: () => void;
  readonly reset: () => void;
};

export function useImport(projectId: string): ImportWork {
  const client = useQueryClient();
  const [state, setState] = useState<ImportState>({ state: "choosing" });
  const running = useRef<AbortController | null>(null);

  const start = (parts: ImportParts) => {
    const controller = new AbortController();
    running.current = controller;
    setState({ state: "sending", bytesSent: 0, bytesTotal: 0 });
    imagesApi
      .import(projectId, parts, {
        signal: controller.signal,
        onProgress: (progress) => setState({ state: "sending", ...progress }),
      })
      .then(
        (job) => {
          if (controller.signal.aborted) return;
          applyJob(client, job);
          setState({ state: "importing", jobId: job.id });
        },
        (error: unknown) => {
          if (running.current !== controller) return;
          setState({ state: "choosing" });
          if (!controller.signal.aborted) tellProblem(toFoundryError(error));
        },
      );
  };
  const cancel = () => running.current?.abort();
  const reset = () => {
    cancel();
    running.current = null;
    setState({ state: "choosing" });
  };
  return { ...state, start, cancel, reset };
}
