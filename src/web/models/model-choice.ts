/** Model versions as things to choose from, the best choice first. Pure. */

import type { Model, ModelVersion } from "#api/index.ts";

export interface ModelItem {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

/** Released before candidate, newer before older; retired ones are not offered. */
export function usableVersions(models: readonly Model[]): ModelVersion[] {
  return models
    .flatMap((model) => model.versions)
    .filter((version) => version.stage !== "retired")
    .sort((a, b) => stageRank(a) - stageRank(b) || (a.createdAt < b.createdAt ? 1 : -1));
}

export function newestUsable(models: readonly Model[]): ModelVersion | undefined {
  return usableVersions(models)[0];
}

/** What training starts from unless told otherwise: learning goes faster from a model that knows cells. */
export function newestReleased(models: readonly Model[]): ModelVersion | undefined {
  return usableVersions(models).find((version) => version.stage === "released");
}

export function versionName(version: Pick<ModelVersion, "name" | "version">): string {
  return `${version.name}@${version.version}`;
}

export function modelItems(models: readonly Model[]): ModelItem[] {
  return usableVersions(models).map((version) => ({
    value: version.id,
    label: versionName(version),
    note: `${version.stage}${version.dataset === null ? ", came with the program" : `, trained on ${version.dataset.name}@${version.dataset.version}`}`,
  }));
}

/** Only released versions, for the Predict page. */
export function releasedItems(models: readonly Model[]): ModelItem[] {
  return modelItems(
    models.map((model) => ({
      ...model,
      versions: model.versions.filter(({ stage }) => stage === "released"),
    })),
  );
}

const stageRank = (version: ModelVersion): number => (version.stage === "released" ? 0 : 1);
