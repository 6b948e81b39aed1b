/** Hooks for learning in place. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ImproveRequest } from "#api/index.ts";
import { applyJob } from "./events.ts";
import { keys } from "./keys.ts";
import { learningApi } from "./learning-api.ts";

export function useImprovements(projectId: string) {
  return useQuery({
    queryKey: keys.improvements(projectId),
    queryFn: ({ signal }) => learningApi.improvements(projectId, { signal }),
  });
}

export function useEffort(projectId: string) {
  return useQuery({
    queryKey: keys.effort(projectId),
    queryFn: ({ signal }) => learningApi.effort(projectId, { signal }),
  });
}

export function useImprove(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ImproveRequest) => learningApi.improve(projectId, body),
    onSuccess: (job) => applyJob(client, job),
  });
}

/** "Use it here" and "Back to the former proposals". */
export function useImprovementStep(projectId: string, step: "use" | "takeBack") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (improvementId: string) =>
      step === "use" ? learningApi.use(improvementId) : learningApi.takeBack(improvementId),
    onSuccess: (job) => {
      applyJob(client, job);
      void client.invalidateQueries({ queryKey: keys.improvements(projectId) });
    },
  });
}
