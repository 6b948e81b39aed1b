/** Model versions as things to choose from, the best choice first. Pure. */

import type { Model, ModelVersion } from "#api/index.ts";

export interface ModelItem {
  readonly value: string;
  readonly label: string;
  readonly note: string;
}

/** Released before candidate, newer before older; retired ones are not offered. */
export function usableVersions(models: readonly Model[]): ModelVersion[] {
  return (
    models
      .flatMap((model) => model.versions)
      // A linker links cells of movies; it finds none.
      .filter(({ stage, contract }) => stage !== "retired" && contract["kind"] !== "linking")
      .sort((a, b) => stageRank(a) - stageRank(b) || (a.createdAt < b.createdAt ? 1 : -1))
  );
}

export function newestUsable(models: readonly Model[]): ModelVersion | undefined {
  return usableVersions(models)[0];
}

/** What training starts from unless told otherwise: learning goes faster from a model that knows cells. */
export function newestReleased(models: readonly Model[]): ModelVersion | undefined {
  return usableVersions(models).find((version) => version.stage === "released" && isOurs(version));
}

export function versionName(version: Pick<ModelVersion, "name" | "version">): string {
  return `${version.name}@${version.version}`;
}

export function modelItems(models: readonly Model[]): ModelItem[] {
  return usableVersions(models).map((version) => ({
    value: version.id,
    label: versionName(version),
    note: `${version.stage}, ${originWords(version)}`,
  }));
}

/** Where a version is from. */
export function originWords({ dataset, shipped }: Pick<ModelVersion, "dataset" | "shipped">): string {
  if (dataset !== null) return `trained on ${dataset.name}@${dataset.version}`;
  return shipped ? "came with the program" : "imported";
}

/** Whether the network is one of ours: only such can be trained further and run in the browser. */
export function isOurs({ contract }: Pick<ModelVersion, "contract">): boolean {
  return contract["adapter"] === undefined;
}

/** Versions that a training may start from. */
export function baseItems(models: readonly Model[]): ModelItem[] {
  return modelItems(models.map((model) => ({ ...model, versions: model.versions.filter(isOurs) })));
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
