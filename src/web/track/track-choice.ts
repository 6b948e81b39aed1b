/** Which linkers a movie can be tracked with, best first, and what is chosen unless told otherwise. */

import type { Job, Model, ModelVersion, TrackedMovie } from "#api/index.ts";
import { originWords, versionName } from "../models/model-choice.ts";

/** As the server knows it: the scorer that was not trained. */
export const plainLinker = "plain";

interface LinkerItem {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

const stageRank = { released: 0, candidate: 1, retired: 2 } as const;

/** Released ones first, of these what was trained on data of one's own first; the one without learning last. */
export function linkerItems(models: readonly Model[]): LinkerItem[] {
  const rank = (version: ModelVersion): number =>
    2 * stageRank[version.stage] + (version.dataset === null ? 1 : 0);
  const versions = models
    .flatMap((model) => model.versions)
    .filter(({ contract, stage }) => contract["kind"] === "linking" && stage !== "retired")
    .sort((a, b) => rank(a) - rank(b) || (a.createdAt < b.createdAt ? 1 : -1));
  return [
    ...versions.map((version) => ({
      value: versionName(version),
      label: versionName(version),
      note: `${version.stage}, ${originWords(version)}`,
    })),
    { value: plainLinker, label: "Without learning", note: "Distances, areas and light alone" },
  ];
}

/** Tracking jobs of a project, newest first. */
export function trackRuns(jobs: readonly Job[], projectId: string): Job[] {
  return jobs.filter((job) => job.kind === "track" && job.projectId === projectId);
}

/** What a finished run of movies says of each; empty for other runs. */
export function moviesOf({ result }: Pick<Job, "result">): TrackedMovie[] {
  const movies = result?.["movies"];
  return Array.isArray(movies) ? (movies as TrackedMovie[]) : [];
}
