/** Kind of job -> what runs it. Handlers are loaded at their first job, so that a command that runs none stays light. */

import type { JobContext, JobHandler, JobKind, JobOutcome } from "./job.ts";

const loaders: { readonly [K in JobKind]: () => Promise<JobHandler<K>> } = {
  ingest: async () => (await import("./ingest/ingest.ts")).ingest,
  propose: async () => (await import("./propose.ts")).propose,
  train: async () => (await import("./train/train.ts")).train,
  reproduce: async () => (await import("./train/reproduce.ts")).reproduce,
  evaluate: async () => (await import("./evaluate.ts")).evaluate,
  check: async () => (await import("./check.ts")).check,
  predict: async () => (await import("./predict/predict.ts")).predict,
  track: async () => (await import("./track/track-movies.ts")).track,
  improve: async () => (await import("./improve/improve.ts")).improve,
  predictPart: async () => (await import("./part/predict-part.ts")).predictPart,
  export: async () => (await import("./export/export-job.ts")).exportData,
};

/** The handler of a kind; the context's parameters must be those of the same kind. */
export function handlerOf<K extends JobKind>(kind: K): (context: JobContext<K>) => Promise<JobOutcome> {
  return async (context) => (await loaders[kind]())(context);
}
